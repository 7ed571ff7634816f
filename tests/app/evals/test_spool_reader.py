"""Lines are read in their order, once they are whole, until somebody has them."""

import json
import os
import time
from pathlib import Path

import pytest
from app.evals.spool import Spool
from app.evals.spool_reader import SpoolReader
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.evals.spooled import drained, segments


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


def test_files_that_were_written_to_longest_ago_come_first(tmp_path: Path) -> None:
    """Whoever wrote them."""
    spools = [Spool(tmp_path) for _number in range(3)]
    for number, spool in enumerate(reversed(spools)):
        spool.append(b"%d" % number)
        os.utime(spool._file, (number, number))  # noqa: SLF001
    assert drained(tmp_path)[0] == [b"0", b"1", b"2"]


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


def test_a_batch_that_ends_where_a_block_does_is_not_the_end(tmp_path: Path) -> None:
    """A thousand and twenty-four lines of a kilobyte are one block."""
    spool = Spool(tmp_path)
    for number in range(1025):
        spool.append(b"%01023d" % number)
    spool.close()
    lines, torn = drained(tmp_path, 1024)
    assert (list(map(int, lines)), torn) == (list(range(1025)), 0)


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
