"""What was said to be kept is read: after kills of either side, on a full disk, from several processes and threads."""

import contextlib
import gc
import logging
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.evals.spool import Spool
from app.evals.spool_reader import SpoolReader

from tests.app.evals.spooled import drained, segments


def test_a_line_that_holds_an_end_of_line_is_refused(tmp_path: Path) -> None:
    """It would be two."""
    spool = Spool(tmp_path)
    assert not spool.append(b"one\ntwo")
    assert spool.dropped == 1
    assert drained(tmp_path) == ([], 0)


def test_no_room_is_said_and_counted_and_room_is_seen(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """By each of two writers, of what both have written."""
    spools = [Spool(tmp_path, most_bytes=10_000, segment_bytes=2_000) for _writer in range(2)]
    with caplog.at_level(logging.WARNING, "llm.evals"):
        kept = sum(spool.append(b"x" * 99) for _number in range(200) for spool in spools)
    # Each may be a segment behind on what the other has written.
    assert 90 <= kept <= 140
    assert sum(spool.dropped for spool in spools) == 400 - kept
    assert len(caplog.records) == 2
    assert "will not be judged" in caplog.text
    reader = SpoolReader(tmp_path)
    assert reader.dropped() == 400 - kept
    assert reader.dropped() == 0
    reader.close()
    assert len(drained(tmp_path)[0]) == kept
    time.sleep(1.05)
    assert all(spool.append(b"again") for spool in spools)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"a full disk needs the right to mount one: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_counted_and_tears_nothing(small_disk: Path) -> None:
    """Nor does it litter; reading makes room, also where there is none to write down how far one has come."""
    spool = Spool(small_disk, segment_bytes=9_000)
    kept = [spool.append(b"%03d" % number + b"x" * 1500) for number in range(100)]
    assert 20 < sum(kept) < 60
    assert spool.dropped == 100 - sum(kept)
    assert len(segments(small_disk)) < 12
    reader = SpoolReader(small_disk)
    batch = reader.read(5)
    assert [line[:3] for line in batch.lines] == [b"000", b"001", b"002", b"003", b"004"]
    batch.commit()
    assert reader.dropped() == 100 - sum(kept)
    rest = reader.read(100)
    assert [int(line[:3]) for line in batch.lines + rest.lines] == [number for number, one in enumerate(kept) if one]
    rest.commit()
    reader.close()
    assert spool.append(b"room again")
    assert drained(small_disk) == ([b"room again"], 0)


def test_a_disk_that_was_full_from_the_start_is_counted_later(small_disk: Path) -> None:
    """In memory, until there is room for the number."""
    filling = small_disk / "filling"
    with filling.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"0" * 4096):
            pass
    spool = Spool(small_disk / "spool")
    assert not spool.append(b"x" * 5000)
    filling.unlink()
    assert spool.append(b"x" * 5000)
    assert SpoolReader(small_disk / "spool").dropped() == 1


def test_a_folder_that_cannot_be_is_counted_and_raises_nothing(tmp_path: Path) -> None:
    """A file is in the way."""
    (tmp_path / "file").write_text("")
    spool = Spool(tmp_path / "file" / "spool")
    assert not spool.append(b"x")
    assert spool.dropped == 1


def test_a_process_without_files_left_is_counted_and_goes_on_later(tmp_path: Path) -> None:
    """As a server may be under load."""
    spool = Spool(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        assert not spool.append(b"x")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert spool.append(b"y")
    assert drained(tmp_path) == ([b"y"], 0)


def test_a_folder_that_was_removed_is_made_again(tmp_path: Path) -> None:
    """What was in it is gone, what comes is not."""
    spool = Spool(tmp_path / "spool")
    spool.append(b"gone")
    for path in (tmp_path / "spool").iterdir():
        path.unlink()
    (tmp_path / "spool").rmdir()
    assert spool.append(b"kept")
    assert drained(tmp_path / "spool") == ([b"kept"], 0)


def test_forked_processes_write_files_of_their_own(tmp_path: Path) -> None:
    """The parent's lock and count stay the parent's, also when it forks in the middle of a line."""
    spool = Spool(tmp_path, most_bytes=100_000)
    spool.append(b"parent 0")
    spool._lock.acquire()  # noqa: SLF001  # as another thread of the parent might have it
    children = []
    for number in range(3):
        child = os.fork()
        if child == 0:
            os._exit(0 if spool.append(b"child %d" % number) and spool.dropped == 0 else 1)
        children.append(child)
    spool._lock.release()  # noqa: SLF001
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert spool.append(b"parent 1")
    lines, torn = drained(tmp_path)
    assert (sorted(lines), torn) == ([b"child 0", b"child 1", b"child 2", b"parent 0", b"parent 1"], 0)
    # The children's are gone, the parent's is not finished.
    assert len(segments(tmp_path)) == 1


def test_a_child_that_outlives_its_parent_holds_nothing_of_it(tmp_path: Path) -> None:
    """A file whose writer is gone is finished, however many were forked off that writer."""
    spool = Spool(tmp_path, most_bytes=20)
    spool.append(b"parent")
    spool.append(b"x" * 99)
    ready, say = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(say, b"!")
        time.sleep(30)
        os._exit(0)
    try:
        os.read(ready, 1)
        spool.close()
        reader = SpoolReader(tmp_path)
        reader.read(9).commit()
        assert reader.dropped() == 1
        assert [*tmp_path.glob("*.jsonl"), *tmp_path.glob("*.dropped")] == []
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(say)


def test_threads_share_a_spool(tmp_path: Path) -> None:
    """While a reader reads."""
    spool, found = Spool(tmp_path, segment_bytes=20_000), list[bytes]()

    def write(thread: int) -> None:
        for number in range(400):
            assert spool.append(b"%d-%d " % (thread, number) + b"x" * (number % 200))

    threads = [threading.Thread(target=write, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    reader = SpoolReader(tmp_path)
    while any(thread.is_alive() for thread in threads):
        batch = reader.read(50)
        found += batch.lines
        batch.commit()
    reader.close()
    found += drained(tmp_path)[0]
    for thread in range(4):
        mine = [int(line.split()[0].split(b"-")[1]) for line in found if line.startswith(b"%d-" % thread)]
        assert mine == list(range(400))


def test_a_line_of_the_garbage_collector_in_the_middle_of_another_is_no_deadlock(tmp_path: Path) -> None:
    """A stream that nobody holds any more ends its call wherever the collector finds it."""
    spool = Spool(tmp_path)

    class Left:
        def __del__(self) -> None:
            inner.append(spool.append(b"inner"))

    inner: list[bool] = []
    room = spool._room  # noqa: SLF001

    def collecting(size: int) -> bool:
        if not inner:
            left = Left()
            left.itself = left  # type: ignore[attr-defined]
            del left
            gc.collect()
        return room(size)

    spool._room = collecting  # type: ignore[method-assign]  # noqa: SLF001
    assert spool.append(b"outer")
    assert (inner, spool.dropped) == ([False], 1)
    assert drained(tmp_path) == ([b"outer"], 0)
