"""Situations for the error alert."""

from collections.abc import Callable

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.proofs.story import ALL, Check, Phase, Scenario, Span, anything, silent

_BEFORE = Span(detect=6)
_LONG = Span(pending=1, detect=4)
_USUAL = Phase(_BEFORE)
_QUIET = Check(1, Span(), firing=False, say="quiet before the incident")
_AFTER = Span(detect=6, keep=2)
_CLEARED = Span(detect=2.2, keep=1)
_IN_TIME = Span(pending=1, detect=1.2)


def _pages(
    name: str,
    about: str,
    incident: Phase,
    *,
    usual: Phase = _USUAL,
    applies: Callable[[Model, LlmModel], bool] = anything,
) -> Scenario:
    """Quiet, then a page in time, active until the end, and cleared."""
    return Scenario(
        name,
        c.ALERT_ERRORS,
        about,
        (usual, incident, Phase(_AFTER, rare=usual.rare, share=usual.share, failing=usual.failing)),
        (
            _QUIET,
            Check(1, Span(pending=0.5), firing=False, say="still pending"),
            Check(1, _IN_TIME, firing=True, say="pages in time"),
            Check(1, incident.span, firing=True, say="still active as the incident ends"),
            Check(2, _CLEARED, firing=False, say="cleared after recovery"),
        ),
        applies,
    )


def _long_range_sees(_model: Model, llm: LlmModel) -> bool:
    """A floor of a handful of calls leaves no room between the short ranges and the long one."""
    return llm.errors.min_requests >= 5 and llm.errors.above <= 0.3


def _outlasts_a_burst(model: Model, llm: LlmModel) -> bool:
    """A burst stays in the confirming window for that window more; a shorter `for` asks to be paged for bursts."""
    return llm.errors.pending.seconds >= 2 * model.alerts.windows.confirm.seconds


def _room_above(_model: Model, llm: LlmModel) -> bool:
    """So high a limit leaves no share of calls that is clearly above it."""
    return llm.errors.above <= 0.35


def _chance_explains_it(model: Model, llm: LlmModel) -> bool:
    """Few enough calls, and a shorter time than the long range, for which a little above the limit may be an accident."""
    windows, above = model.alerts.windows, llm.errors.above
    floor = max(llm.latency.min_requests, llm.errors.min_requests)
    few = floor * above * windows.confirm.seconds <= windows.detect.seconds and above * windows.confirm.seconds <= 10
    return few and llm.errors.pending.seconds <= 8 * windows.detect.seconds


def _room_for_bursts(model: Model, llm: LlmModel) -> bool:
    """A burst must be far above the limit, and leave the judged range, but not the wider one, before the page is due."""
    errors, detect = llm.errors, model.alerts.windows.detect.seconds
    return errors.above <= 0.03 and 2 * detect <= errors.pending.seconds <= 2.5 * detect


