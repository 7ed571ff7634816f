"""What a subject costs a process once: its start, its memory after many calls, its end while nothing listens."""

import statistics
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.overhead import sink as sinks
from benchmarks.overhead.crew import WARM, WorkerError, worker
from benchmarks.overhead.subjects import BASELINE, Subject
from benchmarks.overhead.venvs import Venv

PATIENCE = 60.0
"""Seconds that an end may take."""
_STARTS, _LAST_CALLS, _AT_ONCE = 5, 200, 4


@dataclass(frozen=True)
class Memory:
    """Bytes resident once warm, and after the calls; blocks that the calls left allocated; what came of them."""

    warm: int
    after: int
    blocks: int
    seconds: float
    calls: int
    spans: int
    lines: int


def starts(subjects: Sequence[tuple[Subject, Venv]], sink: str) -> dict[str, float | str]:
    """Seconds that each adds from an empty process to the first answer, median of five; where it failed, the reason."""
    return {subject.name: _start(subject.name, venv, sink) for subject, venv in subjects}


def memories(subjects: Sequence[tuple[Subject, Venv]], sink: str, calls: int) -> dict[str, tuple[Memory, Memory] | str]:
    """After so many calls as fast as they go: each, and the baseline beside it; where it failed, the reason."""
    bases: dict[tuple[str | None, ...], Memory] = {}
    found: dict[str, tuple[Memory, Memory] | str] = {}
    for subject, venv in subjects:
        try:
            if venv.stack not in bases:
                bases[venv.stack] = _memory(BASELINE, venv, sink, calls)
            found[subject.name] = (_memory(subject.name, venv, sink, calls), bases[venv.stack])
        except WorkerError as error:
            found[subject.name] = str(error)
    return found


def ends(subjects: Sequence[tuple[Subject, Venv]]) -> dict[str, dict[str, float | str | None]]:
    """Seconds until a process is gone, by name and receiver; None is longer than PATIENCE, a text says why it failed."""
    found: dict[str, dict[str, float | str | None]] = {subject.name: {} for subject, _venv in subjects}
    for kind in (sinks.dead, sinks.hanging):
        _say(f"ends: a receiver that is {kind.__name__}")
        # They wait and do not work, so they can wait together.
        with kind() as address, ThreadPoolExecutor(_AT_ONCE) as pool:
            seconds = pool.map(lambda one, at=address: _end(one[0].name, one[1], at), subjects)
            for (subject, _venv), took in zip(subjects, seconds, strict=True):
                found[subject.name][kind.__name__] = took
    return found


def _start(name: str, venv: Venv, sink: str) -> float | str:
    _say(f"start: {name}")
    took: dict[str, list[float]] = {name: [], BASELINE: []}
    try:
        for _turn in range(_STARTS):
            for one, seconds in took.items():
                with worker(one, venv.python, sink) as made:
                    seconds.append(made.start_s)
    except WorkerError as error:
        return str(error)
    return statistics.median(took[name]) - statistics.median(took[BASELINE])


def _memory(name: str, venv: Venv, sink: str, calls: int) -> Memory:
    _say(f"memory: {name}, {calls} calls")
    with worker(name, venv.python, sink) as made:
        made.do("burst", WARM)
        lines, spans, warm = _lines(made.folder), sinks.got(sink, name)["spans"], made.resident
        told = made.do("burst", calls)
        spans, lines = sinks.got(sink, name)["spans"] - spans, _lines(made.folder) - lines
        return Memory(warm, made.resident, int(told["blocks"]), told["seconds"], calls, spans, lines)


def _end(name: str, venv: Venv, address: str) -> float | str | None:
    try:
        with worker(name, venv.python, address) as made:
            made.do("go", _LAST_CALLS)
            return made.end(PATIENCE)
    except WorkerError as error:
        return str(error)


def _lines(folder: Path) -> int:
    journal = folder / "app.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def _say(what: str) -> None:
    print(what, file=sys.stderr)
