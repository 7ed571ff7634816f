"""Alerts that wait for the morning, each off unless the spec asks for it: lost signal, unpriced calls, drift."""

from generator import conventions as c
from generator.model import Duration, Model, Ticket
from generator.promql import equals, number, selector
from generator.rules.baseline import step
from generator.rules.group import Alert, Group
from generator.rules.text import labels, links
from generator.sources.registry import SOURCES

UNKNOWN_SHARE = 0.1
"""Of a model's calls; a few streams are always left before they have told their tokens."""
DAY, WEEK = Duration(86400), Duration(7 * 86400)


def group(model: Model) -> Group:
    """Those that are enabled and that the dialect can measure."""
    made = (_signal_lost(model), _unpriced(model), _drift(model))
    return Group("llm-tickets", [alert for alert in made if alert is not None])


def _alert(model: Model, name: str, ticket: Ticket, expr: str, summary: str, description: str) -> Alert:
    return Alert(
        name,
        expr,
        ticket.pending,
        model.alerts.windows.keep,
        labels(model, ticket.severity),
        {"summary": summary, "description": description, **links(model, name, by_model=name != c.TICKET_LOST)},
    )


def _signal_lost(model: Model) -> Alert | None:
    ticket = model.alerts.tickets.signal_lost
    if not ticket.enabled:
        return None
    # Recorded, so that absent() knows the job: a page must say which service went silent.
    recorded = f"{c.requests_rate(str(model.alerts.windows.detect))}{selector(equals(c.JOB, model.service.name))}"
    return _alert(
        model,
        c.TICKET_LOST,
        ticket,
        f"absent({recorded})",
        "No metrics of {{ $labels.job }} arrive",
        f"For {ticket.pending} no call counter of {{{{ $labels.job }}}} was seen. The three alerts that page are blind meanwhile.",
    )


def _unpriced(model: Model) -> Alert | None:
    ticket = model.alerts.tickets.unpriced
    if not ticket.enabled or SOURCES[model.source].unpriced is None:
        return None
    matchers, detect = selector(equals(c.JOB, model.service.name)), str(model.alerts.windows.detect)
    return _alert(
        model,
        c.TICKET_UNPRICED,
        ticket,
        f"{c.unpriced_rate(detect)}{matchers}\n/\n(sum by ({c.JOB}, {c.MODEL}) ({c.requests_rate(detect)}{matchers}) > 0)\n"
        f"> {number(UNKNOWN_SHARE)}",
        "Nobody knows what {{ $value | humanizePercentage }} of the calls of {{ $labels.model }} cost: they are missing in every number",
        "Where it is nearly all of them the model has no price: add `price: {input: ..., output: ...}` to it. Where it is some, "
        "streams are left or cut off before they have told their tokens.",
    )


def _drift(model: Model) -> Alert | None:
    ticket = model.alerts.tickets.drift
    if not ticket.enabled:
        return None
    baseline = model.alerts.latency.baseline
    series = c.latency_healthy_p95(str(model.alerts.windows.detect)) + selector(equals(c.JOB, model.service.name))

    def hour(offset: Duration | None) -> str:
        span = f"{series}[{baseline}:{step(baseline)}]" + (f" offset {offset}" if offset else "")
        enough = baseline.seconds // step(baseline).seconds // 2
        return f"(quantile_over_time(0.5, {span}) and count_over_time({span}) >= {enough})"

    return _alert(
        model,
        c.TICKET_DRIFT,
        ticket,
        "\nor\n".join(f"{hour(None)} / {hour(ago)[:-1]} > 0) > {number(ticket.limit)}" for ago in (DAY, WEEK)),
        '{{ $labels.model }} drifts: p95 is {{ printf "%.1f" $value }} times what it was at this hour a day or a week ago',
        f"The median p95 of the last {baseline} against the same hour one day ago, or else one week ago.",
    )
