"""One chart as numbers for the template: curves as SVG paths, pages as bands, levels and days as grid lines."""

import math
import time
from typing import Any

from generator.backtest.expressions import reads
from generator.backtest.pages import Curve
from generator.backtest.report import Report
from generator.backtest.tables import WHOLE, short

_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 1136.0, 8.0, 112.0
_GAP = 1.5
DAY = 86400


def chart(report: Report, alert: str, subject: str) -> dict[str, Any]:
    """Everything that the template draws for one alert and model."""
    curves = dict(report.replayed.curves[alert, subject])
    limit = _fixed_limit(report, alert)
    if limit is not None:
        curves["limit"] = [(report.start, limit), (report.end, limit)]
    pages = [page for page in report.pages(report.shown[-1].key, alert) if page.subject == subject]
    highest = max((value for curve in curves.values() for _moment, value in curve), default=1.0)
    levels = _levels(highest)
    top = max(highest, levels[-1]) * 1.04

    def across(moment: float) -> float:
        return round(_LEFT + (moment - report.start) / (report.end - report.start) * (_RIGHT - _LEFT), 1)

    def up(value: float) -> float:
        return round(_BOTTOM - value / top * (_BOTTOM - _TOP), 1)

    def path(curve: Curve, widest: float) -> str:
        parts: list[str] = []
        before = 0
        for moment, value in curve:
            joined = parts and moment - before <= widest
            parts.append(f"{'L' if joined else 'M'}{across(moment):g} {up(value):g}")
            before = moment
        return "".join(parts)

    widest = _GAP * report.bucket
    count = f"{len(pages)} page{'s' * (len(pages) != 1)}" if pages else "silent"
    return {
        "alert": alert,
        "subject": subject or WHOLE,
        "pages": count,
        "levels": [(up(level), report.number(alert, level)) for level in levels],
        "days": [(across(moment), text) for moment, text in _days(report.start, report.end)],
        "bands": [
            (across(page.start), max(2.0, round(across(page.end) - across(page.start), 1)), short(page.seconds))
            for page in pages
        ],
        "paths": [
            (kind, path(curves[kind], math.inf if limit is not None and kind == "limit" else widest))
            for kind in ("usual", "limit", "value")
            if kind in curves
        ],
    }


def _fixed_limit(report: Report, alert: str) -> float | None:
    """The limit where it is a number in the rule."""
    judged = next((v.chains[alert].judged for v in reversed(report.shown) if alert in v.chains), None)
    if judged is None or reads(judged[1]):
        return None
    try:
        return float(judged[1])
    except ValueError:
        return None


def _levels(highest: float) -> list[float]:
    """Zero and two or three round numbers."""
    if highest <= 0:
        return [0.0]
    rough = highest / 2.5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * size for size in (1, 2, 5, 10) if power * size >= rough * 0.999)
    return [step * count for count in range(int(highest / step + 1e-9) + 1)]


def _days(start: int, end: int) -> list[tuple[int, str]]:
    """Midnights, at most fifteen of them."""
    first = -(-start // DAY) * DAY
    every = max(1, math.ceil((end - first) / DAY / 15))
    form = "%a %d %b" if (end - start) / DAY <= 15 else "%d %b"
    return [(moment, time.strftime(form, time.gmtime(moment))) for moment in range(first, end - DAY // 4, every * DAY)]
