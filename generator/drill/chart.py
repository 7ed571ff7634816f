"""One scenario as a static SVG: lines, the incident shaded, and below them the alert's states as bands with words."""

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.drill.observe import Line
from generator.drill.verdict import Verdict
from generator.drill.words import real

WIDTH, HEIGHT = 1000, 392
_LEFT, _RIGHT = 64, 14
_STEPS, _TOP, _BOTTOM = 8, 40, 282
_STATES, _AXIS = 292, 326
_STEPS_OF_TIME = (5, 10, 15, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
_BEFORE = 0.35
"""How much of the quiet time before the incident is shown, as a share of the rest."""
_LETTER = 6.6
"""Width of a letter, at most; a word that does not fit into its band is left to the legend and the tooltip."""


@dataclass(frozen=True)
class _Scale:
    start: float
    end: float
    zero: float
    top: float

    def x(self, at: float) -> float:
        share = (min(max(at, self.start), self.end) - self.start) / max(self.end - self.start, 1e-9)
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        return round(_BOTTOM - min(max(value / self.top, 0.0), 1.0) * (_BOTTOM - _TOP), 1)


def chart(verdict: Verdict, scale: float) -> str:
    """The picture; its colours come from the page's style sheet, by class."""
    played = verdict.played
    seen = played.observed
    highest = max((value for line in seen.lines for _at, value in line.points), default=1.0)
    ticks = nice(highest)
    zero = played.incident[0]
    by = _Scale(max(played.started[0], zero - _BEFORE * (played.ended - zero)), played.ended, zero, ticks[-1])
    parts = [
        *_grid(ticks, by),
        *_phases(verdict, by),
        *(path for number, line in enumerate(_ordered(seen.lines)) for path in _line(line, number, by)),
        *_states(verdict, by),
        *_times(by, scale),
    ]
    label = html.escape(f"{seen.title} during {played.plan.entry.name}, and the states of the alert", quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def nice(highest: float) -> list[float]:
    """Round numbers from 0 to above the highest value, four to seven of them."""
    if not highest > 0:
        return [0.0, 1.0]
    size = 10 ** math.floor(math.log10(highest))
    step = next(size * part for part in (0.2, 0.25, 0.5, 1, 2) if highest / (size * part) <= 6)
    return [number * step for number in range(math.ceil(highest / step * 1.02) + 1)]


def _ordered(lines: Sequence[Line]) -> list[Line]:
    """What matters most is drawn last, on top."""
    order = ("part", "usual", "limit", "signal")
    return sorted(lines, key=lambda line: order.index(line.role))


def _phases(verdict: Verdict, by: _Scale) -> Iterator[str]:
    played = verdict.played
    left, right = (by.x(moment) for moment in played.incident)
    yield f'<rect class="incident" x="{left}" y="{_TOP}" width="{right - left:.1f}" height="{_AXIS - _TOP}"/>'
    first, last = played.plan.incident
    for number, (step, start, end) in enumerate(zip(played.plan.steps, played.started, played.ends, strict=True)):
        kind, words = "step usual", step.about
        if first <= number <= last:
            full = f"incident: {step.about}"
            kind, words = "step", full if len(full) * _LETTER + 8 < by.x(end) - by.x(start) else step.about
        if end > by.start:
            yield from _band(kind, by.x(start), by.x(end), _STEPS, 24, words)


def _grid(ticks: list[float], by: _Scale) -> Iterator[str]:
    for tick in ticks:
        y = by.y(tick)
        yield f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        yield _text("tick end", _LEFT - 8, y + 4, f"{tick:.4g}")
    for offset in _offsets(by):
        x = by.x(by.zero + offset)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP}" y2="{_STATES}"/>'


def _line(line: Line, number: int, by: _Scale) -> Iterator[str]:
    """A path that is broken where no sample is, so that a gap looks like one."""
    words: list[str] = []
    last = None
    for at, value in (point for point in line.points if point[0] >= by.start):
        words.append(f"{'L' if last is not None and at - last < 3 else 'M'}{by.x(at)} {by.y(value)}")
        last = at
    if words:
        tone = f" tone{number % 4}" if line.role == "part" else ""
        yield f'<path class="{line.role}{tone}" d="{"".join(words)}"><title>{html.escape(line.legend)}</title></path>'


def _states(verdict: Verdict, by: _Scale) -> Iterator[str]:
    yield f'<rect class="quiet" x="{_LEFT}" y="{_STATES}" width="{WIDTH - _LEFT - _RIGHT}" height="26"/>'
    yield _text("tick end", _LEFT - 8, _STATES + 17, "alert")
    for band in verdict.played.observed.bands:
        # A sample stands for the time until the next one.
        yield from _band(band.state, by.x(band.start), by.x(band.end + 1), _STATES, 26, band.state)


def _band(kind: str, left: float, right: float, top: float, height: float, words: str) -> Iterator[str]:
    width = max(right - left, 1.0)
    yield f'<g class="{kind}"><title>{html.escape(words)}</title>'
    yield f'<rect x="{left}" y="{top}" width="{width:.1f}" height="{height}"/>'
    room = int((width - 8) / _LETTER)
    if room >= min(len(words), 9):
        shown = words if len(words) <= room else words[: room - 1].rstrip(" ,:") + "…"
        yield _text("", left + width / 2, top + height / 2 + 4, shown)
    yield "</g>"


def _offsets(by: _Scale) -> list[int]:
    """Round seconds since the incident began."""
    length = by.end - by.start
    step = next((one for one in _STEPS_OF_TIME if length / one <= 11), _STEPS_OF_TIME[-1])
    first, last = math.ceil((by.start - by.zero) / step), math.floor((by.end - by.zero) / step)
    return [number * step for number in range(first, last + 1)]


def _times(by: _Scale, scale: float) -> Iterator[str]:
    for offset in _offsets(by):
        x = by.x(by.zero + offset)
        if not _LEFT + 24 < x < WIDTH - 24:
            continue
        yield _text("tick middle", x, _AXIS + 18, real(offset, scale) if offset else "0")
        yield _text("tick middle soft", x, _AXIS + 34, f"{offset} s")
    yield _text("tick end", _LEFT - 8, _AXIS + 18, "real")
    yield _text("tick end soft", _LEFT - 8, _AXIS + 34, "drill")
    yield _text("tick middle soft", (_LEFT + WIDTH - _RIGHT) / 2, _AXIS + 54, "since the incident began")


def _text(kind: str, x: float, y: float, words: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{html.escape(words)}</text>'
