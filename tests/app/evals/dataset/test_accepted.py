"""The accepted result is replaced whole or not at all."""

import os
from pathlib import Path

import pytest
from app.evals.dataset import accepted
from app.evals.dataset.compare import compare

from tests.app.evals.dataset.runs import of


def test_what_was_written_is_compared_with_itself(tmp_path: Path) -> None:
    path = tmp_path / "accepted.json"
    accepted.write(path, of("ppfe"))
    found = compare(accepted.read(path, "model: provider, judge: provider"), of("ppfe"))
    assert (found.rows[0].pairs, found.rows[0].difference) == (3, 0.0)


def test_other_places_stay(tmp_path: Path) -> None:
    """A fork without keys and a repository with them each have a result to be compared with."""
    path = tmp_path / "accepted.json"
    accepted.write(path, of("pp"))
    accepted.write(path, of("ff", place="model: simulator, judge: simulator"))
    first, second = (accepted.read(path, f"model: {one}, judge: {one}") for one in ("provider", "simulator"))
    assert first is not None
    assert second is not None
    assert (first.counts("groundedness"), second.counts("groundedness")) == ((2, 0, 0), (0, 2, 0))


def test_the_same_result_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        accepted.write(tmp_path / name, of("pfpf"))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_crash_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "accepted.json"
    accepted.write(path, of("pp"))
    before = path.read_bytes()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        accepted.write(path, of("ff"))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "no JSON"), ('{"format": 0}', "another version"), ('{"format": 1, "runs": {"p": {}}}', "is damaged")],
)  # fmt: skip
def test_a_damaged_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "accepted.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        accepted.read(path, "p")


def test_no_file_is_nothing_accepted(tmp_path: Path) -> None:
    assert accepted.read(tmp_path / "none.json", "p") is None
