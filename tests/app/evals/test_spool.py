"""What was said to be kept is read: after kills of either side, on a full disk, from several processes and threads."""

import contextlib
import gc
import hashlib
import json
import logging
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.evals.spool import Spool
from app.evals.spool_reader import SpoolReader
from hypothesis import given, settings
from hypothesis import strategies as st

WRITER = """
import hashlib, itertools, os, sys
from pathlib import Path
sys.path.insert(0, "examples")
from app.evals.spool import Spool
spool = Spool(Path(sys.argv[1]), segment_bytes=60_000)
for number in itertools.count():
    text = f"{os.getpid()}-{number} " + "x" * (number * 37 % 9000)
    if spool.append(f"{hashlib.sha256(text.encode()).hexdigest()[:32]} {text}".encode()):
        os.write(1, b"%d-%d\\n" % (os.getpid(), number))
"""
READER = """
import os, sys
from pathlib import Path
sys.path.insert(0, "examples")
from app.evals.spool_reader import SpoolReader
reader = SpoolReader(Path(sys.argv[1]))
store = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(1, b"ready\\n")
while True:
    batch = reader.read(7)
    os.write(store, b"".join(line.split(b" ")[1] + b" %d\\n" % check(line) for line in batch.lines))
    batch.commit()
""".replace(
    "reader =",
    "import hashlib\ncheck = lambda line: line[:32].decode() == hashlib.sha256(line[33:]).hexdigest()[:32]\nreader =",
)


def drained(folder: Path, most: int = 100) -> tuple[list[bytes], int]:
    """All that is there, committed; and how many were torn."""
    reader = SpoolReader(folder)
    lines: list[bytes] = []
    torn = 0
    while (batch := reader.read(most)).lines or batch.torn:
        lines += batch.lines
        torn += batch.torn
        batch.commit()
    batch.commit()
    reader.close()
    return lines, torn


def segments(folder: Path) -> list[str]:
    """Files of lines, by name."""
    return sorted(path.name for path in folder.glob("*.jsonl"))


@pytest.mark.parametrize("turns", [3, pytest.param(25, marks=pytest.mark.e2e)])
def test_kills_lose_nothing_and_tear_nothing(tmp_path: Path, repository: Path, turns: int) -> None:
    """Two writers at a time and a reader, all killed at random moments, several times: each line that was said to be kept is read.

    Whole, and once, where the same line coming again is known by its id; its writer's last line may be there without having been told.
    """
    folder, store, rng = tmp_path / "spool", tmp_path / "store", random.Random(7)
    store.touch()
    told: set[str] = set()
    for _turn in range(turns):
        scripts = ([WRITER, folder], [WRITER, folder], [READER, folder, store])
        running = [
            subprocess.Popen([sys.executable, "-c", *script], cwd=repository, stdout=subprocess.PIPE)
            for script in scripts
        ]
        heads = [one.stdout.readline() for one in running if one.stdout]
        time.sleep(rng.random() * 0.06)
        for one in rng.sample(running, 3):
            one.send_signal(signal.SIGKILL)
            time.sleep(rng.random() * 0.01)
        for one, head in zip(running, heads, strict=True):
            rest = one.communicate()[0]
            if head != b"ready\n":
                told |= set((head + rest).decode().split())
    delivered = dict(line.split() for line in store.read_text().splitlines())
    last, _torn = drained(folder)
    whole = {
        line.split(b" ")[1].decode(): hashlib.sha256(line[33:]).hexdigest()[:32] == line[:32].decode() for line in last
    }
    assert len(told) > 20 * turns
    assert set(delivered.values()) == {"1"}, "a line came in pieces"
    assert all(whole.values())
    assert told <= delivered.keys() | whole.keys()
    # At most one line of each writer had been written, and not yet told of.
    assert len((delivered.keys() | whole.keys()) - told) <= 2 * turns
    assert segments(folder) == []


def test_what_was_read_comes_again_until_it_is_committed(tmp_path: Path) -> None:
    """A reader that dies in between leaves it to the next, and so does one that forgets."""
    spool = Spool(tmp_path)
    for number in range(5):
        assert spool.append(b"%d" % number)
    first = SpoolReader(tmp_path)
    assert first.read(3).lines == first.read(3).lines == [b"0", b"1", b"2"]
    first.close()
    second = SpoolReader(tmp_path)
    batch = second.read(3)
    assert batch.lines == [b"0", b"1", b"2"]
    batch.commit()
    second.close()
    assert drained(tmp_path) == ([b"3", b"4"], 0)


def test_a_line_is_read_while_its_writer_goes_on(tmp_path: Path) -> None:
    """Of a file that stays where it is, until its writer has let go of it."""
    spool, reader = Spool(tmp_path), SpoolReader(tmp_path)
    for number in range(3):
        spool.append(b"%d" % number)
        batch = reader.read(10)
        assert batch.lines == [b"%d" % number]
        batch.commit()
    assert len(segments(tmp_path)) == 1
    spool.close()
    reader.read(10).commit()
    assert segments(tmp_path) == []


