"""Builders are independent, pure, and their mistakes are heard."""

import importlib
import sys

import pytest

from generator import pipeline
from generator.artifact import Artifact
from generator.model import Model


def test_the_second_process_builds_the_same(model: Model) -> None:
    """One process or two: the same bytes."""
    with pipeline.Workshop() as shop:
        assert shop.artifacts(model) == pipeline.artifacts(model)


def test_a_builder_that_fails_in_the_second_process_is_heard(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own error, not that of a pipe."""

    def fail(_model: Model) -> list[Artifact]:
        raise LookupError("the panel is gone")

    monkeypatch.setattr(importlib.import_module("generator.page.build"), "build", fail)
    with pipeline.Workshop() as shop, pytest.raises(LookupError, match="the panel is gone"):
        shop.artifacts(model)


def test_two_builders_never_claim_one_file(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second would silently win."""
    twice = [Artifact("app/contract.json", "{}\n")]
    monkeypatch.setattr(importlib.import_module("generator.page.build"), "build", lambda _model: twice)
    with pytest.raises(ValueError, match=r"two builders claim app/contract\.json"):
        pipeline.artifacts(model)


@pytest.mark.parametrize("name", [*pipeline.OWN, *pipeline.SIDE])
def test_a_builder_reads_neither_clock_nor_disk_nor_network(
    name: str, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its import and a first run, which may read templates, it needs nothing but the model."""
    builder = importlib.import_module(name)
    expected = builder.build(model)

    def forbidden(event: str, arguments: tuple[object, ...]) -> None:
        if active and event in {"open", "socket.connect", "os.listdir", "subprocess.Popen", "os.putenv"}:
            touched.append((event, arguments[0]))

    active, touched = True, []  # type: tuple[bool, list[tuple[str, object]]]
    sys.addaudithook(forbidden)
    monkeypatch.setattr("time.time", lambda: 0.0)
    again = builder.build(model)
    active = False
    assert again == expected
    assert not [one for one in touched if "templates" not in str(one[1]) and "prices.json" not in str(one[1])]


def test_an_artifact_that_is_empty_or_has_dos_lines_is_refused() -> None:
    """A builder must leave out a file instead of emptying it."""
    with pytest.raises(ValueError, match="rendered to nothing"):
        Artifact("a", " \n")
    with pytest.raises(ValueError, match="line ends"):
        Artifact("a", "x\r\n")
