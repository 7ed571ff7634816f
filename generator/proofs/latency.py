"""Situations for the latency alert."""

from dataclasses import replace

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.proofs.story import ALL, USUAL, Check, Phase, Scenario, Span, silent

_USUAL = Phase(USUAL)
_QUIET = Check(1, Span(), firing=False, say="quiet before the incident")
_LONG = Span(pending=1, detect=3, baseline=0.5)
_CLEARED = Span(confirm=1, keep=1, detect=1)
_CALM = Phase(Span(detect=4, keep=2))
_SLOW = Phase(Span(pending=1, detect=3), slow=5)
_SOON = Check(1, Span(pending=1, detect=0.6), firing=True, say="pages within the first minutes")


def _pages(name: str, about: str, incident: Phase, *checks: Check, usual: Phase = _USUAL) -> Scenario:
    """Quiet, a page in time, active until the incident ends, and cleared after it."""
    ends = Check(1, incident.span, firing=True, say="still active as the incident ends")
    cleared = Check(2, _CLEARED, firing=False, say="cleared after recovery")
    return Scenario(
        name, c.ALERT_LATENCY, about, (usual, incident, _CALM), (_QUIET, *(checks or (_SOON,)), ends, cleared)
    )


def _outlasts_a_blip(_model: Model, llm: LlmModel) -> bool:
    """A blip stays in the confirming window for that window more; a shorter `for` asks to be paged for blips."""
    return llm.latency.pending.seconds >= 2 * _model.alerts.windows.confirm.seconds


def _outlives_blips(model: Model, llm: LlmModel) -> bool:
    """Three blips, as long as the judged range sees them, and the wait for the page must fill less than half of the baseline."""
    latency = llm.latency
    short = 10 * model.alerts.windows.detect.seconds <= latency.baseline.seconds >= 4 * latency.pending.seconds
    return short and _outlasts_a_blip(model, llm)


def _within_hold(model: Model, llm: LlmModel) -> bool:
    """Held for less than the incident lasts, the alert would end, as it should."""
    return 2 * llm.latency.baseline.seconds < 0.95 * model.alerts.windows.hold.seconds


def _sees_peaks(model: Model, llm: LlmModel) -> bool:
    """The peak must have left the judged range before the sign must be sure."""
    return llm.latency.factor >= 1.5 and llm.latency.pending.seconds >= model.alerts.windows.detect.seconds


def _buckets_follow(_model: Model, llm: LlmModel) -> bool:
    """Nearly the square of a large factor reaches buckets that are too wide to show a steady rise."""
    return llm.latency.factor <= 3


def _waves(depth: float) -> tuple[Phase, ...]:
    """A day in eight steps, slower when it is busy."""
    steps = (0.0, 0.35, 0.5, 0.35, 0.0, -0.35, -0.5, -0.35)
    return tuple(Phase(Span(baseline=0.5), lean=depth * step, calls=1 + step) for step in steps)


_LAG = Span(offset=0.125, baseline=0.0625)
"""An eighth of what the median lags behind the present."""


def _creeping(steps: int) -> tuple[Phase, ...]:
    """As steep as to pass the factor within the lag of the baseline, but not within half of its range."""
    return tuple(Phase(_LAG, lean=0.14 * step) for step in range(1, steps + 1))


_BLIP = (Phase(Span(confirm=0.8), slow=5), Phase(Span(baseline=0.2)))

