"""Every rule of the spec refuses what it should, at the right place, all problems at once."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from generator.problems import ProblemsFound, render, to_json
from generator.spec.load import load, parse
from tests.spec import wrong


@pytest.mark.parametrize("name", wrong.WRONG)
def test_each_problem_is_found_at_its_place(name: str) -> None:
    """Exactly the expected problems, each with line and column."""
    text, expected = wrong.WRONG[name]
    with pytest.raises(ProblemsFound) as found:
        parse(text, "spec.yaml")
    assert sorted((p.check, p.line, p.column) for p in found.value.problems) == sorted(expected)


def test_what_is_printed_reads_well(snapshot: SnapshotAssertion) -> None:
    """The text of every problem, so that a change of wording is seen in review."""
    blocks = []
    for name, (text, _expected) in wrong.WRONG.items():
        with pytest.raises(ProblemsFound) as found:
            parse(text, "spec.yaml")
        blocks.append(f"== {name}\n{render(found.value.problems, found.value.sources, color=False)}")
    assert "\n\n".join(blocks) == snapshot


def test_machines_get_the_same_as_json() -> None:
    """Every field of a problem is plain data."""
    with pytest.raises(ProblemsFound) as found:
        parse(wrong.BASE + "colour: red\n", "spec.yaml")
    (problem,) = to_json(found.value.problems)
    assert problem["check"] == "spec/unknown-key"
    assert problem["found"] == "colour"
    assert (problem["line"], problem["column"], problem["length"]) == (5, 1, 6)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"service: {name: caf\xe9}\n", "not UTF-8"),
        (b"a" * 1_000_001, "larger than"),
        (b"service: \x00\n", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_spec_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    """Whatever the bytes, there is a problem with a place and no traceback."""
    path = tmp_path / "spec.yaml"
    path.write_bytes(content)
    with pytest.raises(ProblemsFound) as found:
        load(path)
    assert message in found.value.problems[0].message


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    """The person is told what to do."""
    for path, message in ((tmp_path / "no.yaml", "is not there"), (tmp_path, "is a folder")):
        with pytest.raises(ProblemsFound) as found:
            load(path)
        assert message in found.value.problems[0].message
        assert "--spec" in found.value.problems[0].fix


def test_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    """What editors on Windows write can be read."""
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + wrong.BASE.replace("\n", "\r\n").encode())
    assert load(path).spec.service.name == "bot"


def test_a_yaml_bomb_is_refused_quickly() -> None:
    """Aliases are allowed, but not a billion of them."""
    text = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30))
    with pytest.raises(ProblemsFound) as found:
        parse(text, "spec.yaml")
    assert "spec/too-large" in {problem.check for problem in found.value.problems}
