"""Broken rules about judged answers."""

from collections.abc import Iterator

from generator import eval_names as e
from generator.model import Model
from generator.prove.mutant import Mutant
from generator.rules.verdicts import DAY, LOOKS, WEEK

_WINDOWS = tuple(look.window for look in LOOKS)
_RATES = tuple(e.pass_rate(window) for window in (*_WINDOWS, WEEK.window))
_WORTH = tuple(e.effective_verdicts(window) for window in (*_WINDOWS, WEEK.window))
_MOST, _DROPPED = tuple(map(e.pass_rate_at_most, _WINDOWS)), tuple(map(e.pass_rate_dropped, _WINDOWS))
_WEIGHT, _COUNT = "llm_eval_(squared_)?weight", "llm_eval_results"


def mutants(model: Model) -> Iterator[Mutant]:
    """Every mutant of the tickets that are enabled."""
    tickets = model.alerts.tickets
    if tickets.pass_drop.enabled:
        yield from _drop(model)
    if tickets.pass_rate.enabled:
        yield from _low(model)
    if tickets.judge_drift.enabled:
        yield from _judge()


def _common(alert: str, killer: str) -> Iterator[Mutant]:
    yield Mutant(alert, "wait ten times as long", alert, r"^(\d+)", r"\g<1>0", (killer,), "for")
    yield Mutant(alert, "keep on firing for long", alert, r"^.*$", "1d", (killer,), "keep_firing_for")


def _trust(model: Model, alert: str, taste: str, other: str) -> Iterator[Mutant]:
    if model.evals.tastes:
        yield Mutant(alert, "count what nobody has calibrated", e.JUDGE_TRUSTED, r" == 1$", " >= 0", (taste,))
    if model.alerts.tickets.judge_drift.enabled:
        yield Mutant(alert, "believe a judge that has changed", e.JUDGE_TRUSTED, r"\nunless on.*\Z", "", (other,))


def _drop(model: Model) -> Iterator[Mutant]:
    alert = e.TICKET_PASS_DROP
    yield from _common(alert, "drop")
    yield from _trust(model, alert, "taste", "other-judge")
    yield Mutant(
        alert, "count verdicts instead of calls", _RATES, _WEIGHT, _COUNT, ("more-refusals", "hidden-by-easy-answers")
    )
    yield Mutant(alert, "count verdicts as if they weighed the same", _WORTH, _WEIGHT, _COUNT, ("few-heavy-answers",))
    yield Mutant(alert, "count no verdict as a failure", _RATES, r',verdict!="error"', "", ("no-verdicts",))
    by = r"by \(job, model, dimension\)"
    yield Mutant(alert, "drop the model from the grouping", _RATES, by, "by (job, dimension)", ("drop",))
    yield Mutant(alert, "drop the dimension from the grouping", _RATES, by, "by (job, model)", ("drop",))
    yield Mutant(alert, "trust a handful of verdicts", _MOST, r">= \d+ > 0", "> 0", ("too-few", "three-of-eight"))
    yield Mutant(
        alert, "trust a week of a handful", e.pass_rate_at_least(WEEK.window), r">= \d+ > 0", "> 0", ("first-day",)
    )
    ends = (*_MOST, e.pass_rate_at_least(WEEK.window))
    yield Mutant(alert, "ask the likelihood only", ends, r"4\.5 \* sqrt", "1 * sqrt", ("few-and-low",))
    yield Mutant(alert, "ask the interval only", _DROPPED, r"20\.25", "0", ("three-of-thirty",))
    yield Mutant(
        alert, "be sure too soon", (*ends, *_DROPPED), r"4\.5 \* sqrt|20\.25", "1", ("noise", "three-of-thirty")
    )
    yield Mutant(alert, "be sure too late", ends, r"4\.5 \* sqrt", "9 * sqrt", ("drop",))
    yield Mutant(alert, "compare with a week that holds the drop", _DROPPED, r" offset \w+", "", ("young-service",))
    yield Mutant(alert, "speak of drops that do not matter", _DROPPED, r">= [\d.]+$", "> 0", ("less-than-matters",))
    yield Mutant(alert, "speak of a rise", _DROPPED, r">= [\d.]+$", "> -1", ("better",))
    yield from _ruler(alert)
    for window, killers in (("1h", ("young-service",)), ("6h", ("drop",)), ("1d", ("small-drop",))):
        blind = e.pass_rate_dropped(window)
        yield Mutant(alert, f"do not look at {window}", blind, r"\A\S+", r"\g<0> > 2", killers)


def _ruler(alert: str) -> Iterator[Mutant]:
    both = (e.pass_rate(WEEK.window), e.effective_verdicts(WEEK.window))
    yield Mutant(
        alert,
        "compare with a week of two rulers",
        both,
        r" unless on [^)]*\) [^)]*\) > time\(\) - \d+",
        "",
        ("another-rubric",),
    )
    for window in _WINDOWS:
        yield Mutant(
            alert, f"compare {window} across another rubric", e.pass_rate_dropped(window), r"\nunless on.*\Z", "", ("another-rubric",)
        )  # fmt: skip
    yield Mutant(alert, "never compare again", _DROPPED, r"> time\(\) - \d+\Z", "> 0", ("drop-after-another-rubric",))
    yield Mutant(
        alert, "forget the rubric while the worker is away", e.RULER_CHANGED, r"\[\w+\]", "[5m]", ("another-rubric-and-gap",)
    )  # fmt: skip


def _low(model: Model) -> Iterator[Mutant]:
    alert, day = e.TICKET_PASS_RATE, e.pass_rate(DAY.window)
    yield from _common(alert, "too-low")
    yield from _trust(model, alert, "taste-low", "other-judge-low")
    yield Mutant(alert, "count verdicts instead of calls", day, _WEIGHT, _COUNT, ("refusals", "low-sample"))
    yield Mutant(alert, "trust a handful of verdicts", alert, r">= \S+ > 0", "> 0", ("few-verdicts",))
    yield Mutant(alert, "be sure of nothing", alert, r"1\.96 \* sqrt", "0 * sqrt", ("chance",))
    yield Mutant(alert, "swap the comparison", alert, r"\) < ", ") > ", ("too-low",))
    yield Mutant(alert, "look at a week", day, r"\[\w+:", "[167h:", ("too-low",))


def _judge() -> Iterator[Mutant]:
    alert = e.TICKET_JUDGE_DRIFT
    yield from _common(alert, "judge-changes")
    yield Mutant(
        alert, "be sure of nothing", e.JUDGE_DRIFTED, r"1\.96 \* sqrt", "0 * sqrt", ("as-accepted", "one-of-eight")
    )
    yield Mutant(
        alert, "swap the comparison", e.JUDGE_DRIFTED, r" > ([\d.]+)$", r" < \1", ("judge-changes", "as-accepted")
    )
    yield Mutant(
        alert, "count changes instead of their share", e.EVAL_CONTROL_RATIO, r"\n/\n.*", "", ("judge-changes",)
    )