SCENARIOS = (
    _pages(
        "tenfold-slowdown", "every call takes five times the factor", Phase(_LONG, slow=5),
        Check(1, Span(pending=0.5), firing=False, say="still pending"), _SOON,
    ),
    _pages(
        "moderate-slowdown", "every call takes a quarter more than the factor allows", Phase(_LONG, slow=1.25),
        Check(1, Span(pending=1, detect=1.4), firing=True, say="pages, a little later than a large slowdown"),
    ),
    _pages("one-call-in-six", "one call in six gets slow, and the median does not notice", Phase(_LONG, slow=5, tail=0.17)),
    Scenario(
        "creeping-slowdown", c.ALERT_LATENCY, "latency grows steadily, beyond the factor within the hour",
        (Phase(USUAL), *_creeping(14), Phase(Span(pending=1, detect=2), lean=1.96)),
        (_QUIET, Check(15, Span(pending=1), firing=True, say="pages"), Check(15, Span(pending=1, detect=2), firing=True, say="stays active")),
        _buckets_follow,
    ),
    Scenario(
        "slow-after-blips", c.ALERT_LATENCY, "an hour with blips does not hide the slowdown after it",
        (Phase(USUAL), *_BLIP, *_BLIP, *_BLIP, Phase(_LONG, slow=1.25)),
        (_QUIET, Check(7, Span(), firing=False, say="blips are silent"), Check(7, Span(pending=1, detect=1.4), firing=True, say="pages"),
         Check(7, _LONG, firing=True, say="stays active")),
        _outlives_blips,
    ),
    replace(_pages("long-slowdown", "an incident outlasts the baseline twice", Phase(Span(baseline=2), slow=2.5)), applies=_within_hold),
    _pages("slow-at-low-traffic", "a model with little more calls than the floor gets slow", Phase(_LONG, rare=2, slow=5),
           usual=Phase(USUAL, rare=2)),
    _pages("slow-and-failing", "calls get slow, and some fail as well", Phase(_LONG, slow=5, failing=0.5)),
    _pages("slow-and-restarted", "somebody restarts the slow application, and it stays slow",
           Phase(_LONG, slow=5, restart=True)),
    Scenario(
        "two-incidents", c.ALERT_LATENCY, "the second incident of a day pages like the first",
        (Phase(USUAL), _SLOW, Phase(Span(baseline=1)), _SLOW, _CALM),
        (
            _QUIET, Check(1, _SLOW.span, firing=True, say="pages"),
            Check(2, Span(baseline=1), firing=False, say="quiet between them"),
            Check(3, _SOON.at, firing=True, say="pages again"), Check(4, _CLEARED, firing=False, say="cleared"),
        ),
    ),
    Scenario(
        "new-normal", c.ALERT_LATENCY, "a step that never recovers is held for the configured time, then becomes the baseline",
        (Phase(USUAL), Phase(Span(hold=1, baseline=2, offset=3, keep=2, pending=2), slow=2)),
        (
            _QUIET, Check(1, Span(hold=0.95), firing=True, say="held as an incident"),
            Check(1, Span(hold=1, baseline=2, offset=3, keep=2, pending=2), firing=False, say="accepted as the new level"),
        ),
    ),
    Scenario(
        "scrape-gap-while-active", c.ALERT_LATENCY, "a gap in the scrapes does not make an active alert flap",
        (Phase(USUAL), _SLOW, Phase(Span(gap=0.7), slow=5, gap=True), Phase(_LONG, slow=5), _CALM),
        (
            _QUIET, Check(2, Span(), firing=True, say="active before the gap"),
            Check(2, Span(gap=0.35), firing=True, say="active in the gap"),
            Check(3, Span(), firing=True, say="active as the gap ends"),
            Check(3, Span(detect=0.5), firing=True, say="active while the windows fill again"),
            Check(3, Span(detect=1.5), firing=True, say="active after the gap"),
            Check(4, _CLEARED, firing=False, say="cleared after recovery"),
        ),
    ),
    Scenario(
        "gone-while-active", c.ALERT_LATENCY, "an application that is gone for good does not keep its alert for ever",
        (Phase(USUAL), _SLOW, Phase(Span(gap=1, detect=3, keep=1), gap=True)),
        (
            _QUIET, Check(1, _SLOW.span, firing=True, say="active before it goes"),
            Check(2, Span(gap=1, detect=3, keep=1), firing=False, say="over"),
        ),
    ),
    silent("half-the-way", c.ALERT_LATENCY, "calls get slower, but not beyond the factor", Phase(USUAL), Phase(_LONG, slow=0.75)),
    silent("peak-then-almost", c.ALERT_LATENCY, "a short peak above the limit, then calls stay a little below it", Phase(USUAL),
           Phase(Span(detect=0.5), slow=1.25), Phase(Span(pending=1, detect=3), slow=0.9), applies=_sees_peaks),
    silent("short-blip", c.ALERT_LATENCY, "a blip as long as the confirming window", Phase(USUAL),
           Phase(Span(confirm=0.8), slow=5), Phase(Span(detect=4)), applies=_outlasts_a_blip),
    silent("too-few-calls", c.ALERT_LATENCY, "slow, but too few calls to judge", Phase(USUAL, rare=0.5),
           Phase(_LONG, rare=0.5, slow=5)),
    silent("few-slow-calls", c.ALERT_LATENCY, "few calls, of which one in sixteen is slow: chance does that, and a p95 of few calls shows it",
           Phase(USUAL, rare=1.5), Phase(_LONG, rare=1.5, slow=5, tail=1 / 16)),
    silent("failing-fast", c.ALERT_LATENCY,
           "an outage that answers at once neither pages now nor spoils the baseline for the recovery",
           Phase(USUAL), Phase(Span(baseline=0.7), failing=ALL, quick=True), Phase(Span(baseline=1, offset=1))),
    silent("restart", c.ALERT_LATENCY, "the application restarts and its counters begin at 0", Phase(USUAL),
           Phase(_LONG, restart=True)),
    silent("rolling-restart", c.ALERT_LATENCY, "two instances restart in turn", Phase(USUAL),
           Phase(Span(detect=0.4), restart=0), Phase(_LONG, restart=1), instances=2),
    silent("scrape-gap", c.ALERT_LATENCY, "no scrape arrives for a while", Phase(USUAL), Phase(Span(gap=0.7), gap=True),
           Phase(_LONG)),
    silent("no-metrics", c.ALERT_LATENCY, "nothing arrives any more", Phase(USUAL), Phase(Span(gap=2, baseline=1), gap=True)),
    silent("quiet-night", c.ALERT_LATENCY, "no calls at night, then the morning", Phase(USUAL),
           Phase(Span(baseline=2), calls=0), Phase(_LONG, calls=0.5), Phase(_LONG)),
    silent("day-and-night", c.ALERT_LATENCY, "latency and traffic swing with the hours", Phase(USUAL), *_waves(0.8), *_waves(0.8)),
    silent("slow-drift", c.ALERT_LATENCY, "a tenth of the way each hour, far beyond the factor in the end", Phase(USUAL),
           *(Phase(Span(baseline=0.5), lean=0.07 * step) for step in range(1, 17))),
    silent("slow-model-gains-share", c.ALERT_LATENCY, "traffic moves from a quick model to a slow one", Phase(USUAL),
           Phase(_LONG, calls=0.2), Phase(_LONG, calls=0.1),
           other=(Phase(USUAL, calls=0.2, slow=2.5), Phase(_LONG, calls=1, slow=2.5), Phase(_LONG, calls=1.1, slow=2.5))),
    silent("first-calls", c.ALERT_LATENCY, "a model's first calls, with no past to compare with",
           Phase(Span(detect=3), calls=0), Phase(_LONG, slow=5)),
    silent("cold-start", c.ALERT_LATENCY, "slow from the first minute: there is no baseline, and nobody to wake yet",
           Phase(Span(detect=2)), Phase(Span(baseline=0.4), slow=3)),
)  # fmt: skip
