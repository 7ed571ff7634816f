"""The four golden panels as data, once: the Grafana dashboard and the page that Prometheus serves are both made of them.

Those about the quality of answers are in quality_panels.py, of the same parts.

Queries read only recorded series. `@ME@` stands for the matchers of job, model and endpoint, `@M@` for those of job and
model, `@J@` for the job alone; whoever shows the panel puts its own filter there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from generator import conventions as c
from generator.model import Model
from generator.promql import equals, number
from generator.rules.settings import scopes

Unit = Literal["req/min", "ms", "USD/min", "share", "answers", "s", "USD"]
"""A share is 0 to 1, and shown in per cent."""


@dataclass(frozen=True)
class Query:
    """One line of a panel; a limit is drawn dashed, what is usual dotted. `legend` may hold `{{label}}`.

    Of a value, `aspect` says whether it is an end (`low`, `high`) of the band around the one of the same legend, or one that nobody
    should trust yet (`doubt`).
    """

    expr: str
    legend: str
    role: Literal["value", "usual", "limit"] = "value"
    aspect: Literal["", "low", "high", "doubt"] = ""


@dataclass(frozen=True)
class Panel:
    """A panel; `headline` says which number is shown large: `sum`, `lowest`, or a legend."""

    key: str
    title: str
    question: str
    unit: Unit
    queries: tuple[Query, ...]
    headline: str
    stacked: bool = False


def golden_panels(model: Model) -> tuple[Panel, ...]:
    """Requests, latency, errors, spend."""
    window = str(model.alerts.windows.detect)
    alerts = model.alerts
    bucket = f"sum by (le) ({c.latency_bucket_rate(window)}{{@ME@}})"
    requests, errors, spend = c.requests_rate(window), c.errors_rate(window), c.spend_rate(window)

    def quantile(share: float) -> str:
        return f"histogram_quantile({number(share)}, {bucket}) > 0"

    return (
        Panel(
            "requests",
            "Requests per minute, by endpoint",
            "Is traffic normal, and which endpoint does it go to? Everything else is read against this.",
            "req/min",
            (Query(f"sum by ({c.ENDPOINT}) ({requests}{{@ME@}}) * 60", "{{endpoint}}"),),
            "sum",
            stacked=True,
        ),
        Panel(
            "latency",
            "Latency p50, p95, p99",
            f"How long do people wait? The dashed line is where {c.ALERT_LATENCY} pages: "
            f"{number(alerts.latency.factor)} times the median of the last {alerts.latency.baseline}.",
            "ms",
            (
                Query(quantile(0.5), "p50"),
                Query(quantile(0.95), "p95"),
                Query(quantile(0.99), "p99"),
                Query(f"max({c.LATENCY_BASELINE}{{@M@}})", "usually", "usual"),
                Query(f"max({_latency_limit(model)})", "page above", "limit"),
            ),
            "p95",
        ),
        Panel(
            "errors",
            "Errors and refusals per minute, by kind",
            f"Which calls are no use to people, and why? The dashed line is {number(alerts.errors.above * 100)} % of the "
            f"calls, where {c.ALERT_ERRORS} pages.",
            "req/min",
            (
                Query(f"sum by ({c.KIND}) ({errors}{{@ME@}}) * 60", "{{kind}}"),
                Query(f"sum({_errors_limit(model, requests)}) * 60", "page above", "limit"),
            ),
            "sum",
            stacked=True,
        ),
        Panel(
            "spend",
            "Spend per minute in USD, by model",
            f"What does it cost right now? The dashed line is where {c.ALERT_SPEND} pages for the whole service: "
            f"{number(alerts.spend.factor)} times the median of the last {alerts.spend.baseline}.",
            "USD/min",
            (
                Query(f"sum by ({c.MODEL}) ({spend}{{@ME@}}) * 60", "{{model}}"),
                Query(f"max({c.SPEND_BASELINE}{{@J@}}) / 60", "usually", "usual"),
                Query(f"max({c.SPEND_BASELINE}{{@J@}}) * {number(alerts.spend.factor)} / 60", "page above", "limit"),
            ),
            "sum",
            stacked=True,
        ),
    )


def _latency_limit(model: Model) -> str:
    """Every model's baseline times its own factor."""
    found = scopes(model, model.alerts.latency, lambda llm: llm.latency)
    return _either(f"{c.LATENCY_BASELINE}{{@M@{_and(scope.only)}}} * {number(scope.setting.factor)}" for scope in found)


def _errors_limit(model: Model, requests: str) -> str:
    """Every model's calls times the share of them that may fail."""
    found = scopes(model, model.alerts.errors, lambda llm: llm.errors)
    return _either(f"{requests}{{@ME@{_and(scope.only)}}} * {number(scope.setting.above)}" for scope in found)


def _and(matcher: str) -> str:
    return f",{matcher}" if matcher else ""


def _either(parts: Iterable[str]) -> str:
    return " or ".join(parts)


def job_matcher(model: Model) -> str:
    """The matcher of the service's job."""
    return equals(c.JOB, model.service.name)


def filled(expr: str, me: str, m: str, j: str) -> str:
    """A query with the filters put in."""
    return expr.replace("@ME@", me).replace("@M@", m).replace("@J@", j)
