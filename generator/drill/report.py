"""The report of a drill: one HTML file that needs nothing else, the same for the same data."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from generator import __version__
from generator.drill.chart import chart
from generator.drill.playable import TIMEOUT
from generator.drill.verdict import GRACE, Finding, Verdict, grace
from generator.drill.words import real, seconds
from generator.model import Model
from generator.templating import fill_page

TEMPLATE = "reports/drill.html"
_ROLES = {"signal": "what the alert judges", "usual": "baseline", "limit": "threshold"}


def report(model: Model, spec_name: str, scale: float, verdicts: Sequence[Verdict]) -> str:
    """The page; whatever is in names and messages, it is text there. Raises on any undefined name."""
    return fill_page(
        TEMPLATE,
        service=model.service.name,
        spec_name=spec_name,
        version=__version__,
        scale=f"{scale:g}",
        hour=real(3600 / scale, 1),
        windows=model.alerts.windows,
        when=_when(verdicts),
        behaved=sum(verdict.behaved for verdict in verdicts),
        total=len(verdicts),
        sections=[_section(verdict, scale) for verdict in verdicts],
    )


def _when(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return ""
    return f"{datetime.fromtimestamp(verdicts[0].played.started[0], UTC):%Y-%m-%d %H:%M} UTC"


def _section(verdict: Verdict, scale: float) -> dict[str, Any]:
    played = verdict.played
    plan, seen = played.plan, played.observed
    return {
        "name": plan.entry.name,
        "alert": plan.entry.scenario.alert,
        "model": plan.llm.name,
        "about": plan.entry.scenario.about,
        "behaved": verdict.behaved,
        "words": verdict.words,
        "numbers": list(_numbers(verdict, scale)),
        "chart": Markup(chart(verdict, scale)),  # noqa: S704  # every text in it was escaped there
        "title": seen.title,
        "unit": seen.unit,
        "legend": _legend(verdict),
        "findings": [_finding(one, scale) for one in verdict.findings],
        "grace": seconds(grace(plan)),
        "slow": grace(plan) > GRACE and seconds(TIMEOUT),
        "others": seen.others,
        "page": verdict.page.text if verdict.page else "",
        "raw": json.dumps([{"path": one.path, "body": one.body} for one in played.heard], indent=1, ensure_ascii=False),
        "messages": len(played.heard),
    }


def _numbers(verdict: Verdict, scale: float) -> list[dict[str, str]]:
    """The large ones: what it was in production's time, and in the drill's."""
    times = (
        ("detected after", verdict.detected, "until the alert fired"),
        ("told after", verdict.told, "until the first notification arrived"),
        ("cleared after", verdict.cleared, "from the incident's end to the alert's"),
        ("end told after", verdict.told_resolved, "from the incident's end to the message"),
    )
    if verdict.detected is None:
        return [{"label": "stayed", "large": "silent", "small": f"for {_length(verdict, scale)}"}]
    # An incident that the scenario never ends cannot be cleared.
    ends = verdict.played.plan.incident[1] < len(verdict.played.plan.steps) - 1
    return [
        {"label": label, "large": "never" if value is None else real(value, scale), "small": _small(value, about)}
        for label, value, about in times[: None if ends else 2]
    ]


def _small(value: float | None, about: str) -> str:
    return about if value is None else f"{seconds(value)} of the drill, {about}"


def _length(verdict: Verdict, scale: float) -> str:
    length = verdict.played.ended - verdict.played.incident[0]
    return f"{real(length, scale)}, {seconds(length)} of the drill"


def _legend(verdict: Verdict) -> list[dict[str, str]]:
    lines = verdict.played.observed.lines
    order = ("part", "usual", "limit", "signal")
    # The chart numbers its lines in the order that it draws them in.
    drawn = [line for line in sorted(lines, key=lambda line: order.index(line.role)) if line.points]
    return [
        {
            "name": line.legend,
            "kind": f"{line.role} tone{number % 4}" if line.role == "part" else line.role,
            "about": _ROLES.get(line.role, ""),
        }
        for number, line in reversed(list(enumerate(drawn)))
    ]


def _finding(one: Finding, scale: float) -> dict[str, Any]:
    return {
        "say": one.say,
        "at": f"{real(one.at, scale)} ({seconds(one.at)})",
        "promise": "fires" if one.firing else "is quiet",
        "kept": one.kept,
    }
