"""What Prometheus recorded while a scenario was played: the alert's panel as lines, and its states as bands."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from generator import conventions as c
from generator.drill import web
from generator.drill.library import SHORT
from generator.drill.receiver import Notification
from generator.model import LlmModel, Model
from generator.panels import Panel, filled, golden_panels, job_matcher
from generator.promql import equals

STATES = ("pending", "firing")
_HOLE = 2.5
"""Scrapes without a sample after which a state has ended."""
Role = Literal["signal", "part", "usual", "limit"]


@dataclass(frozen=True)
class Line:
    """One series, as Unix seconds and values; the signal is what the alert judges, parts are what it is made of."""

    legend: str
    role: Role
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Band:
    """The alert was in this state from `start` to `end`, Unix seconds."""

    state: str
    start: float
    end: float


@dataclass(frozen=True)
class Observed:
    """One scenario as Prometheus saw it; `others` are alerts that fired beside the one in question."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    bands: tuple[Band, ...]
    others: tuple[str, ...]


def panel_of(model: Model, alert: str) -> Panel:
    """The panel that shows what an alert judges."""
    return next(panel for panel in golden_panels(model) if panel.key == SHORT[alert])


def limit(model: Model, alert: str, llm: LlmModel) -> str:
    """PromQL of the threshold: there is no judging, and so nothing to drill, before it exists."""
    return next(_filled(model, alert, llm, one.expr) for one in panel_of(model, alert).queries if one.role == "limit")


def observed(prometheus: str, model: Model, alert: str, llm: LlmModel, start: float, end: float) -> Observed:
    """Everything about one scenario. Raises OSError."""
    panel = panel_of(model, alert)
    scrape = model.stack.scrape_interval.seconds
    lines: list[Line] = []
    for query in panel.queries:
        expr = _filled(model, alert, llm, query.expr)
        found = web.query(prometheus, "query_range", query=expr, start=start, end=end, step=scrape)
        for series in sorted(found, key=lambda one: sorted(one["metric"].items())):
            legend = query.legend
            for label, value in series["metric"].items():
                legend = legend.replace(f"{{{{{label}}}}}", value)
            role: Role = "part" if query.role == "value" else query.role
            lines.append(Line(legend, role, _points(series)))
    states = web.query(prometheus, "query", query=f"ALERTS[{math.ceil(end - start)}s]", time=end)
    own = [one["metric"] for one in states if is_own(one["metric"], alert, llm)]
    bands = [band for one in states if one["metric"] in own for band in _bands(one, scrape)]
    others = {_named(one["metric"]) for one in states if one["metric"] not in own and _is(one["metric"], "firing")}
    return Observed(
        panel.title,
        panel.unit,
        _with_signal(panel, lines),
        tuple(sorted(bands, key=lambda band: band.start)),
        tuple(sorted(others)),
    )


def is_own(labels: dict[str, str], alert: str, llm: LlmModel) -> bool:
    """Whether labels of ALERTS are those of the alert in question."""
    return labels.get("alertname") == alert and labels.get(c.MODEL, llm.name) == llm.name


def says(one: Notification, status: str, alert: str, llm: LlmModel) -> bool:
    """Whether a message of the web hook says that the alert in question is `firing` or `resolved`."""
    return any(each.get("status") == status and is_own(each.get("labels", {}), alert, llm) for each in one.alerts)


def _is(labels: dict[str, str], state: str) -> bool:
    return labels["alertstate"] == state


def _named(labels: dict[str, str]) -> str:
    about = labels.get(c.MODEL)
    return labels["alertname"] + (f" ({about})" if about else "")


def _filled(model: Model, alert: str, llm: LlmModel, expr: str) -> str:
    job = job_matcher(model)
    both = job if alert == c.ALERT_SPEND else f"{job},{equals(c.MODEL, llm.name)}"
    return filled(expr, both, both, job)


def _points(series: dict[str, Any]) -> tuple[tuple[float, float], ...]:
    return tuple((float(at), float(value)) for at, value in series["values"] if math.isfinite(float(value)))


def _with_signal(panel: Panel, lines: list[Line]) -> tuple[Line, ...]:
    """The panel's headline in front: one of its lines, or their sum where it is drawn stacked."""
    if panel.headline != "sum":
        return tuple(Line(one.legend, "signal", one.points) if one.legend == panel.headline else one for one in lines)
    total: dict[float, float] = {}
    parts = [one for one in lines if one.role == "part" and any(value for _at, value in one.points)]
    for one in (line for line in lines if line.role == "part"):
        for at, value in one.points:
            total[at] = total.get(at, 0.0) + value
    # A single part is the sum itself.
    shown = parts if len(parts) > 1 else []
    rest = [one for one in lines if one.role != "part"]
    return (Line("all", "signal", tuple(sorted(total.items()))), *shown, *rest)


def _bands(series: dict[str, Any], scrape: int) -> list[Band]:
    state = series["metric"]["alertstate"]
    bands: list[Band] = []
    for at in (float(at) for at, _value in series["values"]):
        if bands and at - bands[-1].end <= _HOLE * scrape:
            bands[-1] = Band(state, bands[-1].start, at)
        else:
            bands.append(Band(state, at, at))
    return bands
