"""Short blocks in turns, a baseline before and after each: a machine that changes its speed changes both."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks.overhead.crew import WARM, Worker, WorkerError, worker
from benchmarks.overhead.sink import got
from benchmarks.overhead.subjects import BASELINE, Subject
from benchmarks.overhead.venvs import Venv

MEASURES = ("median", "mean", "p99", "cpu")
Block = dict[str, float]


@dataclass
class Calls:
    """What calls took in microseconds, a value a round, beside the baseline's blocks around it; the worst single calls; what was sent of a call."""

    own: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in MEASURES})
    base: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in MEASURES})
    worst: float = 0
    base_worst: float = 0
    spans: float = 0
    bytes: float = 0
    failed: str = ""

    def take(self, before: Block, own: Block, after: Block) -> None:
        """One round's blocks: the neighbours are the baseline's."""
        for name in MEASURES:
            self.own[name].append(own[name])
            self.base[name].append((before[name] + after[name]) / 2)
        # As many calls of the one as of the other: the worst of more would be worse.
        self.worst = max(self.worst, own["worst"])
        self.base_worst = max(self.base_worst, before["worst"])

    def added(self, name: str) -> list[float]:
        """What each round added to its neighbours."""
        return [own - base for own, base in zip(self.own[name], self.base[name], strict=True)]


def measure(subjects: Sequence[tuple[Subject, Venv]], sink: str, rounds: int, calls: int) -> dict[str, Calls]:
    """By name; a subject that fails says so in its result."""
    results = {subject.name: Calls() for subject, _venv in subjects}
    with ExitStack() as stack:
        groups: dict[tuple[str | None, ...], tuple[Worker, list[Worker]]] = {}
        for subject, venv in subjects:
            try:
                own = stack.enter_context(worker(subject.name, venv.python, sink))
                own.do("burst", WARM)
                if venv.stack not in groups:
                    base = stack.enter_context(worker(BASELINE, venv.python, sink))
                    base.do("burst", WARM)
                    groups[venv.stack] = (base, [])
                groups[venv.stack][1].append(own)
            except WorkerError as error:
                results[subject.name].failed = str(error)
        before = {name: got(sink, name) for name in results}
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            for base, members in groups.values():
                # Nobody always follows the same neighbour.
                turn = number % len(members) if members else 0
                _round(base, members[turn:] + members[:turn], calls, results)
        for name, result in results.items():
            sent, made = got(sink, name) - before[name], max(1, calls * len(result.own["median"]))
            result.spans, result.bytes = sent["spans"] / made, sent["bytes"] / made
    return results


def _round(base: Worker, members: Sequence[Worker], calls: int, results: dict[str, Calls]) -> None:
    before = base.do("block", calls)
    for one in members:
        result = results[one.name]
        if result.failed:
            continue
        try:
            own = one.do("block", calls)
        except WorkerError as error:
            result.failed = str(error)
            continue
        after = base.do("block", calls)
        result.take(before, own, after)
        before = after
