"""What is shown of the quality of answers, as data: for the dashboard `LLM quality` and the page that Prometheus serves.

A share of a sample is shown with the interval in which it surely lies (Wilson's, on Kish's effective sample size; see rules/wilson.py
and rules/verdicts.py): answers that were chosen with different probabilities say less than as many that were chosen alike.
"""

from dataclasses import dataclass
from typing import Literal

from generator import conventions as c
from generator import eval_names as e
from generator.model import Model
from generator.panels import Panel, Query
from generator.promql import equals, none_of, number, one_of
from generator.rules import wilson
from generator.rules.canonical import SLOW

Z = 1.96
"""Standard deviations of a two-sided interval of 95 %."""
HOUR, DAY = 3600, 86400
NOT_CALIBRATED = "not calibrated"
TICKETS = (e.TICKET_PASS_RATE, e.TICKET_PASS_DROP, e.TICKET_JUDGE_DRIFT)
"""Alerts about quality: their states are marked on the time axis."""
_BY = f"sum by ({e.DIMENSION})"


@dataclass(frozen=True)
class Notice:
    """What must be known before anything else is believed: said where `expr` is 1, and `otherwise` who judges."""

    title: str
    question: str
    expr: str
    text: str
    otherwise: str


@dataclass(frozen=True)
class Column:
    """One number for each dimension; `calibrated` is 1 or 0."""

    title: str
    expr: str
    unit: Literal["share", "number", "calibrated"]


@dataclass(frozen=True)
class Table:
    """One row a dimension, all numbers of now."""

    title: str
    question: str
    columns: tuple[Column, ...]


def quality_panels(model: Model) -> tuple[Panel, ...]:
    """Pass rate, sample, verdicts; what judging costs; whether it keeps up."""
    budget = model.evals.judge.max_usd_per_day
    spent = f"{number(budget)} - max({e.EVAL_BUDGET_LEFT}{{@J@}})"
    return (
        Panel(
            "pass",
            "Pass rate by dimension, last hour",
            "Did the answers get worse? The band is where the rate surely lies (95 %); the dashed line is "
            f"{number(model.evals.pass_rate_below * 100)} %. Grey is not calibrated, and counts for no alert.",
            "share",
            (*_rates(model), Query(f"vector({number(model.evals.pass_rate_below)})", "too low below", "limit")),
            "lowest",
        ),
        Panel(
            "sample",
            "Sample size",
            "How much is the last hour's pass rate worth? So many equally likely answers would be as sure; a drop in a handful is chance.",
            "answers",
            (Query(_effective(_judged()), "{{dimension}}"),),
            "lowest",
        ),
        Panel(
            "verdicts",
            "Verdicts, last hour",
            "What do the judges say? An error is a reply that is no verdict; many of them mean a judge that does not work.",
            "answers",
            (Query(f"sum by ({e.VERDICT}) ({e.eval_rate(SLOW)}{{@M@}}) * {HOUR}", "{{verdict}}"),),
            "sum",
            stacked=True,
        ),
        Panel(
            "cost",
            "Judge's cost today",
            "How much of the day's budget is gone? At the dashed line judging stops until midnight UTC; dotted is where the day ends at this pace.",
            "USD",
            (
                Query(spent, "today"),
                Query(f"{spent} + sum({e.judge_cost(SLOW)}{{@J@}}) * ({DAY} - time() % {DAY})", "by midnight", "usual"),
                Query(f"vector({number(budget)})", "budget", "limit"),
            ),
            "today",
        ),
        Panel(
            "queue",
            "Waiting answers",
            "Does judging keep up with the answers? A growing queue makes the pass rate old news.",
            "answers",
            (Query(f"max({e.EVAL_QUEUE}{{@J@}})", "waiting"),),
            "waiting",
        ),
        Panel(
            "oldest",
            "Oldest waiting",
            "How old is what will be judged next? Its age is how far the pass rate lags behind.",
            "s",
            (Query(f"max({e.EVAL_OLDEST_MAX}{{@J@}})", "oldest"),),
            "oldest",
        ),
        Panel(
            "dropped",
            "Not judged, last hour",
            "Which answers will never be judged, and why: the budget, a full queue or disk, or a judge that refused for good?",
            "answers",
            (Query(f"sum by ({e.REASON}) ({e.eval_dropped(SLOW)}{{@J@}}) * {HOUR}", "{{reason}}"),),
            "sum",
            stacked=True,
        ),
    )


