"""Situations for the tickets about judged answers: how many are judged, how many pass, what each stands for, whether the judge is right."""

from collections.abc import Callable

from generator import eval_names as e
from generator.model import LlmModel, Model
from generator.proofs.story import Check, Judging, Part, Phase, Scenario, Span, silent

PACE = 900
"""Seconds between samples: hours are what these tickets read, whatever the spec's windows are."""
_HOUR = 3600
Applies = Callable[[Model, LlmModel], bool]


def _for(hours: float, *parts: Part, gap: bool = False, restart: bool = False, **more: object) -> Phase:
    """A phase of so many hours."""
    return Phase(Span(fixed=hours * _HOUR), gap=gap, restart=restart, judging=Judging(parts, **more))  # type: ignore[arg-type]


def _share(passing: float, an_hour: float = 83) -> Part:
    return Part(an_hour, passing)


def _at(phase: int, hours: float, say: str, *, firing: bool) -> Check:
    return Check(phase, Span(fixed=hours * _HOUR), firing=firing, say=say)


def _fires(name: str, alert: str, about: str, phases: tuple[Phase, ...], within: float, clears: float | None = None,
           applies: Applies | None = None, usual: int = 1) -> Scenario:  # fmt: skip
    """Quiet at the end of each `usual` phase, firing `within` hours of the next; where it `clears`, so many hours into the one after."""
    checks = [_at(at, phases[at].span.fixed / _HOUR, "quiet before", firing=False) for at in range(usual)]
    checks.append(_at(usual, within, "says so", firing=True))
    if clears is not None:
        checks.append(_at(usual + 1, clears, "over", firing=False))
    return Scenario(name, alert, about, phases, tuple(checks), applies or _any, pace=PACE)


def _quiet(name: str, alert: str, about: str, *phases: Phase, applies: Applies | None = None) -> Scenario:
    return silent(name, alert, about, *phases, applies=applies or _any, pace=PACE)


def _plain(model: Model, _llm: LlmModel) -> bool:
    return any(not one.taste for one in model.evals.dimensions)


def _taste(model: Model, _llm: LlmModel) -> bool:
    return any(one.taste for one in model.evals.dimensions)


def _any(model: Model, llm: LlmModel) -> bool:
    return _plain(model, llm)


def _drop_of(points: float, kind: Applies = _plain) -> Applies:
    """The drop must be well above the least one that the spec asks for."""
    return lambda model, llm: kind(model, llm) and model.alerts.tickets.pass_drop.limit <= 0.75 * points


def _watched(model: Model, llm: LlmModel) -> bool:
    """Only a ticket about the judge silences those about the application."""
    return _plain(model, llm) and model.alerts.tickets.judge_drift.enabled


def _enough(model: Model, llm: LlmModel) -> bool:
    return _plain(model, llm) and model.alerts.tickets.pass_rate.limit <= 400


def _between(least: float, most: float) -> Applies:
    """The share that has to pass: the lower it is, the longer a day that was good before it hides a bad one."""
    return lambda model, llm: _enough(model, llm) and least <= model.evals.pass_rate_below < most


_USUAL, _WORSE, _STRICT = _share(0.95), _share(0.85), _share(0.6)
_SAMPLE, _HARD = Part(40, 0.95), Part(5, 0.1, weight=1)
"""A sample of one call in a hundred, and refusals, each of which is judged."""
_NOISE = tuple(
    _for(1, _share(share)) for share in (0.97, 0.92, 0.96, 0.86, 0.95, 0.99, 0.93, 0.98, 0.9, 0.96, 0.94, 0.91)
)
_DROP, _LOW, _JUDGE = e.TICKET_PASS_DROP, e.TICKET_PASS_RATE, e.TICKET_JUDGE_DRIFT
_GOOD, _BAD = Part(50, of_limit=1.7), Part(50, of_limit=0.8)


def _control(hours: float, size: int, changed: float, *, gap: bool = False) -> Phase:
    return Phase(Span(fixed=hours * _HOUR), gap=gap, judging=Judging(size=size, changed=changed))


