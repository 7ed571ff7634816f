"""Situations for the spend alert."""

from dataclasses import replace

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.proofs.story import USUAL, Check, Phase, Scenario, Span, silent

_LONG = Span(pending=1, detect=3, baseline=0.5)
_QUIET = Check(1, Span(), firing=False, say="quiet before the incident")
_CLEARED = Span(confirm=1, keep=1, detect=1)
_HOUR = Span(baseline=0.25)
_CALM = Phase(Span(detect=4, keep=2))


def _pages(name: str, about: str, incident: Phase, *, other: tuple[Phase, ...] = (), instances: int = 1) -> Scenario:
    return Scenario(
        name,
        c.ALERT_SPEND,
        about,
        (Phase(USUAL), incident, _CALM),
        (
            _QUIET,
            Check(1, Span(pending=0.5), firing=False, say="still pending"),
            Check(1, Span(pending=1, detect=1), firing=True, say="pages in time"),
            Check(1, incident.span, firing=True, say="still active as the incident ends"),
            Check(2, _CLEARED, firing=False, say="cleared after recovery"),
        ),
        other=other,
        instances=instances,
    )


def _has_floor(model: Model, _llm: LlmModel) -> bool:
    return model.alerts.spend.min_usd_per_hour > 0


def _tolerates_growth(model: Model, _llm: LlmModel) -> bool:
    """A factor near 1 asks to be paged for growth by half."""
    return model.alerts.spend.factor >= 1.6


def _sees_mornings(model: Model, _llm: LlmModel) -> bool:
    """What the week has seen is read once a window, and a night must be above the floor of calls to be a baseline."""
    return (
        model.alerts.spend.factor >= 1.6
        and model.alerts.spend.baseline.seconds >= 6 * model.alerts.windows.detect.seconds
    )


def _within_hold(model: Model, _llm: LlmModel) -> bool:
    """Held for less than the incident lasts, the alert would end, as it should."""
    return 2 * model.alerts.spend.baseline.seconds < 0.95 * model.alerts.windows.hold.seconds


def _sees_peaks(model: Model, _llm: LlmModel) -> bool:
    """The peak must have left the judged range before the sign must be sure."""
    spend = model.alerts.spend
    return spend.factor >= 2.5 and spend.pending.seconds >= model.alerts.windows.detect.seconds


_LAG = Span(offset=0.125, baseline=0.0625)
"""An eighth of what the median lags behind the present."""

