"""Lines are whole: after a kill, on a full disk, with several writers, after a rotation."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from app.telemetry.journal import Journal

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, "examples")
from app.telemetry.journal import Journal
journal = Journal(Path(sys.argv[1]))
number = 0
print("ready", flush=True)
while True:
    number += 1
    journal.write([b'{"n": %d, "text": "%s"}\\n' % (n, b"x" * (n * 37 % 9000)) for n in range(number, number + number % 9)])
"""


def test_a_kill_tears_no_line(tmp_path: Path, repository: Path) -> None:
    """At twenty-five moments, lines of up to nine kilobytes: every line that ends is whole, and the next start cuts off what does not."""
    file = tmp_path / "log"
    for turn in range(25):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, file], cwd=repository, stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.003 * (turn % 7))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        for line in file.read_bytes().split(b"\n")[:-1]:
            json.loads(line)
        if file.stat().st_size > 20_000_000:
            file.unlink()
    Journal(file)
    assert file.read_bytes()[-1:] in {b"\n", b""}


def test_what_a_crash_left_is_cut_off_by_the_next_start(tmp_path: Path) -> None:
    """And nothing else is."""
    file = tmp_path / "log"
    file.write_bytes(b'{"a": 1}\n{"b": 2}\n{"c": ')
    assert Journal(file).write([b'{"d": 4}\n']) == 0
    assert file.read_bytes() == b'{"a": 1}\n{"b": 2}\n{"d": 4}\n'


def test_another_writers_half_line_is_left_alone(tmp_path: Path) -> None:
    """While somebody else has the file, its end may be in the making."""
    file = tmp_path / "log"
    first = Journal(file)
    with file.open("ab") as other:
        other.write(b'{"half": ')
    Journal(file)
    assert file.read_bytes() == b'{"half": '
    assert first.write([b"1}\n"]) == 0


def test_a_full_disk_loses_lines_and_tears_none(tmp_path: Path) -> None:
    """What does not fit is refused; with room again the rest of the last line comes first."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk needs the right to mount one")
    try:
        filling = folder / "filling"
        filling.write_bytes(b"0" * 30_000)
        journal = Journal(folder / "log")
        kept = sum(7 - journal.write([b'{"text": "%s"}\n' % (b"x" * 1500)] * 7) for _number in range(20))
        assert 5 < kept < 30
        filling.unlink()
        assert journal.write([b'{"last": 1}\n']) == 0
        lines = (folder / "log").read_bytes().splitlines()
        assert len(lines) == kept + 1
        for line in lines:
            json.loads(line)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As log rotation does."""
    monkeypatch.setattr("app.telemetry.journal._LOOK", 0.0)
    file = tmp_path / "log"
    journal = Journal(file)
    journal.write([b"1\n"])
    os.rename(file, tmp_path / "log.1")  # noqa: PTH104
    time.sleep(0.01)
    journal.write([b"2\n"])
    assert (tmp_path / "log.1").read_bytes() == b"1\n"
    assert file.read_bytes() == b"2\n"
