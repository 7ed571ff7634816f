"""The result of a drill: a table for people, plain data for machines."""

from collections.abc import Sequence
from typing import Any

from generator.drill.verdict import Verdict, grace
from generator.drill.words import aligned, both

_HEAD = ("scenario", "alert", "detected after", "cleared after", "verdict")


def table(scale: float, verdicts: Sequence[Verdict]) -> str:
    """One line a scenario, times in seconds of the drill and as what they stand for."""
    rows = [
        (
            one.played.plan.entry.name,
            one.played.plan.entry.scenario.alert,
            both(one.detected, scale),
            both(one.cleared, scale),
            one.words if one.behaved else f"MISBEHAVED: {one.words}",
        )
        for one in verdicts
    ]
    return aligned([_HEAD, *rows]) if rows else "nothing was played"


def as_json(scale: float, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Times are seconds of the drill; times `scale` they are those of production."""
    return {"scale": scale, "scenarios": [_one(verdict) for verdict in verdicts]}


def _one(verdict: Verdict) -> dict[str, Any]:
    plan = verdict.played.plan
    return {
        "scenario": plan.entry.name,
        "alert": plan.entry.scenario.alert,
        "model": plan.llm.name,
        "behaved": verdict.behaved,
        "verdict": verdict.words,
        "detected_after_seconds": _rounded(verdict.detected),
        "told_after_seconds": _rounded(verdict.told),
        "cleared_after_seconds": _rounded(verdict.cleared),
        "told_resolved_after_seconds": _rounded(verdict.told_resolved),
        "grace_seconds": grace(plan),
        "promises": [
            {"promise": one.say, "at_seconds": round(one.at, 1), "firing": one.firing, "kept": one.kept}
            for one in verdict.findings
        ],
        "notification": verdict.page.text if verdict.page else None,
        "also_fired": list(verdict.played.observed.others),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