DROPS = (
    _fires("drop", _DROP, "a tenth more of the answers fail than last week",
           (_for(48, _USUAL), _for(6, _WORSE), _for(14, _USUAL)), within=5, clears=10, applies=_drop_of(0.1)),
    _fires("collapse", _DROP, "hardly any answer passes", (_for(48, _USUAL), _for(3, _share(0.05)), _for(36, _USUAL)),
           within=1.5, clears=30, applies=_drop_of(0.9)),
    _fires("small-drop", _DROP, "four answers more in a hundred fail, all day", (_for(72, _USUAL), _for(26, _share(0.91))),
           within=26, applies=_drop_of(0.04)),
    _fires("low-traffic", _DROP, "two answers an hour are judged, and many of them fail now",
           (_for(120, _share(0.95, 2)), _for(30, _share(0.6, 2))), within=30, applies=_drop_of(0.35)),
    _fires("young-service", _DROP, "fewer answers pass, and the service is a few hours old",
           (_for(3, _share(0.97, 100)), _for(2, _share(0.78, 100))), within=1.75, applies=_drop_of(0.19)),
    _fires("drop-and-restart", _DROP, "the worker restarts while the pass rate is down, and counts on from its store",
           (_for(48, _USUAL), _for(6, _WORSE), _for(3, _WORSE, restart=True)), within=5, applies=_drop_of(0.1)),
    _fires("hidden-by-easy-answers", _DROP, "the sample gets worse, while many answers that pass are judged beside it",
           (_for(48, _SAMPLE, Part(5, 1, weight=1)), _for(8, Part(40, 0.75), Part(200, 1, weight=1))), within=8, applies=_drop_of(0.18)),
    _fires("new-normal", _DROP, "the pass rate stays down, until the week before is as low",
           (_for(48, _USUAL), _for(48, _WORSE), _for(192, _WORSE)), within=24, clears=190, applies=_drop_of(0.1)),
    _fires("calibrated-taste", _DROP, "a matter of taste gets worse, and people trust the judge",
           (_for(48, _USUAL, taste=True, calibrated=True), _for(6, _WORSE, taste=True, calibrated=True)), within=5, applies=_drop_of(0.1, _taste)),
    _fires("drop-after-another-rubric", _DROP, "a day after another judge or rubric fewer answers pass, by the same one",
           (_for(24, _USUAL), _for(30, _STRICT, ruler=True), _for(6, _share(0.4))), within=5, usual=2, applies=_drop_of(0.2)),
    _quiet("taste", _DROP, "a matter of taste gets worse, by a judge that nobody has calibrated",
           _for(48, _USUAL, taste=True), _for(12, _WORSE, taste=True), applies=_taste),
    _quiet("three-of-eight", _DROP, "three of eight answers fail in an hour", _for(48, _share(0.95, 8)), _for(1, _share(0.625, 8)),
           _for(12, _share(0.95, 8))),
    _quiet("too-few", _DROP, "nearly all answers fail, but one an hour is judged", _for(120, _share(0.95, 2)), _for(24), _for(30, _share(0.1, 1))),
    _quiet("three-of-thirty", _DROP, "three of thirty answers fail where one in a hundred does: rare, but a month has many hours",
           _for(48, _share(0.99)), _for(6), _for(2, _share(0.9, 31))),
    _quiet("few-and-low", _DROP, "hardly any of thirty answers pass where a third does, and the week before is short",
           _for(30, _share(0.35, 7)), _for(1.25, _share(0.005, 32))),
    _quiet("first-day", _DROP, "the week before holds too few verdicts", _for(20, _share(1, 5)), _for(1, _share(0.6, 40))),
    _quiet("noise", _DROP, "the pass rate of an hour goes up and down, as samples do", _for(48, _USUAL), *_NOISE, *_NOISE),
    _quiet("better", _DROP, "the pass rate rises", _for(48, _WORSE), _for(24, _USUAL)),
    _quiet("less-than-matters", _DROP, "a drop that is sure, but too small to matter", _for(48, _share(0.99, 2000)),
           _for(24, _share(0.975, 2000)), applies=lambda model, llm: _plain(model, llm) and model.alerts.tickets.pass_drop.limit > 0.016),
    _quiet("more-refusals", _DROP, "more refusals, each of which is judged: a worse rate of verdicts, hardly one of calls",
           _for(48, _SAMPLE, _HARD), _for(24, _SAMPLE, Part(60, 0.1, weight=1)),
           applies=lambda model, llm: _plain(model, llm) and model.alerts.tickets.pass_drop.limit > 0.015),
    _quiet("few-heavy-answers", _DROP, "one answer an hour stands for nearly all calls: it is worth one verdict, however many others there are",
           _for(240, Part(80, 0.95, weight=1), Part(1, 0.95, weight=10_000)), _for(24, Part(80, 0.95, weight=1), Part(1, 0.5, weight=10_000))),
    _quiet("other-judge", _DROP, "the judge itself has changed: the rate drops, and says nothing of the application",
           _for(48, _USUAL, size=200), _for(12, _WORSE, size=200, changed=3), applies=_watched),
    _quiet("another-rubric", _DROP, "another judge or a stricter rubric, which was meant: fewer pass, of answers that are as good as ever",
           _for(24, _USUAL), _for(30, _STRICT, ruler=True)),
    _quiet("another-rubric-and-gap", _DROP, "the worker is away for six hours, right after it was given another rubric",
           _for(24, _USUAL), _for(2, _STRICT, ruler=True), _for(6, _STRICT, gap=True), _for(12, _STRICT)),
    _quiet("no-verdicts", _DROP, "half of the judge's replies are no verdicts, which says nothing of the answers",
           _for(48, _USUAL), _for(12, Part(42, 0.95, errors=1))),
    _quiet("worker-restart", _DROP, "the worker restarts", _for(48, _USUAL), _for(8, _USUAL, restart=True)),
    _quiet("scrape-gap", _DROP, "no scrape arrives for two hours", _for(48, _USUAL), _for(2, _USUAL, gap=True), _for(12, _USUAL)),
)  # fmt: skip
LOWS = (
    _fires("too-low", _LOW, "too few answers pass, for a day", (_for(72, _GOOD), _for(24, _BAD), _for(48, _GOOD)),
           within=16, clears=24, applies=_between(0.8, 1)),
    _fires("too-low-for-long", _LOW, "too few answers pass, where a lower share has to", (_for(72, _GOOD), _for(28, _BAD), _for(48, _GOOD)),
           within=27, clears=24, applies=_between(0.2, 0.8)),
    _fires("low-sample", _LOW, "the sample is too low, while many answers that pass are judged beside it",
           (_for(24, _GOOD), _for(26, Part(40, of_limit=0.7), Part(400, 1, weight=1))), within=26,
           applies=lambda model, llm: _enough(model, llm) and model.evals.pass_rate_below >= 0.5),
    _quiet("few-verdicts", _LOW, "nearly none pass, but one an hour is judged", _for(24, _GOOD), _for(3, gap=True), _for(22, gap=True),
           _for(24, Part(1, of_limit=0.2)), applies=lambda model, llm: _plain(model, llm) and model.alerts.tickets.pass_rate.limit >= 27),
    _quiet("chance", _LOW, "a little below the limit, in so few verdicts that it may be chance", _for(72, Part(5, of_limit=0.97)),
           applies=lambda model, llm: _plain(model, llm) and model.evals.pass_rate_below <= 0.95),
    _quiet("refusals", _LOW, "every refusal is judged, and fails; of all calls they are few", _for(48, Part(40, of_limit=1.7), Part(60, 0.1, weight=1)),
           applies=lambda model, llm: _plain(model, llm) and model.evals.pass_rate_below <= 0.95),
    _quiet("taste-low", _LOW, "a matter of taste is too low, by a judge that nobody has calibrated",
           _for(24, _GOOD, taste=True), _for(30, _BAD, taste=True), applies=_taste),
    _quiet("other-judge-low", _LOW, "the judge itself has changed", _for(24, _GOOD, size=200), _for(30, _BAD, size=200, changed=3), applies=_watched),
)  # fmt: skip
DRIFTS = (
    _fires("judge-changes", _JUDGE, "the judge judges the control set otherwise than accepted",
           (_control(6, 200, 0), _control(4, 200, 3), _control(6, 200, 0)), within=1, clears=3,
           applies=lambda model, llm: _plain(model, llm) and model.alerts.tickets.judge_drift.limit <= 0.3),
    _quiet("as-accepted", _JUDGE, "as many verdicts as allowed are other ones", _control(6, 200, 0), _control(24, 200, 1)),
    _quiet("one-of-eight", _JUDGE, "one verdict of a small control set is another one", _control(6, 8, 0), _control(24, 8, 2.5),
           applies=lambda model, llm: _plain(model, llm) and model.alerts.tickets.judge_drift.limit <= 0.1),
    _quiet("judge-gap", _JUDGE, "the worker is away for two hours", _control(6, 200, 0), _control(2, 200, 0, gap=True), _control(6, 200, 0)),
)  # fmt: skip
SCENARIOS = {_DROP: DROPS, _LOW: LOWS, _JUDGE: DRIFTS}
