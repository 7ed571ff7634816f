"""The raw samples that the rules read, in small pieces, one after the other.

Each query asks for `last_over_time(metric[step])` of every instance: a sample no older than a step, so that a gap in the
history stays a gap, and raw counters, so that a reset stays visible (a sum or an `increase` on the server would smear both).
Instances are merged here, as the samples arrive.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from generator import conventions as c
from generator.backtest.expressions import Read
from generator.backtest.series import Merger, Series
from generator.backtest.server import Server, ServerProblem, TooMuch
from generator.model import Duration
from generator.promql import quote, selector

MOST_POINTS = 10_000
"""Prometheus refuses 11,000 points a series."""
MOST_SAMPLES = 250_000
_FIRST_POINTS = 240
Advance = Callable[[str, int], None]
_SIGNS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


@dataclass(frozen=True)
class Need:
    """One metric: what all of its readers agree on, the labels that any of them keeps, and since when (epoch seconds)."""

    name: str
    matchers: frozenset[tuple[str, str, str]]
    keeps: frozenset[str] | None
    since: int

    @property
    def selector(self) -> str:
        """As PromQL."""
        return self.name + selector(
            *(f"{label}{_SIGNS[op]}{quote(value)}" for label, op, value in sorted(self.matchers))
        )


def needs(readers: Iterable[tuple[Read, int]]) -> list[Need]:
    """One need a metric, from its readers and the moment since which each wants it."""
    found: dict[str, Need] = {}
    for read, since in readers:
        known = found.get(read.name)
        if known is None:
            found[read.name] = Need(read.name, read.matchers, read.keeps, since)
            continue
        keeps = None if known.keeps is None or read.keeps is None else known.keeps | read.keeps
        found[read.name] = Need(read.name, known.matchers & read.matchers, keeps, min(known.since, since))
    return [found[name] for name in sorted(found)]


def fetch(
    server: Server, wanted: list[Need], *, end: int, step: int, pause: float, advance: Advance
) -> dict[str, list[Series]]:
    """Series by metric, each beginning at its need's `since`; all moments are multiples of `step`. Raises ServerProblem."""
    return {need.name: _one(server, need, end, step, pause, advance) for need in wanted}


def points(wanted: Iterable[Need], end: int, step: int) -> int:
    """Moments that will be asked for, over all metrics."""
    return sum((end - need.since) // step + 1 for need in wanted)


def _one(server: Server, need: Need, end: int, step: int, pause: float, advance: Advance) -> list[Series]:
    size = (end - need.since) // step + 1
    merger = Merger(need.name, need.keeps, size, step)
    place, piece = 0, _FIRST_POINTS
    query = f"last_over_time({need.selector}[{Duration(step)}])"
    while place < size:
        count = min(piece, size - place)
        start = need.since + place * step
        try:
            last = start + (count - 1) * step
            data = server.ask("query_range", {"query": query, "start": start, "end": last, "step": step})
        except TooMuch as reason:
            if count == 1:
                raise ServerProblem(
                    f"{server.shown} cannot answer for even one moment of {need.name}: {reason}.\n"
                    "Try again when it is less busy, or with a longer --timeout."
                ) from None
            piece = max(1, count // 4)
            continue
        samples = 0
        for found in data["result"]:
            samples += len(found.get("values", ()))
            merger.add(found["metric"], _placed(found.get("values", []), need.since, step))
        place += count
        advance(need.name, count)
        if samples:
            # Towards a fixed number of samples a query, whatever the number of series, in careful steps.
            piece = min(MOST_POINTS, 4 * count, max(1, MOST_SAMPLES * count // samples))
        else:
            piece = min(MOST_POINTS, 4 * piece)
        time.sleep(pause)
    return merger.series()


def _placed(values: list[tuple[float, str]], since: int, step: int) -> Iterator[tuple[int, float]]:
    return (((int(moment) - since) // step, float(value)) for moment, value in values)


def diagnose(server: Server, wanted: list[Need], start: int, end: int) -> str:
    """Why nothing came at all."""
    for need in wanted:
        jobs = _jobs(server, need.name, start, end)
        mine = sorted(value for label, op, value in need.matchers if label == c.JOB and op == "Equal")
        if jobs and not set(mine) & jobs:
            return (
                f"{server.shown} has no job {mine[0] if mine else '?'!r} between {utc(start)} and {utc(end)}; "
                f"{need.name} is there for {', '.join(sorted(jobs))}.\nSet service.name in the spec to the job's name."
            )
    ever = [need.name for need in wanted if _jobs(server, need.name, 0, end)]
    if ever:
        return (
            f"{server.shown} has nothing between {utc(start)} and {utc(end)}, but it knows {', '.join(ever)} from earlier.\n"
            "Choose another range: --end TIME, --days N."
        )
    names = ", ".join(need.name for need in wanted)
    return (
        f"{server.shown} has none of {names} between {utc(start)} and {utc(end)}.\n"
        "Is it the server that scrapes the application, and does `source` in the spec name the application's dialect?"
    )


def _jobs(server: Server, name: str, start: int, end: int) -> set[str]:
    try:
        found = server.ask("series", {"match[]": name, "start": start, "end": end})
    except TooMuch:
        return set()
    return {labels.get(c.JOB, "") for labels in found}


def utc(moment: float) -> str:
    """`2026-01-02 03:04 UTC`."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(moment))