SCENARIOS = (
    _pages("some-calls-fail", "two and a half times the limit", Phase(_LONG, failing=2.5), applies=_room_above),
    Scenario(
        "just-above-the-limit", c.ALERT_ERRORS, "a quarter more than the limit allows, for hours: slow to be sure of, but sure",
        (Phase(_BEFORE), Phase(Span(pending=1, detect=18), failing=1.25)),
        (_QUIET, Check(1, Span(pending=1, detect=15), firing=True, say="pages within the long range"),
         Check(1, Span(pending=1, detect=18), firing=True, say="stays active")),
        _room_above,
    ),
    _pages("timeouts", "calls run into their time-out", Phase(_LONG, failing=5, kind="timeout"), applies=_room_above),
    _pages("refusal-wave", "the model refuses, and no API call fails", Phase(_LONG, failing=5, kind="refusal"), applies=_room_above),
    _pages("safety-wave", "the provider blocks answers", Phase(_LONG, failing=5, kind="safety_block"), applies=_room_above),
    _pages("outage", "every call fails at once", Phase(_LONG, failing=ALL, quick=True)),
    _pages("long-outage", "every call fails for hours", Phase(Span(detect=30), failing=ALL)),
    _pages("worse-than-usual", "failures double from just below the limit to well above", Phase(_LONG, failing=2.5),
           usual=Phase(_BEFORE, failing=0.4), applies=_room_above),
    _pages("failing-at-low-traffic", "a model with little more calls than the floor fails completely",
           Phase(_LONG, rare=2, failing=ALL), usual=Phase(_BEFORE, rare=2), applies=_long_range_sees),
    Scenario(
        "first-calls-fail", c.ALERT_ERRORS, "a new model fails from its first call",
        (Phase(_BEFORE, calls=0), Phase(_LONG, failing=ALL)),
        (_QUIET, Check(1, _IN_TIME, firing=True, say="pages"), Check(1, _LONG, firing=True, say="stays active")),
    ),
    Scenario(
        "small-model-fails", c.ALERT_ERRORS,
        "a model with too little traffic for the short ranges fails completely, beside a healthy large one",
        (Phase(Span(detect=12), rare=0.3), Phase(Span(pending=1, detect=12), rare=0.3, failing=ALL), Phase(Span(detect=12), rare=0.3)),
        (
            # With the highest limit and the lowest floor that apply, 7.8 ranges of failures make it sure.
            _QUIET, Check(1, Span(pending=1, detect=9), firing=True, say="pages and names it"),
            Check(1, Span(pending=1, detect=12), firing=True, say="still active as the incident ends"),
            Check(2, Span(detect=5, keep=1), firing=False, say="cleared after recovery"),
        ),
        _long_range_sees, (Phase(Span(detect=12)), Phase(Span(pending=1, detect=12)), Phase(Span(detect=12))),
    ),
    Scenario(
        "scrape-gap-while-active", c.ALERT_ERRORS, "a gap in the scrapes does not make an active alert flap",
        (Phase(_BEFORE), Phase(_LONG, failing=ALL), Phase(Span(gap=0.7), failing=ALL, gap=True), Phase(_LONG, failing=ALL)),
        (
            _QUIET, Check(2, Span(), firing=True, say="active before the gap"),
            Check(2, Span(gap=0.35), firing=True, say="active in the gap"),
            Check(3, Span(), firing=True, say="active as the gap ends"),
            Check(3, Span(detect=0.5), firing=True, say="active while the windows fill again"),
            Check(3, Span(detect=1.5), firing=True, say="active after the gap"),
        ),
    ),
    Scenario(
        "restart-while-active", c.ALERT_ERRORS, "somebody restarts the failing application, and it goes on failing",
        (Phase(_BEFORE), Phase(_LONG, failing=ALL), Phase(_LONG, failing=ALL, restart=True)),
        (
            _QUIET, Check(2, Span(), firing=True, say="active before the restart"),
            Check(2, Span(confirm=0.5), firing=True, say="active right after it"),
            Check(2, Span(detect=1), firing=True, say="active"), Check(2, _LONG, firing=True, say="active at the end"),
        ),
    ),
    silent("half-the-limit", c.ALERT_ERRORS, "half of what the limit allows", Phase(_BEFORE), Phase(Span(pending=2, detect=6), failing=0.5)),
    silent("near-the-limit", c.ALERT_ERRORS, "nine tenths of what the limit allows", Phase(_BEFORE), Phase(Span(pending=2, detect=6), failing=0.9)),
    silent("a-little-above-for-a-while", c.ALERT_ERRORS, "failures wobble a little above the limit, and it could be chance",
           Phase(Span(detect=12), failing=0.5), Phase(Span(pending=1, detect=2), failing=1.12), Phase(Span(detect=4), failing=0.5),
           applies=_chance_explains_it),
    silent("a-handful-at-night", c.ALERT_ERRORS, "a night with a few calls, which all fail: too few to wake somebody", Phase(Span(detect=2), calls=0),
           Phase(Span(detect=2), rare=0.3, failing=ALL), Phase(Span(pending=2, detect=4), calls=0)),
    silent("one-call-at-night", c.ALERT_ERRORS, "the only call of the night fails", Phase(Span(detect=2), calls=0),
           Phase(Span(confirm=0.5), rare=0.03, failing=ALL), Phase(Span(pending=2, detect=4), calls=0)),
    silent("one-call-in-three", c.ALERT_ERRORS, "a night with three calls, of which one fails", Phase(Span(detect=2), calls=0),
           Phase(Span(detect=1), rare=0.05, failing=ALL), Phase(Span(detect=1), rare=0.1), Phase(Span(pending=2, detect=4), calls=0)),
    silent("short-burst", c.ALERT_ERRORS, "a burst that is over before the page would be due", Phase(_BEFORE),
           Phase(Span(confirm=0.5), failing=ALL), Phase(Span(pending=2, detect=4)), applies=_outlasts_a_burst),
    silent("burst-and-echo", c.ALERT_ERRORS, "a burst, and then failures a little above the limit: it is fading", Phase(_BEFORE, failing=0.4),
           Phase(Span(confirm=1.5), failing=15), Phase(Span(pending=0.75), failing=1.4), Phase(Span(pending=2, detect=4), failing=0.4),
           applies=_room_for_bursts),
    silent("trickle-then-burst", c.ALERT_ERRORS, "failures a little above the limit, and a burst just before the page would be due",
           Phase(_BEFORE, failing=0.4), Phase(Span(detect=0.6, pending=0.7), failing=1.4), Phase(Span(confirm=1.5), failing=30),
           Phase(Span(pending=2, detect=4), failing=0.4), applies=_room_for_bursts),
    silent("slow-calls", c.ALERT_ERRORS, "calls get slow, and none fails", Phase(_BEFORE), Phase(_LONG, slower=10)),
    silent("restart", c.ALERT_ERRORS, "the application restarts", Phase(_BEFORE, failing=0.4), Phase(_LONG, restart=True, failing=0.4)),
    silent("rolling-restart", c.ALERT_ERRORS, "two instances restart in turn", Phase(_BEFORE, failing=0.4),
           Phase(Span(detect=0.4), restart=0, failing=0.4), Phase(_LONG, restart=1, failing=0.4), instances=2),
    silent("scrape-gap", c.ALERT_ERRORS, "no scrape arrives for a while", Phase(_BEFORE, failing=0.4),
           Phase(Span(gap=0.7), gap=True), Phase(_LONG, failing=0.4)),
    silent("no-metrics", c.ALERT_ERRORS, "nothing arrives any more", Phase(_BEFORE, failing=0.4),
           Phase(Span(gap=2, detect=12), gap=True)),
    silent("quiet-night", c.ALERT_ERRORS, "no calls at night, then the morning", Phase(_BEFORE, failing=0.4),
           Phase(Span(detect=12), calls=0), Phase(_LONG, failing=0.4)),
)  # fmt: skip
