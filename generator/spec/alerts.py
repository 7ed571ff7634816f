"""The `alerts` section, and what a model may override of it."""

from typing import Literal

from generator.spec.fields import Section, about, duration, named, number, ratio, whole
from generator.spec.names import URL

_RULES = "prometheus/rules/ and the proofs in prometheus/tests/"
_RECORD = _RULES
_TICKETS = "prometheus/rules/tickets.yml"
_EVALS = "prometheus/rules/evals.yml and the proofs in prometheus/tests/"
Severity = Literal["page", "ticket"]
Factor = number(1, 1000, above=True)
Pending = duration("1s", "6h")
Baseline = duration("10s", "7d")
Requests = whole(1, 1_000_000)
Limit = ratio(zero=False, one=False)
_ENABLED = "Whether this alert exists at all."
_SEVERITY = "`page` wakes somebody, `ticket` waits for the morning."
_FLOOR = "Calls within the judged window below which the alert stays silent: a few calls prove nothing."


class Latency(Section):
    """Pages when a model answers much slower than in the recent past."""

    enabled: bool = about(_ENABLED, lands=_RULES, default=True)
    factor: Factor = about(
        "How many times its baseline the 95th percentile must reach.", lands=_RULES, default=2.0, example=2
    )
    baseline: Baseline = about(
        "The recent past that is normal: the median over this range, which ends before the judged window.",
        lands=_RECORD,
        default=3600,
        example="1h",
    )
    for_: Pending = about("How long it must last.", lands=_RULES, default=300, example="5m", alias="for")
    min_requests: Requests = about(_FLOOR, lands=_RECORD, default=20)
    severity: Severity = about(_SEVERITY, lands=_RULES, default="page")


class Errors(Section):
    """Pages when too many of a model's calls fail, of whatever kind."""

    enabled: bool = about(_ENABLED, lands=_RULES, default=True)
    above: Limit = about("Share of calls that may fail.", lands=_RULES, default=0.02, example="2%")
    for_: Pending = about("How long it must last.", lands=_RULES, default=600, example="10m", alias="for")
    min_requests: Requests = about(_FLOOR, lands=_RECORD, default=20)
    severity: Severity = about(_SEVERITY, lands=_RULES, default="page")


class Spend(Section):
    """Pages when the whole service spends much more than in the recent past."""

    enabled: bool = about(_ENABLED, lands=_RULES, default=True)
    factor: Factor = about("How many times its baseline the spend must reach.", lands=_RULES, default=3.0, example=3)
    baseline: Baseline = about(
        "The recent past that is normal: the median over this range, which ends before the judged window.",
        lands=_RECORD,
        default=3600,
        example="1h",
    )
    for_: Pending = about("How long it must last.", lands=_RULES, default=300, example="5m", alias="for")
    min_usd_per_hour: number(0, 1e9) = about(
        "Spend in USD an hour below which the alert stays silent: small money may multiply.", lands=_RULES, default=1.0
    )
    min_requests: Requests = about(
        "Calls within the judged window below which spend is no measure of what is usual.", lands=_RECORD, default=20
    )
    severity: Severity = about(_SEVERITY, lands=_RULES, default="page")


class SignalLost(Section):
    """A ticket when no metric of the application arrives any more."""

    enabled: bool = about(_ENABLED, lands=_TICKETS, default=False)
    for_: Pending = about("How long it must last.", lands=_TICKETS, default=300, example="5m", alias="for")
    severity: Severity = about(_SEVERITY, lands=_TICKETS, default="ticket")


class Unpriced(Section):
    """A ticket when a model is called whose price nobody knows, so that its spend is not in the numbers."""

    enabled: bool = about(_ENABLED, lands=_TICKETS, default=False)
    for_: Pending = about("How long it must last.", lands=_TICKETS, default=600, example="10m", alias="for")
    severity: Severity = about(_SEVERITY, lands=_TICKETS, default="ticket")


class Drift(Section):
    """A ticket when a model answers slower than at the same hour a day or a week ago: what no hourly baseline can see."""

    enabled: bool = about(_ENABLED, lands=_TICKETS, default=False)
    factor: Factor = about(
        "How many times the median p95 of that hour it must reach.", lands=_TICKETS, default=1.5, example=1.5
    )
    for_: Pending = about("How long it must last.", lands=_TICKETS, default=1800, example="30m", alias="for")
    severity: Severity = about(_SEVERITY, lands=_TICKETS, default="ticket")


