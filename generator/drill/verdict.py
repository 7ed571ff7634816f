"""Did the alert do what the scenario promises? Times, and one finding a promise."""

from dataclasses import dataclass

from generator.drill.observe import Band, Observed, says
from generator.drill.plan import Plan
from generator.drill.playable import TIMEOUT
from generator.drill.receiver import SLACK, WEBHOOK, Notification
from generator.drill.scale import SCRAPE

GRACE = 5 * SCRAPE
"""Seconds that a promise may be late: scrapes, evaluations and calls do not get shorter with the windows."""


@dataclass(frozen=True)
class Played:
    """One scenario after it was played; `started` holds when each step began, all in Unix seconds."""

    plan: Plan
    started: tuple[float, ...]
    ended: float
    observed: Observed
    heard: tuple[Notification, ...]

    @property
    def incident(self) -> tuple[float, float]:
        """When it began and ended."""
        first, last = self.plan.incident
        return self.started[first], self.ends[last]

    @property
    def ends(self) -> tuple[float, ...]:
        """When each step ended."""
        return (*self.started[1:], self.ended)


@dataclass(frozen=True)
class Finding:
    """One promise, and whether it was kept; `at` is when somebody looked, in seconds since the incident began."""

    say: str
    at: float
    firing: bool
    kept: bool


@dataclass(frozen=True)
class Verdict:
    """Seconds are of the drill: detected since the incident began, cleared since it ended; None where it did not happen."""

    played: Played
    findings: tuple[Finding, ...]
    detected: float | None
    cleared: float | None
    page: Notification | None
    told: float | None
    told_resolved: float | None

    @property
    def behaved(self) -> bool:
        """Whether every promise was kept."""
        return all(finding.kept for finding in self.findings)

    @property
    def words(self) -> str:
        """For people, short."""
        if self.behaved:
            return (
                "paged and cleared" if self.cleared is not None else "paged" if self.detected is not None else "silent"
            )
        return "; ".join(dict.fromkeys(f"not kept: {one.say}" for one in self.findings if not one.kept))


def grace(plan: Plan) -> float:
    """Seconds that this plan's promises may be late."""
    slow = any("timeouts" in step.chaos for step in plan.steps)
    return GRACE + (TIMEOUT if slow else 0)


def judge(played: Played) -> Verdict:
    """From what was observed and heard."""
    began, ended = played.incident
    firing = [band for band in played.observed.bands if band.state == "firing"]
    first = next((band.start for band in firing if band.start >= began), None)
    last = next((band.end for band in reversed(firing) if band.start < ended), None)
    # An alert that ends while the incident goes on has not been cleared by its end.
    over = last is not None and ended - 2 * SCRAPE <= last < played.ended - 2 * SCRAPE
    page, told, resolved = _told(played, began)
    return Verdict(
        played,
        tuple(_findings(played, firing, began)),
        None if first is None else first - began,
        max(0.0, last + SCRAPE - ended) if last is not None and over else None,
        page,
        None if told is None else told - began,
        resolved.at - ended if resolved else None,
    )


def _findings(played: Played, firing: list[Band], began: float) -> list[Finding]:
    plan = played.plan
    late = grace(plan)
    findings = []
    for promise in plan.promises:
        # The first step is cut short once there is a baseline.
        moment = min(played.started[promise.step] + promise.at, played.ends[promise.step])
        if promise.firing:
            kept = any(band.start <= moment + late and band.end >= moment for band in firing)
        elif promise.throughout and plan.entry.pages:
            kept = not any(band.start <= moment and band.end >= played.started[promise.step] for band in firing)
        elif plan.entry.pages:
            # An alert that still fires when nobody looks any more has not ended.
            by = min(moment + late, played.ended - SCRAPE)
            kept = not any(band.start <= moment and band.end >= by for band in firing)
        else:
            kept = not firing
        findings.append(Finding(promise.say, moment - began, promise.firing, kept))
    return findings


def _told(played: Played, began: float) -> tuple[Notification | None, float | None, Notification | None]:
    """The message about this model as people read it, when the first about the alert came, and the one that says it is over.

    The incident happens to several models at once, and who is told of one of them is told.
    """
    alert, llm = played.plan.entry.scenario.alert, played.plan.llm
    hooks = [one for one in played.heard if one.path == WEBHOOK and one.at >= began]
    fired = next((one for one in hooks if says(one, "firing", alert, llm)), None)
    if fired is None:
        return None, None, None
    first = next(
        one
        for one in hooks
        if not one.resolved and any(each.get("labels", {}).get("alertname") == alert for each in one.alerts)
    )
    resolved = next((one for one in hooks if one.at > fired.at and says(one, "resolved", alert, llm)), None)
    texts = [one for one in played.heard if one.path == SLACK and alert in one.text and not one.resolved]
    # Both shapes leave Alertmanager at once; the nearest text is the same notification.
    page = min(texts, key=lambda one: abs(one.at - fired.at), default=fired)
    return page, first.at, resolved
