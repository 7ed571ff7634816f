"""A failed render leaves the folder as it was."""

import subprocess
import sys
from pathlib import Path

import pytest

from generator.artifact import Artifact
from generator.output.write import WriteError, render_into

ONE = Artifact("a/one.yml", "one\n")
TWO = Artifact("two.yml", "two\n")


def put(artifacts: list[Artifact], root: Path) -> None:
    render_into(root, artifacts)


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    """Every byte is staged before the first rename, so that a full disk shows before anything is touched."""
    mount = tmp_path / "disk"
    mount.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(mount)], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("no right to mount a small file system here")
    try:
        put([ONE, TWO], mount)
        before = snapshot(mount)
        with pytest.raises(WriteError, match=r"No space left on device.*--out"):
            put([Artifact("a/one.yml", "new\n"), Artifact("big.yml", "x" * 100_000 + "\n")], mount)
        assert snapshot(mount) == before
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    """The message has the path and the reason, not a traceback."""
    (tmp_path / "a").write_text("a file where a folder is needed\n")
    with pytest.raises(WriteError, match=r"a.*(exists|Not a directory)"):
        put([ONE], tmp_path)


def test_no_stage_is_left_behind(tmp_path: Path) -> None:
    """After a render there are the files and the manifest, nothing else."""
    put([ONE, TWO], tmp_path)
    assert sorted(snapshot(tmp_path)) == [".manifest.json", "a/one.yml", "two.yml"]


def test_two_renders_at_once_end_in_one_whole_result(tmp_path: Path) -> None:
    """Renders of one folder queue up: the result is one of theirs, never a mix."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from generator.artifact import Artifact\n"
        "from generator.output.write import render_into\n"
        "root, word = Path(sys.argv[1]), sys.argv[2]\n"
        "for turn in range(30):\n"
        "    render_into(root, [Artifact(f'{n}.yml', f'{word} {turn}\\n') for n in range(20)], force=True)\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), word]) for word in ("red", "blue")]
    assert [run.wait(60) for run in runs] == [0, 0]
    files = {name: text for name, text in snapshot(tmp_path).items() if name.endswith(".yml")}
    assert len(files) == 20
    assert len(set(files.values())) == 1
