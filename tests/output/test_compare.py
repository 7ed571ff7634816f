"""What a render would do to each file."""

from pathlib import Path

import pytest

from generator.artifact import Artifact
from generator.output.compare import MANIFEST, ManifestError, Verb, compare
from generator.output.report import diff, summary, verbs
from generator.output.write import render_into

ONE = Artifact("a/one.yml", "one\n")
TWO = Artifact("two.yml", "two\n")


def render(artifacts: list[Artifact], root: Path, *, force: bool = False) -> dict[str, Verb]:
    return {change.path: change.verb for change in render_into(root, artifacts, force=force)}


def test_files_are_created_then_identical_then_updated_then_removed(tmp_path: Path) -> None:
    """Each verb is told as it happens, and only what differs is written."""
    root = tmp_path / "stack"
    assert render([ONE, TWO], root) == {"a/one.yml": Verb.CREATE, "two.yml": Verb.CREATE}
    before = (root / "two.yml").stat()
    assert render([ONE, TWO], root) == {"a/one.yml": Verb.IDENTICAL, "two.yml": Verb.IDENTICAL}
    changed = Artifact("two.yml", "other\n")
    assert render([ONE, changed], root) == {"a/one.yml": Verb.IDENTICAL, "two.yml": Verb.UPDATE}
    assert (root / "two.yml").stat().st_ino != before.st_ino
    assert render([changed], root) == {"a/one.yml": Verb.REMOVE, "two.yml": Verb.IDENTICAL}
    assert not (root / "a").exists()


def test_an_edited_file_is_reported_and_kept_until_forced(tmp_path: Path) -> None:
    """A person's edit is never lost by accident."""
    render([ONE, TWO], tmp_path)
    (tmp_path / "two.yml").write_text("mine\n")
    changed = Artifact("two.yml", "newer\n")
    assert render([ONE, changed], tmp_path)["two.yml"] is Verb.EDITED
    assert (tmp_path / "two.yml").read_text() == "mine\n"
    assert render([ONE, changed], tmp_path, force=True)["two.yml"] is Verb.UPDATE
    assert (tmp_path / "two.yml").read_text() == "newer\n"


def test_an_edited_file_that_is_no_longer_rendered_is_kept(tmp_path: Path) -> None:
    """Removal asks the same question as overwriting."""
    render([ONE, TWO], tmp_path)
    (tmp_path / "two.yml").write_text("mine\n")
    assert render([ONE], tmp_path)["two.yml"] is Verb.EDITED
    assert (tmp_path / "two.yml").exists()


def test_hand_made_files_beside_generated_ones_are_never_touched(tmp_path: Path) -> None:
    """Only what the manifest lists can be removed, and a foreign file in the way is reported."""
    (tmp_path / "notes.md").write_text("mine\n")
    (tmp_path / "two.yml").write_text("mine too\n")
    assert render([ONE, TWO], tmp_path)["two.yml"] is Verb.EDITED
    assert (tmp_path / "notes.md").read_text() == "mine\n"


def test_an_edit_that_equals_the_render_is_no_conflict(tmp_path: Path) -> None:
    """Merging a colleague's rendered file needs no force."""
    render([ONE], tmp_path)
    (tmp_path / "a/one.yml").write_text("newer\n")
    assert render([Artifact("a/one.yml", "newer\n")], tmp_path) == {"a/one.yml": Verb.IDENTICAL}


def test_a_broken_manifest_says_what_to_do(tmp_path: Path) -> None:
    """Without the manifest, edits cannot be told from renders: stop, unless forced."""
    render([ONE], tmp_path)
    (tmp_path / MANIFEST).write_text("<<<<<<< ours\n")
    with pytest.raises(ManifestError, match="--force"):
        compare(tmp_path, [ONE])
    assert render([ONE], tmp_path, force=True) == {"a/one.yml": Verb.IDENTICAL}
    assert render([ONE], tmp_path) == {"a/one.yml": Verb.IDENTICAL}


def test_the_report_reads_well(tmp_path: Path) -> None:
    """Verbs are aligned, the summary counts, the diff is a unified one."""
    render([ONE], tmp_path)
    changes = compare(tmp_path, [Artifact("a/one.yml", "1\n"), TWO])
    assert list(verbs(changes, "stack", color=False)) == ["    update  stack/a/one.yml", "    create  stack/two.yml"]
    assert summary(changes) == "2 files: 1 create, 1 update"
    assert "".join(diff(changes, "stack")) == (
        "--- stack/a/one.yml\n+++ stack/a/one.yml\n@@ -1 +1 @@\n-one\n+1\n"
        "--- /dev/null\n+++ stack/two.yml\n@@ -0,0 +1 @@\n+two\n"
    )


@pytest.mark.parametrize(("text", "why"), [("", "rendered to nothing"), ("a\r\n", "line ends"), ("a", "line ends")])
def test_an_artifact_that_cannot_be_right_is_refused(text: str, why: str) -> None:
    """A builder that produces nothing, or odd line ends, is a bug that shows at once."""
    with pytest.raises(ValueError, match=why):
        Artifact("a.yml", text)
