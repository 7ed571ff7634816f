"""Situations for the error alert."""

from dataclasses import replace

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.proofs.story import ALL, Check, Phase, Scenario, Span

_BEFORE = Span(detect=6)
_LONG = Span(pending=1, detect=4)
_QUIET = Check(1, Span(), firing=False, say="quiet before the incident")
_AFTER = Span(detect=6, keep=2)
_CLEARED = Span(detect=2.2, keep=1)


def _pages(
    name: str, about: str, incident: Phase, *, usual: Phase | None = None, other: tuple[Phase, ...] = ()
) -> Scenario:
    """Quiet, then a page in time, active until the end, and cleared."""
    after = usual or Phase(_BEFORE)
    return Scenario(
        name,
        c.ALERT_ERRORS,
        about,
        (after, incident, Phase(_AFTER, rare=after.rare)),
        (
            _QUIET,
            Check(1, Span(pending=1, detect=1.2), firing=True, say="pages in time"),
            Check(1, incident.span, firing=True, say="still active as the incident ends"),
            Check(2, _CLEARED, firing=False, say="cleared after recovery"),
        ),
        other=other,
    )


def _silent(name: str, about: str, *phases: Phase) -> Scenario:
    checks = tuple(
        Check(number, at, firing=False, say="silent")
        for number, phase in enumerate(phases)
        for at in (Span(detect=1), phase.span)
    )
    return Scenario(name, c.ALERT_ERRORS, about, phases, checks)


def _long_range_sees(_model: Model, llm: LlmModel) -> bool:
    """A floor of a handful of calls leaves no room between the short ranges and the long one."""
    return llm.errors.min_requests >= 5 and llm.errors.above <= 0.4


def _outlasts_a_burst(model: Model, llm: LlmModel) -> bool:
    """A burst stays in the confirming window for that window more; a shorter `for` asks to be paged for bursts."""
    return llm.errors.pending.seconds >= 2 * model.alerts.windows.confirm.seconds


SCENARIOS = (
    _pages("some-calls-fail", "two and a half times the limit", Phase(_LONG, failing=2.5)),
    _pages("timeouts", "calls run into their time-out", Phase(_LONG, failing=5, kind="timeout")),
    _pages("refusal-wave", "the model refuses, and no API call fails", Phase(_LONG, failing=5, kind="refusal")),
    _pages("safety-wave", "the provider blocks answers", Phase(_LONG, failing=5, kind="safety_block")),
    _pages("outage", "every call fails at once", Phase(_LONG, failing=ALL, quick=True)),
    Scenario(
        "small-model-fails",
        c.ALERT_ERRORS,
        "a model with too little traffic for the short ranges fails completely, beside a healthy large one",
        (Phase(Span(detect=12), rare=0.3), Phase(Span(pending=1, detect=12), rare=0.3, failing=ALL), Phase(Span(detect=12), rare=0.3)),
        (
            _QUIET,
            Check(1, Span(pending=1, detect=7), firing=True, say="pages and names it"),
            Check(1, Span(pending=1, detect=12), firing=True, say="still active as the incident ends"),
        ),
        applies=_long_range_sees,
        other=(Phase(Span(detect=12)), Phase(Span(pending=1, detect=12)), Phase(Span(detect=12))),
    ),
    _silent("half-the-limit", "half of what the limit allows", Phase(_BEFORE), Phase(Span(pending=2, detect=6), failing=0.5)),
    _silent("one-call-in-three", "a night with three calls, of which one fails", Phase(Span(detect=2), calls=0),
            Phase(Span(detect=1), rare=0.03, failing=ALL), Phase(Span(pending=2, detect=4), calls=0)),
    replace(
        _silent("short-burst", "a burst that is over before the page would be due", Phase(_BEFORE),
                Phase(Span(confirm=0.5), failing=ALL), Phase(Span(pending=2, detect=4))),
        applies=_outlasts_a_burst,
    ),
    _silent("restart", "the application restarts", Phase(_BEFORE, failing=0.4), Phase(_LONG, restart=True, failing=0.4)),
    _silent("scrape-gap", "no scrape arrives for a while", Phase(_BEFORE, failing=0.4), Phase(Span(detect=2), gap=True),
            Phase(_LONG, failing=0.4)),
)  # fmt: skip
