"""An SVG of two panels: false pages a week, and how many incidents were told after how many minutes."""

import math
from html import escape

from benchmarks.quality_score import Score

COLOURS = ("#1f77b4", "#d62728", "#7f7f7f")
WIDTH, HEIGHT, TOP, BOTTOM = 860, 300, 50, 250
LEAST, MOST = 0.01, 100.0
MINUTES = 60


def plot(scores: dict[str, Score]) -> str:
    """The picture; a logarithmic axis on the left, minutes since the incident began on the right."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        *_text(40, 28, "False pages a week (logarithmic)", weight="bold"),
        *_text(420, 28, "Incidents told within so many minutes", weight="bold"),
    ]
    parts += _false(scores)
    parts += _told(scores)
    return "\n".join([*parts, "</svg>", ""])


def _false(scores: dict[str, Score]) -> list[str]:
    parts = []
    for tick in (0.01, 0.1, 1, 10, 100):
        x = _log(tick)
        parts += [f'<path d="M{x:.0f} {TOP}V{BOTTOM}" stroke="#ddd"/>', *_text(x, BOTTOM + 18, f"{tick:g}", "middle")]
    for row, (name, one) in enumerate(scores.items()):
        y = TOP + 30 + row * 62
        rate = len(one.false) / one.weeks if one.worlds else 0.0
        end = _log(max(rate, LEAST))
        parts += [
            f'<rect x="{_log(LEAST):.0f}" y="{y}" width="{end - _log(LEAST):.1f}" height="20" fill="{COLOURS[row]}"/>'
        ]
        parts += _text(_log(LEAST), y - 6, f"{name}: {rate:.2f} ({one.worlds} worlds)")
    return parts


def _told(scores: dict[str, Score]) -> list[str]:
    parts = []
    for share in (0, 25, 50, 75, 100):
        y = BOTTOM - share / 100 * (BOTTOM - TOP)
        parts += [f'<path d="M430 {y:.0f}H830" stroke="#ddd"/>', *_text(424, y + 4, f"{share} %", "end")]
    for minute in range(0, MINUTES + 1, 10):
        parts += _text(_x(minute), BOTTOM + 18, f"{minute}", "middle")
    for row, one in enumerate(scores.values()):
        if not one.seen:
            continue
        path = f"M{_x(0):.0f} {BOTTOM}"
        for minute in range(MINUTES + 1):
            told = sum(value <= minute for value in one.detect) / one.seen
            path += f"H{_x(minute):.1f}V{BOTTOM - told * (BOTTOM - TOP):.1f}"
        parts.append(f'<path d="{path}" fill="none" stroke="{COLOURS[row]}" stroke-width="2"/>')
    return parts


def _log(value: float) -> float:
    return 40 + 320 * math.log(value / LEAST) / math.log(MOST / LEAST)


def _x(minute: float) -> float:
    return 430 + 400 * minute / MINUTES


def _text(x: float, y: float, text: str, anchor: str = "start", weight: str = "normal") -> list[str]:
    return [
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-weight="{weight}" fill="#333">{escape(text)}</text>'
    ]
