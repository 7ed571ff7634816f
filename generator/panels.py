"""The four golden panels as data, once: the Grafana dashboard and the page that Prometheus serves are both made of them.

Queries read only recorded series. `@ME@` stands for the matchers of job, model and endpoint, `@M@` for those of job and
model, `@J@` for the job alone; whoever shows the panel puts its own filter there.
"""

from dataclasses import dataclass

from generator import conventions as c
from generator.model import Model
from generator.promql import equals, number


@dataclass(frozen=True)
class Query:
    """One line of a panel; `limit` marks a threshold, which is drawn dashed. `legend` may hold `{{label}}`."""

    expr: str
    legend: str
    limit: bool = False


@dataclass(frozen=True)
class Panel:
    """A panel; `unit` is req/min, ms or USD/min; `headline` says which number is shown large: `sum`, or a legend."""

    key: str
    title: str
    question: str
    unit: str
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
                Query(f"max({c.LATENCY_BASELINE}{{@M@}}) * {number(alerts.latency.factor)}", "page above", limit=True),
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
                Query(f"sum({requests}{{@ME@}}) * 60 * {number(alerts.errors.above)}", "page above", limit=True),
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
                Query(f"max({c.SPEND_BASELINE}{{@J@}}) * {number(alerts.spend.factor)} / 60", "page above", limit=True),
            ),
            "sum",
            stacked=True,
        ),
    )


def job_matcher(model: Model) -> str:
    """The matcher of the service's job."""
    return equals(c.JOB, model.service.name)


def filled(expr: str, me: str, m: str, j: str) -> str:
    """A query with the filters put in."""
    return expr.replace("@ME@", me).replace("@M@", m).replace("@J@", j)
