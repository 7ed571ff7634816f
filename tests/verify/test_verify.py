"""Every config is judged by the program that would read it; what cannot be judged is said."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from generator import conventions as c
from generator.launch.obtain.package import Obtained
from generator.launch.placement import native_placement
from generator.launch.state import State
from generator.model import Model
from generator.output.write import render_into
from generator.pipeline import artifacts
from generator.verify import command, judges
from generator.verify.judges import contained, native


@pytest.fixture
def core(prometheus: Obtained, alertmanager: Obtained) -> dict[str, Obtained]:
    """Prometheus and Alertmanager."""
    return {c.PROMETHEUS: prometheus, c.ALERTMANAGER: alertmanager}


@pytest.fixture
def etc(tmp_path: Path, model: Model, core: dict[str, Obtained]) -> Path:
    """The native form of the default spec."""
    state = State(tmp_path)
    placement = native_placement(state, model.stack.ports, core, example_app=True)
    render_into(state.etc, artifacts(model.placed(placement)), force=True)
    return state.etc


def test_the_default_spec_is_fine(repository: Path) -> None:
    """As `make lint` asks; nothing is refused, and everything unjudged says why."""
    done = subprocess.run(
        [sys.executable, "-m", "generator", "verify", "--json"], cwd=repository, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    verdicts = {(one["file"], one["by"]): one for one in json.loads(done.stdout)["verdicts"]}
    assert verdicts["prometheus/prometheus.yml", "promtool"]["skipped"] == ""
    assert verdicts["alertmanager/alertmanager.yml", "amtool"]["skipped"] == ""
    assert ("tempo/tempo.yaml", "its list of keys") in verdicts
    assert {file for file, _by in verdicts} >= {"collector/collector.yaml", "loki/loki.yaml", "compose.yaml"}


def test_strictly_only_what_is_allowed_may_go_unjudged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: Model, core: dict[str, Obtained]
) -> None:
    """On a machine that has no more than the core: each program that is missing is named, and one less with each allowed."""
    monkeypatch.setattr(command, "at_hand", lambda _package: None)
    monkeypatch.setattr(judges.shutil, "which", lambda _name: None)
    missing = [c.COLLECTOR, "compose", c.JAEGER, c.LOKI, c.TEMPO]
    assert command.run(model) == 0
    assert command.run(model, strict=True) == 1
    assert f"not judged: {', '.join(missing)};" in capsys.readouterr().err
    assert command.run(model, strict=True, allow=missing[1:]) == 1
    assert "not judged: collector;" in capsys.readouterr().err
    assert command.run(model, strict=True, allow=missing) == 0


def test_a_part_that_does_not_exist_cannot_be_allowed(capsys: pytest.CaptureFixture[str], model: Model) -> None:
    """A slip would let everything pass that it was meant to name."""
    assert command.run(model, strict=True, allow=["lokki"]) == 1
    assert "loki" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "wrong", "said"),
    [
        ("prometheus/prometheus.yml", "colour: red", "colour"),
        ("alertmanager/alertmanager.yml", "colour: red", "colour"),
        ("prometheus/rules/latency.yml", "colour: red", "colour"),
    ],
)
def test_a_wrong_key_is_refused_in_the_programs_own_words(
    etc: Path, core: dict[str, Obtained], file: str, wrong: str, said: str
) -> None:
    """And only there."""
    path = etc / file
    path.write_text(f"{path.read_text()}\n{wrong}\n")
    refused = [verdict for verdict in native(etc, core) if verdict.problem]
    assert any(said in verdict.problem for verdict in refused)
    assert all(file.split("/", maxsplit=1)[0] == verdict.file.split("/")[0] for verdict in refused)


def test_a_program_that_is_not_here_is_named(etc: Path, core: dict[str, Obtained]) -> None:
    """With what would fetch it."""
    skipped = {verdict.file: verdict.skipped for verdict in native(etc, core) if verdict.skipped}
    assert "stackgen obtain collector" in skipped["collector/collector.yaml"]


@pytest.mark.parametrize("component", ["tempo", "loki"])
def test_a_key_that_the_pinned_version_does_not_know_is_refused(tmp_path: Path, model: Model, component: str) -> None:
    """Where the program itself cannot be had."""
    changed = []
    for artifact in artifacts(model):
        text = artifact.text
        if artifact.path == f"{component}/{component}.yaml":
            text = yaml.safe_dump(yaml.safe_load(text) | {"colour": "red"})
        changed.append(replace(artifact, text=text))
    refused = [one for one in contained(tmp_path, changed) if one.problem and one.by == "its list of keys"]
    assert [(one.file, one.problem) for one in refused] == [
        (f"{component}/{component}.yaml", "not a key of the pinned version: colour")
    ]
