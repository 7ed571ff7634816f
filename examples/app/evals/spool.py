"""Lines that outlive the process that wrote them, handed over with one write and without waiting for anybody."""

import contextlib
import fcntl
import logging
import os
import threading
import time
import weakref
from pathlib import Path

SEGMENT, LOST, PART = ".jsonl", ".dropped", ".part"
_COUNT = b"%020d\n"
"""As long whatever it counts, so that it is written over in place."""
_MINUTE, _SECOND = 60.0, 1.0
_said = logging.getLogger("llm.evals")


class Spool:
    """Appends lines to files in a folder, from which one `SpoolReader` takes them; sizes are in bytes.

    A line that `append` said True to is read, whatever happens to this process: it is in the system's cache, which a kill does not touch
    (a power cut may). Each process writes files of its own, `<writer>-<number>.jsonl`, and holds a lock (flock) on the one it writes, so that a
    reader sees which are finished. A new file gets its name when it is locked, never before. Safe with threads, and with forks.
    """

    def __init__(self, folder: Path, most_bytes: int = 1_000_000_000, segment_bytes: int = 8_000_000) -> None:
        self._folder, self._most, self._segment = folder, most_bytes, segment_bytes
        self._said_at, self._busy = float("-inf"), False
        self._begin()
        _LIVE.add(self)

    def append(self, line: bytes) -> bool:
        """Keep a line, given without its end. False, and counted in `dropped`, where there is no room, or the system refuses; raises nothing."""
        with self._lock:
            # The garbage collector may finish a call while another is being written, in the same thread.
            done = not self._busy and b"\n" not in line
            if done:
                self._busy = True
                try:
                    done = self._write(line + b"\n")
                except OSError:
                    done = False
                    self._leave()
                finally:
                    self._busy = False
            if not done:
                self._drop()
        return done

    def close(self) -> None:
        """Let go of the files, so that a reader may remove them; a later line begins another."""
        with self._lock:
            self._leave()
            if self._lost >= 0:
                os.close(self._lost)
            self._begin()

    def restart(self) -> None:
        """In a process that was forked off: the files are the parent's, and so is what it lost."""
        for file in (self._file, self._lost):
            if file >= 0:
                with contextlib.suppress(OSError):
                    os.close(file)
        self._begin()

    def _begin(self) -> None:
        # Re-entrant: see append.
        self._lock = threading.RLock()
        self._busy = False
        self._file = self._lost = -1
        self._size = self._number = self._there = 0
        self._since, self._looked = self._segment, float("-inf")
        self.dropped = 0
        # The time comes first, so that names sort by age.
        self._writer = f"{time.time_ns() // 1_000_000:013d}-{os.getpid()}-{os.urandom(4).hex()}"

    def _write(self, data: bytes) -> bool:
        if not self._room(len(data)):
            return False
        if self._file >= 0 and (self._size + len(data) > self._segment or not os.fstat(self._file).st_nlink):
            # Full, or somebody has removed it.
            self._leave()
        if self._file < 0:
            self._open()
        try:
            written = os.write(self._file, data)
        except OSError:
            written = 0
        if written < len(data):
            # The disk is full. Nobody shall see half a line; where it cannot be cut off, this file ends with it.
            os.ftruncate(self._file, self._size)
            return False
        self._size += written
        self._since += written
        return True

    def _room(self, size: int) -> bool:
        """Other processes write as well: look again after each segment's worth of own lines, and each second while there is no room."""
        full = self._there + self._since + size > self._most
        if self._since >= self._segment or (full and time.monotonic() >= self._looked + _SECOND):
            self._there, self._since, self._looked = _bytes_in(self._folder), 0, time.monotonic()
            full = self._there + size > self._most
        return not full

    def _open(self) -> None:
        if self._lost >= 0 and not os.fstat(self._lost).st_nlink:
            os.close(self._lost)
            self._lost = -1
        if self._lost < 0:
            self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            # Made while there is room, so that what is lost can be counted when there is none.
            self._lost = _new(f"{self._folder}/{self._writer}{LOST}", 0, _COUNT % self.dropped)
        self._file = _new(f"{self._folder}/{self._writer}-{self._number:06d}{SEGMENT}", os.O_APPEND)
        self._number += 1

    def _leave(self) -> None:
        """What follows goes to another file; half a line at the end of this one is known by its missing end."""
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.close(self._file)
        self._file, self._size = -1, 0

    def _drop(self) -> None:
        self.dropped += 1
        with contextlib.suppress(OSError):
            if self._lost >= 0:
                os.pwrite(self._lost, _COUNT % self.dropped, 0)
        if time.monotonic() >= self._said_at + _MINUTE:
            self._said_at = time.monotonic()
            _said.warning(
                "%d answer(s) so far will not be judged: %s takes no more; a worker that runs makes room", self.dropped, self._folder
            )  # fmt: skip


def _new(path: str, more: int, data: bytes = b"") -> int:
    """A new file that is ours, and filled, before it has its name. Raises OSError."""
    file = os.open(path + PART, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | more, 0o640)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(file, data)
        os.rename(path + PART, path)  # noqa: PTH104  # a Path costs more than the rename
    except OSError:
        os.close(file)
        with contextlib.suppress(OSError):
            os.unlink(path + PART)  # noqa: PTH108
        raise
    return file


def _bytes_in(folder: Path) -> int:
    found = 0
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                found += entry.stat().st_size
    return found


_LIVE: "weakref.WeakSet[Spool]" = weakref.WeakSet()


def _restart_all() -> None:
    for one in list(_LIVE):
        one.restart()


os.register_at_fork(after_in_child=_restart_all)