def test_half_a_line_waits_for_its_other_half_or_is_torn(tmp_path: Path) -> None:
    """Depending on whether its writer lives; what is torn is counted once, and never given out."""
    spool = Spool(tmp_path)
    spool.append(b"whole")
    os.write(spool._file, b"ha")  # noqa: SLF001
    reader = SpoolReader(tmp_path)
    assert (reader.read(10).lines, reader.read(10).torn) == ([b"whole"], 0)
    os.write(spool._file, b"lf\nthe rest is lac")  # noqa: SLF001
    assert reader.read(10).lines == [b"whole", b"half"]
    spool.close()
    batch = reader.read(1)
    assert (batch.lines, batch.torn) == ([b"whole"], 0)
    batch = reader.read(2)
    assert (batch.lines, batch.torn) == ([b"whole", b"half"], 0)
    batch.commit()
    batch = reader.read(2)
    assert (batch.lines, batch.torn) == ([], 1)
    batch.commit()
    assert segments(tmp_path) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary().filter(lambda line: b"\n" not in line), max_size=40), st.integers(1, 9), st.integers(1, 60))
def test_lines_are_read_in_their_order(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], most: int, segment: int
) -> None:
    """Each once, whatever they hold, however many at once, however often files are changed; and no file is left."""
    folder = tmp_path_factory.mktemp("spool")
    spool = Spool(folder, segment_bytes=segment)
    assert all(spool.append(line) for line in lines)
    spool.close()
    assert drained(folder, most) == (lines, 0)
    assert segments(folder) == []


def test_a_line_longer_than_a_segment_or_a_block_is_kept(tmp_path: Path) -> None:
    """Of three megabytes."""
    spool = Spool(tmp_path, segment_bytes=1000)
    long = b"x" * 3_000_000
    assert spool.append(b"first")
    assert spool.append(long)
    assert spool.append(b"last")
    spool.close()
    assert drained(tmp_path) == ([b"first", long, b"last"], 0)


def test_a_line_that_holds_an_end_of_line_is_refused(tmp_path: Path) -> None:
    """It would be two."""
    spool = Spool(tmp_path)
    assert not spool.append(b"one\ntwo")
    assert spool.dropped == 1
    assert drained(tmp_path) == ([], 0)


def test_files_that_were_written_to_longest_ago_come_first(tmp_path: Path) -> None:
    """Whoever wrote them."""
    spools = [Spool(tmp_path) for _number in range(3)]
    for number, spool in enumerate(reversed(spools)):
        spool.append(b"%d" % number)
        os.utime(spool._file, (number, number))  # noqa: SLF001
    assert drained(tmp_path)[0] == [b"0", b"1", b"2"]


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


def test_what_was_dropped_is_taken_once_also_of_the_dead(tmp_path: Path) -> None:
    """Each reader goes on where the one before it was, and a writer's file goes when nobody holds it."""
    spool = Spool(tmp_path, most_bytes=150)
    spool.append(b"x" * 99)
    for number in range(1, 4):
        assert not spool.append(b"x" * 99)
        reader = SpoolReader(tmp_path)
        assert reader.dropped() == 1, number
        assert reader.dropped() == 0
        reader.close()
    spool.append(b"x" * 99)
    spool.close()
    reader = SpoolReader(tmp_path)
    assert (reader.dropped(), reader.dropped()) == (1, 0)
    assert list(tmp_path.glob("*.dropped")) == []


def test_what_was_dropped_is_never_taken_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a reader dies before it has removed the file of a writer that is gone."""
    spool = Spool(tmp_path, most_bytes=10)
    spool.append(b"x")
    spool.append(b"x" * 99)
    spool.close()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_told: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError, match="killed"):
            (first := SpoolReader(tmp_path)).dropped()
    first.close()
    assert SpoolReader(tmp_path).dropped() == 0


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


def test_a_batch_that_ends_where_a_block_does_is_not_the_end(tmp_path: Path) -> None:
    """A thousand and twenty-four lines of a kilobyte are one block."""
    spool = Spool(tmp_path)
    for number in range(1025):
        spool.append(b"%01023d" % number)
    spool.close()
    lines, torn = drained(tmp_path, 1024)
    assert (list(map(int, lines)), torn) == (list(range(1025)), 0)


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


def test_a_second_reader_gets_nothing_and_takes_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It says so once."""
    Spool(tmp_path).append(b"1")
    first, second = SpoolReader(tmp_path), SpoolReader(tmp_path)
    assert first.read(1).lines == [b"1"]
    for _again in range(3):
        assert (second.read(1).lines, second.dropped(), second.alone()) == ([], 0, False)
    assert caplog.text.count("another worker reads") == 1
    first.close()
    assert second.read(1).lines == [b"1"]


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b"\0\0"])
def test_a_cursor_that_was_lost_loses_no_line(tmp_path: Path, left: bytes) -> None:
    """They come again, to somebody who knows them."""
    spool, reader = Spool(tmp_path), SpoolReader(tmp_path)
    spool.append(b"1")
    reader.read(1).commit()
    reader.close()
    assert json.loads((tmp_path / "cursor.json").read_bytes())["ends"]
    (tmp_path / "cursor.json").write_bytes(left)
    assert drained(tmp_path)[0] == [b"1"]


def test_what_a_kill_left_without_a_name_is_tidied_up(tmp_path: Path) -> None:
    """After a while: a new one may be in the making."""
    old, new = tmp_path / "1.jsonl.part", tmp_path / "2.jsonl.part"
    for path in (old, new):
        path.write_text("")
    os.utime(old, (time.time() - 100,) * 2)
    SpoolReader(tmp_path).read(1)
    assert (old.exists(), new.exists()) == (False, True)