SCENARIOS = (
    _pages("dearer-calls", "each call costs more", Phase(_LONG, dear=1.7)),
    _pages("more-calls", "many more calls at the usual cost", Phase(_LONG, busy=1.7)),
    _pages("both", "more calls, and each costs more", Phase(_LONG, busy=0.9, dear=0.9)),
    Scenario(
        "creeping-spend", c.ALERT_SPEND, "a call costs steadily more, beyond the factor within the hour",
        (Phase(USUAL), *(Phase(_LAG, lean=0.14 * step) for step in range(1, 15)), Phase(Span(pending=1, detect=2), lean=1.96)),
        (_QUIET, Check(15, Span(pending=1), firing=True, say="pages"), Check(15, Span(pending=1, detect=2), firing=True, say="stays active")),
    ),
    replace(_pages("long-spike", "a spike outlasts the baseline twice", Phase(Span(baseline=2), dear=1.7)), applies=_within_hold),
    _pages("two-instances", "two instances share the traffic", Phase(_LONG, busy=1.7), instances=2),
    Scenario(
        "new-normal", c.ALERT_SPEND, "a step that stays is held for the configured time, then becomes the baseline",
        (Phase(USUAL), Phase(Span(hold=1, baseline=2, offset=3, keep=2, pending=2), dear=1.7)),
        (
            _QUIET, Check(1, Span(hold=0.95), firing=True, say="held as an incident"),
            Check(1, Span(hold=1, baseline=2, offset=3, keep=2, pending=2), firing=False, say="accepted as the new level"),
        ),
    ),
    Scenario(
        "scrape-gap-while-active", c.ALERT_SPEND, "a gap in the scrapes does not make an active alert flap",
        (Phase(USUAL), Phase(_LONG, dear=1.7), Phase(Span(gap=0.7), dear=1.7, gap=True), Phase(_LONG, dear=1.7)),
        (
            _QUIET, Check(2, Span(), firing=True, say="active before the gap"),
            Check(2, Span(gap=0.35), firing=True, say="active in the gap"),
            Check(3, Span(), firing=True, say="active as the gap ends"),
            Check(3, Span(detect=0.5), firing=True, say="active while the windows fill again"),
            Check(3, Span(detect=1.5), firing=True, say="active after the gap"),
        ),
    ),
    Scenario(
        "dear-at-night", c.ALERT_SPEND, "at night each call costs more: that the day spends as much is no excuse",
        (Phase(Span(baseline=2)), Phase(Span(baseline=2, offset=1), calls=0.2), Phase(_LONG, calls=0.2, dear=1.7)),
        (
            Check(2, Span(), firing=False, say="quiet before the incident"),
            Check(2, Span(pending=1, detect=1), firing=True, say="pages in time"),
            Check(2, _LONG, firing=True, say="stays active"),
        ),
        _sees_mornings,
    ),
    silent("slow-growth", c.ALERT_SPEND, "traffic grows by half over the baseline range", Phase(USUAL), Phase(_HOUR, calls=1.12),
           Phase(_HOUR, calls=1.25), Phase(_HOUR, calls=1.37), Phase(_HOUR, calls=1.5), Phase(_LONG, calls=1.5),
           applies=_tolerates_growth),
    silent("traffic-moves", c.ALERT_SPEND, "all traffic moves from one model to another", Phase(USUAL), Phase(_LONG, calls=0),
           other=(Phase(USUAL, calls=0), Phase(_LONG))),
    silent("quiet-night", c.ALERT_SPEND, "no spend at night, then the morning", Phase(USUAL), Phase(Span(baseline=2), calls=0),
           Phase(_LONG)),
    silent("sleepy-night", c.ALERT_SPEND, "a night with a handful of calls is no measure for the morning after it",
           Phase(Span(baseline=2), calls=0.001), Phase(_LONG)),
    silent("steep-morning", c.ALERT_SPEND, "a night with a fifth of the calls, then a morning as busy as the day before",
           Phase(Span(baseline=2)), Phase(Span(baseline=2, offset=1), calls=0.2), Phase(Span(detect=2), calls=0.6), Phase(_LONG),
           applies=_sees_mornings),
    silent("recovery-from-outage", c.ALERT_SPEND, "most calls fail and cost nothing for a while, then all is well again",
           Phase(USUAL), Phase(Span(baseline=0.7), share=0.8, dearer=0.2), Phase(_LONG)),
    silent("short-burst", c.ALERT_SPEND, "a burst that is over before the page would be due", Phase(USUAL),
           Phase(Span(confirm=0.9), dear=4), Phase(_LONG),
           applies=lambda model, _llm: model.alerts.spend.pending.seconds >= 2 * model.alerts.windows.confirm.seconds),
    silent("below-the-factor", c.ALERT_SPEND, "each call costs three quarters of what the factor allows", Phase(USUAL), Phase(_LONG, dear=0.75)),
    silent("peak-then-almost", c.ALERT_SPEND, "a short peak above the limit, then spend stays a little below it", Phase(USUAL),
           Phase(Span(detect=0.75), dear=1.25), Phase(Span(pending=1, detect=3), dear=0.9), applies=_sees_peaks),
    silent("cold-start", c.ALERT_SPEND, "few calls in the first minutes, then all of them: there is no baseline yet",
           Phase(Span(detect=2), calls=0.2), Phase(Span(baseline=0.4))),
    silent("restart", c.ALERT_SPEND, "the application restarts", Phase(USUAL), Phase(_LONG, restart=True)),
    silent("rolling-restart", c.ALERT_SPEND, "two instances restart in turn", Phase(USUAL), Phase(Span(detect=0.4), restart=0),
           Phase(_LONG, restart=1), instances=2),
    silent("scrape-gap", c.ALERT_SPEND, "no scrape arrives for a while", Phase(USUAL), Phase(Span(gap=0.7), gap=True), Phase(_LONG)),
    silent("no-metrics", c.ALERT_SPEND, "nothing arrives any more", Phase(USUAL), Phase(Span(gap=2, baseline=1), gap=True)),
    silent("small-money", c.ALERT_SPEND, "spend multiplies, but stays below the floor", Phase(USUAL, money=0.1),
           Phase(_LONG, money=0.9), applies=_has_floor),
    silent("first-calls", c.ALERT_SPEND, "the first spend of a new service", Phase(Span(detect=3), calls=0), Phase(_LONG)),
)  # fmt: skip
