"""A seeded week of a service's raw metrics with exactly three incidents, written as OpenMetrics files that promtool imports.

    python tests/backtest/history.py FOLDER --step 15 --endpoints chat,search

One file for every two hours, because `promtool tsdb create-blocks-from openmetrics` reads its whole input once a block.
"""

import argparse
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator import conventions as c
from generator.buckets import LATENCY_BUCKETS_MS

BEGIN = 1_767_571_200
"""2026-01-05 00:00 UTC, a Monday."""
WEEK = 7 * 86400
BLOCK = 7200
JOB = "support-bot"
BOUNDS = [*map(str, LATENCY_BUCKETS_MS), "+Inf"]


@dataclass(frozen=True)
class Llm:
    """One model: calls a second at noon, median latency in milliseconds, USD a call."""

    name: str
    calls: float
    median: float
    cost: float


MODELS = (
    Llm("gpt-4o-mini", 1.2, 900, 0.002),
    Llm("claude-haiku-4-5", 0.9, 1400, 0.004),
    Llm("local-llama", 0.7, 2200, 0.0),
)


@dataclass(frozen=True)
class Incident:
    """What goes wrong, for whom (empty: everybody), from when to when in seconds of the week, and how much."""

    kind: str
    model: str
    start: int
    end: int
    size: float


def _hours(day: int, hour: float) -> int:
    return day * 86400 + int(hour * 3600)


INCIDENTS = (
    Incident("latency", "gpt-4o-mini", _hours(2, 11), _hours(2, 11.75), 4),
    Incident("errors", "claude-haiku-4-5", _hours(4, 15), _hours(4, 15.75), 0.2),
    Incident("spend", "", _hours(5, 13), _hours(5, 14), 6),
)
RESTARTS = tuple(_hours(day, 9.5) for day in (1, 3, 6))


class _Counters:
    """The counters of one model and endpoint."""

    def __init__(self, llm: Llm, endpoint: str, share: float, seed: int) -> None:
        self.llm, self._share, self._random = llm, share, random.Random(seed)
        labels = f'{c.JOB}="{JOB}",{c.MODEL}="{llm.name}",{c.ENDPOINT}="{endpoint}",instance="app:8080"'
        self.names = [
            f"{c.KIT_REQUESTS}{{{labels}}}",
            f"{c.KIT_COST}{{{labels}}}",
            *(f'{c.KIT_ERRORS}{{{labels},{c.KIND}="{kind}"}}' for kind in c.ERROR_KINDS[:2]),
            *(f'{c.KIT_LATENCY}_bucket{{{labels},{c.LE}="{bound}"}}' for bound in BOUNDS),
        ]
        self.values: list[float] = [0] * len(self.names)

    def advance(self, moment: int, step: int) -> None:
        """One step of traffic, with a day, a night and noise."""
        if any(moment - step < restart <= moment for restart in RESTARTS):
            self.values = [0] * len(self.names)
        wrong = {
            one.kind: one.size
            for one in INCIDENTS
            if one.start <= moment < one.end and one.model in {"", self.llm.name}
        }
        day = 0.55 - 0.45 * math.cos(2 * math.pi * (moment / 86400 - 0.15))
        expected = self.llm.calls * self._share * step * day
        calls = max(0, round(self._random.gauss(expected, math.sqrt(expected))))
        failing = wrong.get("errors", 0.003)
        failed = sum(self._random.random() < failing for _ in range(calls))
        self.values[0] += calls
        self.values[1] += calls * self.llm.cost * wrong.get("spend", 1) * self._random.uniform(0.8, 1.2)
        self.values[2 + (self._random.random() < 0.2)] += failed
        median = self.llm.median * wrong.get("latency", 1) * (1 + 0.1 * math.sin(moment / 5000))
        values = self.values
        for _ in range(calls):
            took = median * math.exp(self._random.gauss(0, 0.5))
            for place, bound in enumerate(LATENCY_BUCKETS_MS, 4):
                if took <= bound:
                    values[place] += 1
        values[-1] += calls


def lines(step: int, endpoints: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Moment and text of every sample, in the order of time."""
    shares = (0.7, 0.3) if len(endpoints) == 2 else (1.0,) * len(endpoints)
    all_of = [
        _Counters(llm, endpoint, share, 100 * number + place)
        for number, llm in enumerate(MODELS)
        for place, (endpoint, share) in enumerate(zip(endpoints, shares, strict=True))
    ]
    for moment in range(0, WEEK, step):
        for counters in all_of:
            counters.advance(moment, step)
            for name, value in zip(counters.names, counters.values, strict=True):
                yield (
                    moment,
                    f"{name} {value:.6f} {BEGIN + moment}\n" if value % 1 else f"{name} {value:.0f} {BEGIN + moment}\n",
                )


def write(folder: Path, step: int, endpoints: tuple[str, ...]) -> list[Path]:
    """The files, in the order of time."""
    files: list[Path] = []
    text: list[str] = []

    def flush() -> None:
        files.append(folder / f"{len(files):03d}.om")
        files[-1].write_text("".join(text) + "# EOF\n")
        text.clear()

    due = BLOCK
    for moment, line in lines(step, endpoints):
        if moment >= due:
            flush()
            due += BLOCK
        text.append(line)
    flush()
    return files


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--step", type=int, default=60)
    parser.add_argument("--endpoints", default="chat")
    arguments = parser.parse_args()
    write(arguments.folder, arguments.step, tuple(arguments.endpoints.split(",")))
