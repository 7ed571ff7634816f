"""Takes the lines of a spool, each once, however often it is killed."""

import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from app.evals.spool import LOST, PART, SEGMENT

_BLOCK = 1 << 20
_OLD = 60.0
_said = logging.getLogger("llm.evals")


@dataclass(frozen=True)
class Batch:
    """`lines` without their ends; `torn` is how many ended in the middle because their writer did. `commit` once they are safe elsewhere."""

    lines: list[bytes]
    commit: Callable[[], None]
    torn: int


@dataclass
class _Taken:
    ends: dict[str, int] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)


class SpoolReader:
    """Reads what `Spool`s write in a folder, also while they write. Raises OSError where that cannot be done.

    How far it has come is kept in `cursor.json` there. Whoever dies between `read` and `commit` reads the same lines again; so the one who
    takes them should know a line that it has seen. One reader a folder: a second one gets nothing, says so once, and takes over when the first ends.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._cursor = folder, folder / "cursor.json"
        self._lock, self._said = -1, False
        self._ends: dict[str, int] = {}
        self._lost: dict[str, int] = {}

    def read(self, most: int) -> Batch:
        """At most so many lines, from the file that was written to longest ago to the newest. Without a `commit` the next ones are the same."""
        taken, lines, torn = _Taken(), list[bytes](), 0
        if self.alone():
            for name in self._names(SEGMENT):
                if len(lines) >= most:
                    break
                torn += self._take(name, most - len(lines), lines, taken)
        return Batch(lines, partial(self._commit, taken), torn)

    def dropped(self) -> int:
        """How many lines the writers could not keep since this was asked last, also by a reader before this one."""
        if not self.alone():
            return 0
        found = 0
        for name in self._names(LOST):
            with _opened(self._folder / name) as (file, dead):
                told = os.read(file, 64).strip()
                number = int(told) if told.isdigit() else 0
                found += max(0, number - self._lost.get(name, 0))
                self._lost[name] = max(number, self._lost.get(name, 0))
                if dead:
                    # Remembered until it is gone: who dies in between must not count it again.
                    self._save()
                    (self._folder / name).unlink()
                    del self._lost[name]
        if found:
            self._save()
        return found

    def alone(self) -> bool:
        """Whether this is the one reader of the folder, from now until `close`."""
        if self._lock >= 0:
            return True
        self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        file = os.open(self._folder / "reader.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        if not _locked(file):
            os.close(file)
            if not self._said:
                self._said = True
                _said.warning("another worker reads %s; this one takes over when that one ends", self._folder)
            return False
        self._lock, self._said = file, False
        self._load()
        self._tidy()
        return True

    def close(self) -> None:
        """Let another reader have the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _take(self, name: str, most: int, lines: list[bytes], taken: _Taken) -> int:
        """Adds a file's lines; how many were torn."""
        start = self._ends.get(name, 0)
        # The lock first: of a file that nobody holds, what is read now is all there will ever be.
        with _opened(self._folder / name) as (file, dead):
            data = _lines(file, start, most)
            found = data.split(b"\n", most)
            rest = found.pop()
            lines += found
            end = start + len(data) - len(rest)
            if end > start:
                taken.ends[name] = end
            size = os.fstat(file).st_size
            if not dead or (rest and len(found) == most) or start + len(data) < size:
                return 0
            taken.finished.append(name)
            return 1 if rest else 0

    def _commit(self, taken: _Taken) -> None:
        self._ends |= taken.ends
        for name in taken.finished:
            # Before the cursor is written: on a full disk this is what makes room for it.
            (self._folder / name).unlink(missing_ok=True)
            self._ends.pop(name, None)
        if taken.ends or taken.finished:
            self._save()

    def _names(self, suffix: str) -> list[str]:
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(suffix):
                    with contextlib.suppress(FileNotFoundError):
                        found.append((entry.stat().st_mtime_ns, entry.name))
        return [name for _at, name in sorted(found)]

    def _load(self) -> None:
        told: Any = {}
        with contextlib.suppress(FileNotFoundError, ValueError):
            told = orjson.loads(self._cursor.read_bytes())
        # Where it was lost all lines come again, which whoever takes them has seen.
        known = told if isinstance(told, dict) else {}
        self._ends = {**known.get("ends", {})}
        self._lost = {**known.get("dropped", {})}

    def _save(self) -> None:
        part = f"{self._cursor}{PART}"
        with contextlib.suppress(OSError):
            # Without room for it the cursor stays behind: lines may come twice, none is lost.
            Path(part).write_bytes(orjson.dumps({"ends": self._ends, "dropped": self._lost}))
            os.replace(part, self._cursor)  # noqa: PTH105

    def _tidy(self) -> None:
        """Away with what a kill left of a file that had no name yet, and with what is known of files that are gone."""
        for name in self._names(PART):
            path = self._folder / name
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - _OLD:
                    path.unlink()
        self._ends = {name: end for name, end in self._ends.items() if (self._folder / name).exists()}
        self._lost = {name: number for name, number in self._lost.items() if (self._folder / name).exists()}


class _opened:  # noqa: N801  # used like a function
    """A file of a writer, and whether that writer has let go of it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def __enter__(self) -> tuple[int, bool]:
        return self._file, _locked(self._file)

    def __exit__(self, *_told: object) -> None:
        os.close(self._file)


def _locked(file: int) -> bool:
    """Whether nobody else has the file; from now on it is ours, until it is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lines(file: int, start: int, most: int) -> bytes:
    """From there on, with so many ends of lines in it, or up to the end."""
    blocks, ends = list[bytes](), 0
    while ends < most and (block := os.pread(file, _BLOCK, start)):
        blocks.append(block)
        start, ends = start + len(block), ends + block.count(b"\n")
    return b"".join(blocks)