class PassRate(Section):
    """A ticket when the pass rate of judged answers is surely below `evals.pass_rate_below`."""

    enabled: bool = about(_ENABLED, lands=_EVALS, default=False)
    min_verdicts: Requests = about(
        "Verdicts of the last day, as many as they are worth, below which nothing is said.",
        lands=_EVALS,
        default=30,
        example=30,
    )
    for_: Pending = about("How long it must last.", lands=_EVALS, default=3600, example="1h", alias="for")
    severity: Severity = about(_SEVERITY, lands=_EVALS, default="ticket")


class PassDrop(Section):
    """A ticket when the pass rate of judged answers is surely lower than in the week before."""

    enabled: bool = about(_ENABLED, lands=_EVALS, default=False)
    min_drop: Limit = about(
        "Points of the pass rate that a drop must have at least, however sure it is.",
        lands=_EVALS,
        default=0.02,
        example="2%",
    )
    for_: Pending = about("How long it must last.", lands=_EVALS, default=900, example="15m", alias="for")
    severity: Severity = about(_SEVERITY, lands=_EVALS, default="ticket")


class JudgeDrift(Section):
    """A ticket when the judge surely judges the fixed control set otherwise than it used to."""

    enabled: bool = about(_ENABLED, lands=_EVALS, default=False)
    max_changed: Limit = about(
        "Share of the control set whose verdict may have changed.", lands=_EVALS, default=0.05, example="5%"
    )
    for_: Pending = about("How long it must last.", lands=_EVALS, default=900, example="15m", alias="for")
    severity: Severity = about(_SEVERITY, lands=_EVALS, default="ticket")


class LatencyOverride(Section):
    """What one model changes of `alerts.latency`."""

    enabled: bool | None = about(_ENABLED, lands=_RULES, default=None)
    factor: Factor | None = about("How many times its baseline.", lands=_RULES, default=None, example=3)
    baseline: Baseline | None = about("The recent past that is normal.", lands=_RECORD, default=None, example="2h")
    for_: Pending | None = about("How long it must last.", lands=_RULES, default=None, example="10m", alias="for")
    min_requests: Requests | None = about(_FLOOR, lands=_RECORD, default=None)
    severity: Severity | None = about(_SEVERITY, lands=_RULES, default=None)


class ErrorsOverride(Section):
    """What one model changes of `alerts.errors`."""

    enabled: bool | None = about(_ENABLED, lands=_RULES, default=None)
    above: Limit | None = about("Share of calls that may fail.", lands=_RULES, default=None, example="5%")
    for_: Pending | None = about("How long it must last.", lands=_RULES, default=None, example="15m", alias="for")
    min_requests: Requests | None = about(_FLOOR, lands=_RECORD, default=None)
    severity: Severity | None = about(_SEVERITY, lands=_RULES, default=None)


class ModelAlerts(Section):
    """What one model changes of the alerts that are judged per model."""

    latency: LatencyOverride = about("Changes to `alerts.latency`.", lands=_RULES, default=LatencyOverride())
    errors: ErrorsOverride = about("Changes to `alerts.errors`.", lands=_RULES, default=ErrorsOverride())


class Alerts(Section):
    """The three alerts that deserve a page, and six tickets that are off unless asked for."""

    latency: Latency = about("A model answers much slower than usual.", lands=_RULES, default=Latency())
    errors: Errors = about("Too many calls of a model fail.", lands=_RULES, default=Errors())
    spend: Spend = about("The service spends much more than usual.", lands=_RULES, default=Spend())
    signal_lost: SignalLost = about("No metrics arrive.", lands=_TICKETS, default=SignalLost())
    unpriced: Unpriced = about("Calls whose price is not known.", lands=_TICKETS, default=Unpriced())
    drift: Drift = about("A model gets slower from day to day.", lands=_TICKETS, default=Drift())
    pass_rate: PassRate = about("Too few judged answers pass.", lands=_EVALS, default=PassRate())
    pass_drop: PassDrop = about("Judged answers get worse.", lands=_EVALS, default=PassDrop())
    judge_drift: JudgeDrift = about("The judge itself changes.", lands=_EVALS, default=JudgeDrift())
    window: duration("4s", "1h") = about(
        "The range that is judged; at least four scrapes.", lands=_RECORD, default=300, example="5m"
    )
    hold: duration("1m", "7d") = about(
        "How long a baseline is held while its alert is active; then the new level counts as normal.",
        lands=_RECORD,
        default=21600,
        example="6h",
    )
    runbooks: named(URL) = about(
        "Where the runbooks are: a URL, or a path in your repository.",
        lands="the runbook_url of every alert",
        default="docs/runbooks",
        example="https://git.example.org/bot/docs/runbooks",
    )
