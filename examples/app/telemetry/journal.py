"""A file of lines that is never torn: not by a kill, not by a full disk, not by several processes, not by rotation."""

import contextlib
import fcntl
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

_LOOK = 1.0
"""Seconds between looks whether the file was moved away."""
_TAIL = 1 << 20


class Journal:
    """Appends whole lines to a file, or to standard output where there is no path. Raises OSError where it cannot be opened.

    Lines are one write, so that those of several processes do not mix. What a kill in the middle of one left behind, the next start cuts off.
    """

    def __init__(self, path: Path | None) -> None:
        self._path, self._rest, self._looked = path, b"", 0.0
        self._file = sys.stdout.fileno() if path is None else self._open(path)

    def write(self, lines: Sequence[bytes]) -> int:
        """Append lines, given with their ends; how many were lost because there is no room for them, and of those nothing is there."""
        try:
            if self._path is not None and time.monotonic() > self._looked + _LOOK:
                self._follow(self._path)
            if self._rest:
                self._rest = self._rest[os.write(self._file, self._rest) :]
            if self._rest:
                return len(lines)
            data = b"".join(lines)
            return self._unwritten(lines, data, os.write(self._file, data))
        except OSError:
            return len(lines)

    def _unwritten(self, lines: Sequence[bytes], data: bytes, written: int) -> int:
        """The line that did not fit whole is finished as soon as there is room; those after it are lost."""
        if written == len(data):
            return 0
        end = 0
        for number, line in enumerate(lines):
            end += len(line)
            if end >= written:
                self._rest = data[written:end]
                return len(lines) - number - 1
        return 0

    def _follow(self, path: Path) -> None:
        self._looked = time.monotonic()
        here = os.fstat(self._file)
        with contextlib.suppress(FileNotFoundError):
            there = path.stat()
            if (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino):
                return
        if self._rest:
            return
        moved, self._file = self._file, self._open(path)
        os.close(moved)

    def _open(self, path: Path) -> int:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        with contextlib.suppress(OSError):
            # Alone with the file: nobody is in the middle of a line.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _mend(file)
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return file


def _mend(file: int) -> None:
    size = os.fstat(file).st_size
    start = max(0, size - _TAIL)
    tail = os.pread(file, size - start, start)
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(file, start + tail.rfind(b"\n") + 1)
