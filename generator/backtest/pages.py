"""From promtool's answers to pages: when each began and ended, and how high it went."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator import conventions as c
from generator.backtest.promtest import BITS, Clock
from generator.backtest.replay import Outcome

_HIDDEN = frozenset({"alertname", "alertstate", "severity", "service", "__name__", c.JOB})
Curve = list[tuple[int, float]]


@dataclass(frozen=True)
class Page:
    """One alert that fired, for one subject; epoch seconds. `open_start` and `open_end` say that the range cut it."""

    alert: str
    subject: str
    start: int
    end: int
    peak: float | None
    baseline: float | None
    open_start: bool
    open_end: bool

    @property
    def seconds(self) -> int:
        """How long it fired within the range."""
        return self.end - self.start


@dataclass
class Replayed:
    """All that came out: pages by variant, and the curves of what was judged by alert and subject."""

    pages: dict[str, list[Page]] = field(default_factory=dict)
    curves: dict[tuple[str, str], dict[str, Curve]] = field(default_factory=dict)


def collect(outcomes: Iterable[Outcome]) -> Replayed:
    """Pages sorted by start; a variant that sent none has an empty list."""
    replayed = Replayed()
    for outcome in outcomes:
        shard = outcome.shard
        firing: dict[tuple[int, str], set[int]] = {}
        highs: dict[tuple[str, int, str], Curve] = {}
        windows = {end: begin for begin, end in shard.clock.windows()}
        for answer in outcome.answers:
            subject = _subject(answer.labels)
            if answer.kind == "firing":
                moments = firing.setdefault((answer.member, subject), set())
                bits, begin = int(answer.value), windows[answer.moment]
                moments |= {begin + bit * shard.clock.tick for bit in range(BITS) if bits >> bit & 1}
            elif answer.kind in {"peak", "baseline"}:
                highs.setdefault((answer.kind, answer.member, subject), []).append((answer.moment, answer.value))
            else:
                curve = replayed.curves.setdefault((shard.alert, subject), {}).setdefault(answer.kind, [])
                curve.append((shard.clock.origin + answer.moment, answer.value))
        for number, member in enumerate(shard.members):
            found = replayed.pages.setdefault(member.variant, [])
            for (whose, subject), moments in firing.items():
                if whose == number:
                    peaks, usual = (highs.get((kind, number, subject), []) for kind in ("peak", "baseline"))
                    found += _pages(shard.alert, subject, moments, shard.clock, peaks, usual)
    for pages in replayed.pages.values():
        pages.sort(key=lambda page: (page.start, page.alert, page.subject))
    return replayed


def _subject(labels: dict[str, str]) -> str:
    """The model, else whatever else tells the alert's instances apart; empty for the whole service."""
    left = {name: value for name, value in sorted(labels.items()) if name not in _HIDDEN}
    if c.MODEL in left:
        left.pop(c.SETTING, None)
    return ", ".join(value if name == c.MODEL else f"{name}={value}" for name, value in left.items())


def _pages(alert: str, subject: str, moments: set[int], clock: Clock, peaks: Curve, usual: Curve) -> list[Page]:
    windows = list(clock.windows())
    first, last = windows[0][0], windows[-1][1]
    pages = []
    for start, end in _runs(sorted(moments), clock.tick):
        over = {stop for begin, stop in windows if begin < end and stop >= start}
        pages.append(
            Page(
                alert,
                subject,
                clock.origin + start,
                clock.origin + min(end, last),
                max((value for moment, value in peaks if moment in over), default=None),
                max((value for moment, value in usual if moment in over), default=None),
                open_start=start == first,
                open_end=end > last,
            )
        )
    return pages


def _runs(moments: Sequence[int], tick: int) -> list[tuple[int, int]]:
    """Start and first moment after, of each unbroken stretch."""
    runs: list[tuple[int, int]] = []
    for moment in moments:
        if runs and runs[-1][1] == moment:
            runs[-1] = (runs[-1][0], moment + tick)
        else:
            runs.append((moment, moment + tick))
    return runs


def summary(pages: Sequence[Page], days: float) -> dict[str, Any]:
    """Counts for a table; durations in seconds."""
    return {
        "pages": len(pages),
        "per_week": round(len(pages) * 7 / days, 2),
        "longest_seconds": max((page.seconds for page in pages), default=0),
        "total_seconds": sum(page.seconds for page in pages),
    }
