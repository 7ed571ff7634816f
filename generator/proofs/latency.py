"""Situations for the latency alert."""

from dataclasses import replace

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.proofs.story import ALL, USUAL, Check, Phase, Scenario, Span

_QUIET = Check(1, Span(), firing=False, say="quiet before the incident")
_LONG = Span(pending=1, detect=3, baseline=0.5)
_CLEARED = Span(confirm=1, keep=1, detect=0.8)


def _silent(name: str, about: str, *phases: Phase) -> Scenario:
    """Nothing may fire: asked at the start, in the middle and at the end of every phase after the first."""
    checks = []
    for number, phase in enumerate(phases[1:], start=1):
        s = phase.span
        half = Span(*(value / 2 for value in (s.detect, s.confirm, s.pending, s.baseline, s.offset, s.hold, s.keep)))
        checks += [
            Check(number, Span(), firing=False, say="silent as the phase begins"),
            Check(number, half, firing=False, say="silent half-way"),
            Check(number, s, firing=False, say="silent as the phase ends"),
        ]
    return Scenario(name, c.ALERT_LATENCY, about, phases, tuple(checks))


def _outlasts_a_blip(model: Model, llm: LlmModel) -> bool:
    """A blip stays in the confirming window for that window more; a shorter `for` asks to be paged for blips."""
    windows = model.alerts.windows
    return llm.latency.pending.seconds >= 2 * windows.confirm.seconds


SCENARIOS = (
    Scenario(
        "tenfold-slowdown",
        c.ALERT_LATENCY,
        "every call takes five times the factor; pages soon, stays active, ends after recovery",
        (Phase(USUAL), Phase(_LONG, slow=5), Phase(Span(detect=4, keep=2))),
        (
            _QUIET,
            Check(1, Span(pending=0.5), firing=False, say="still pending"),
            Check(1, Span(pending=1, detect=0.6), firing=True, say="pages within the first minutes"),
            Check(1, _LONG, firing=True, say="still active as the incident ends"),
            Check(2, _CLEARED, firing=False, say="cleared after recovery"),
        ),
    ),
    Scenario(
        "moderate-slowdown",
        c.ALERT_LATENCY,
        "every call takes a quarter more than the factor allows",
        (Phase(USUAL), Phase(_LONG, slow=1.25), Phase(Span(detect=4, keep=2))),
        (
            _QUIET,
            Check(1, Span(pending=1, detect=1.4), firing=True, say="pages, a little later than a large slowdown"),
            Check(1, _LONG, firing=True, say="still active as the incident ends"),
            Check(2, _CLEARED, firing=False, say="cleared after recovery"),
        ),
    ),
    Scenario(
        "new-normal",
        c.ALERT_LATENCY,
        "a step that never recovers is held for the configured time, then becomes the baseline",
        (Phase(USUAL), Phase(Span(hold=1, baseline=2, offset=3, keep=2, pending=2), slow=2)),
        (
            _QUIET,
            Check(1, Span(hold=0.95), firing=True, say="held as an incident"),
            Check(
                1, Span(hold=1, baseline=2, offset=3, keep=2, pending=2), firing=False, say="accepted as the new level"
            ),
        ),
    ),
    Scenario(
        "scrape-gap-while-active",
        c.ALERT_LATENCY,
        "a gap in the scrapes does not make an active alert flap",
        (
            Phase(USUAL),
            Phase(Span(pending=1, detect=3), slow=5),
            Phase(Span(detect=2), slow=5, gap=True),
            Phase(_LONG, slow=5),
        ),
        (
            _QUIET,
            Check(2, Span(), firing=True, say="active before the gap"),
            Check(2, Span(detect=1), firing=True, say="active in the gap"),
            Check(3, Span(), firing=True, say="active as the gap ends"),
            Check(3, Span(detect=1), firing=True, say="active after the gap"),
        ),
    ),
    _silent("half-the-way", "calls get slower, but not beyond the factor", Phase(USUAL), Phase(_LONG, slow=0.75)),
    replace(
        _silent(
            "short-blip",
            "a blip as long as the confirming window",
            Phase(USUAL),
            Phase(Span(confirm=0.8), slow=5),
            Phase(Span(detect=4)),
        ),
        applies=_outlasts_a_blip,
    ),
    _silent(
        "too-few-calls", "slow, but too few calls to judge", Phase(USUAL, rare=0.5), Phase(_LONG, rare=0.5, slow=5)
    ),
    _silent(
        "failing-fast",
        "an outage that answers at once neither pages now nor spoils the baseline for the recovery",
        Phase(USUAL),
        Phase(Span(baseline=0.7), failing=ALL, quick=True),
        Phase(Span(baseline=1, offset=1)),
    ),
    _silent(
        "restart", "the application restarts and its counters begin at 0", Phase(USUAL), Phase(_LONG, restart=True)
    ),
    _silent(
        "scrape-gap",
        "no scrape arrives for a while",
        Phase(USUAL),
        Phase(Span(detect=2), gap=True),
        Phase(_LONG),
    ),
    _silent(
        "quiet-night",
        "no calls at night, then the morning",
        Phase(USUAL),
        Phase(Span(baseline=2), calls=0),
        Phase(_LONG, calls=0.5),
        Phase(_LONG),
    ),
    _silent(
        "first-calls",
        "a model's first calls, with no past to compare with",
        Phase(Span(detect=3), calls=0),
        Phase(_LONG, slow=5),
    ),
)