def dimensions_table() -> Table:
    """Which dimensions count, and how well the judge agrees with people."""

    def latest(series: str) -> str:
        return f"max by ({e.DIMENSION}) ({series}{{@J@}})"

    return Table(
        "Is the judge to be trusted?",
        "Do its verdicts agree with those of people, and does it still judge as it did? Kappa is agreement beyond chance; "
        "a matter of taste counts only once it is calibrated.",
        (
            Column("Pass rate, last hour", _share(_judged(), _passed()), "share"),
            Column("Effective sample", _effective(_judged()), "number"),
            Column("Calibrated", latest(e.EVAL_CALIBRATED), "calibrated"),
            Column("Labels", latest(e.EVAL_LABELS), "number"),
            Column("Agreement", latest(e.EVAL_AGREEMENT), "share"),
            Column("Kappa, at least", latest(e.EVAL_KAPPA_LOW), "number"),
            Column("Control set", latest(e.EVAL_CONTROL_SIZE), "number"),
            Column("Verdicts changed", latest(e.EVAL_CONTROL_CHANGED), "number"),
        ),
    )


def simulated(model: Model) -> Notice:
    """Where no key is given the simulator plays the judge, and its verdicts look like any others."""
    judge = model.evals.judge
    own = "" if judge.base_url else "ANTHROPIC_API_KEY or " if judge.provider == "anthropic" else "OPENAI_API_KEY or "
    return Notice(
        "Who judges?",
        "Is it a model that judges, or the bundled simulator, whose verdicts say nothing of the answers?",
        f"max({e.EVAL_JUDGE_SIMULATED}{{@J@}})",
        f"Judged by the bundled simulator: these verdicts are a demonstration. Give the worker {own}JUDGE_API_KEY, and a model judges.",
        judge.model,
    )


def changes() -> str:
    """Present for an hour after another version of a prompt, or of the model behind a name, was seen than before: a new or an earlier one."""
    return f"sum by ({c.MODEL}, {c.KIND}) ({e.eval_changes(SLOW)}{{@M@}}) > 0"


def rulers() -> str:
    """Present for an hour after another judge or another rubric began to judge; pass rates from before it are of another kind."""
    return f"time() - max by ({e.DIMENSION}) ({e.EVAL_RULER_CHANGED}{{@J@}}) < {HOUR}"


def _rates(model: Model) -> tuple[Query, ...]:
    tastes = model.evals.tastes
    doubted, doubt = "", tuple[Query, ...]()
    if tastes:
        taste, calibrated = one_of(e.DIMENSION, tastes), f"({e.EVAL_CALIBRATED}{{@J@}} == 1)"
        doubted = f" unless on ({e.DIMENSION}) ({_BY} ({_weight(taste)}) unless on ({e.DIMENSION}) {calibrated})"
        share = _share(_judged(taste), _passed(taste))
        doubt = (
            Query(
                f"{share} unless on ({e.DIMENSION}) {calibrated}",
                f"{{{{dimension}}}}, {NOT_CALIBRATED}",
                aspect="doubt",
            ),
        )
    rate, n = f"({_share(_judged(), _passed())})", f"({_effective(_judged())})"
    return (
        Query(f"{rate}{doubted}", "{{dimension}}"),
        Query(f"({wilson.lower(rate, n, Z)}){doubted}", "{{dimension}}", aspect="low"),
        Query(f"({wilson.upper(rate, n, Z)}){doubted}", "{{dimension}}", aspect="high"),
        *doubt,
    )


def _weight(*matchers: str, of: str = e.eval_weight_rate(SLOW)) -> str:
    """Weights of verdicts, without the replies that were none."""
    return f"{of}{{{','.join(('@M@', none_of(e.VERDICT, [e.ERROR]), *matchers))}}}"


def _judged(*matchers: str) -> str:
    return f"({_BY} ({_weight(*matchers)}) > 0)"


def _passed(*matchers: str) -> str:
    """Where nothing passed there may be no such series, and the share is 0."""
    passes = f"{e.eval_weight_rate(SLOW)}{{{','.join(('@M@', equals(e.VERDICT, e.PASS), *matchers))}}}"
    return f"({_BY} ({passes}) or {_judged(*matchers)} * 0)"


def _share(judged: str, passed: str) -> str:
    return f"{passed} / {judged}"


def _effective(judged: str) -> str:
    """Kish's size: the square of the sum of weights by the sum of their squares."""
    return f"{judged} ^ 2 * {HOUR} / ({_BY} ({_weight(of=e.eval_squared_weight_rate(SLOW))}) > 0)"
