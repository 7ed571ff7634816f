"""Spec -> Model: every default filled in, every price looked up, every window derived."""

from typing import Any

from generator import conventions as c
from generator.model import (
    Alerts,
    App,
    Duration,
    ErrorAlert,
    ExtraPhase,
    ExtraProof,
    LatencyAlert,
    LlmModel,
    Logs,
    Model,
    Receiver,
    Service,
    SpendAlert,
    Stack,
    Ticket,
    Tickets,
    Traces,
    Windows,
)
from generator.placement import Placement, compose_placement
from generator.resolve_evals import evals, price_of
from generator.spec import alerts as alert_spec
from generator.spec import proofs as proof_spec
from generator.spec import schema
from generator.spec.fields import Section
from generator.spec.schema import Spec


def resolve(spec: Spec, *, spec_name: str, placement: Placement | None = None) -> Model:
    """The model of a valid spec; without a placement, of its Compose form."""
    ports = spec.stack.ports.model_dump()
    example = spec.app == "example"
    return Model(
        spec_name=spec_name,
        service=Service(spec.service.name, spec.service.environment, tuple(spec.service.endpoints)),
        app=App(True) if isinstance(spec.app, str) else App(False, tuple(spec.app.targets), tuple(spec.app.log_files)),
        source=spec.source,
        models=tuple(_model(llm, spec.alerts) for llm in spec.models),
        alerts=_alerts(spec),
        proofs=tuple(_proof(one) for one in spec.proofs.extra),
        notify=_receivers(spec.notify),
        logs=Logs(
            spec.logs.answer_preview,
            tuple(spec.logs.redact),
            dict(spec.logs.patterns),
            Duration(spec.logs.retention),
            spec.logs.blobs.path,
            spec.logs.capture_content,
        ),
        traces=Traces(
            spec.traces.backend,
            spec.traces.endpoint or "",
            spec.traces.headers_file or "",
            Duration(spec.traces.retention),
            spec.traces.sample,
        ),
        evals=evals(spec),
        stack=Stack(Duration(spec.stack.scrape_interval), Duration(spec.stack.retention), ports),
        placement=placement or compose_placement(ports, example_app=example, traces=_store(spec)),
    )


def _store(spec: Spec) -> str:
    """The component that stores traces in the Compose form; empty where they go to an endpoint of the person's own."""
    if spec.traces.endpoint or spec.traces.backend == "otlp":
        return ""
    return c.JAEGER if spec.traces.backend == "jaeger" else c.TEMPO


def _alerts(spec: Spec) -> Alerts:
    spend = spec.alerts.spend
    return Alerts(
        latency=_latency(spec.alerts.latency),
        errors=_errors(spec.alerts.errors),
        spend=SpendAlert(
            spend.enabled,
            spend.factor,
            Duration(spend.baseline),
            Duration(spend.for_),
            spend.min_usd_per_hour,
            spend.min_requests,
            spend.severity,
        ),
        tickets=_tickets(spec.alerts),
        windows=windows(spec.alerts.window, spec.alerts.hold, spec.stack.scrape_interval),
        runbook_base=spec.alerts.runbooks,
    )


_ALERTS = {"latency": c.ALERT_LATENCY, "errors": c.ALERT_ERRORS, "spend": c.ALERT_SPEND}


def _proof(one: proof_spec.Extra) -> ExtraProof:
    phases = tuple(
        ExtraPhase(
            Duration(phase.for_), phase.calls, phase.slower, phase.dearer, phase.failing, phase.kind, phase.scraped,
            phase.restart, phase.expect or "", Duration(phase.within) if phase.within else None,
        )
        for phase in one.phases
    )  # fmt: skip
    return ExtraProof(one.name, one.about_, _ALERTS[one.alert], one.model or "", phases)


def _tickets(alerts: alert_spec.Alerts) -> Tickets:
    lost, unpriced, drift = alerts.signal_lost, alerts.unpriced, alerts.drift
    low, drop, judge = alerts.pass_rate, alerts.pass_drop, alerts.judge_drift
    return Tickets(
        Ticket(lost.enabled, Duration(lost.for_), lost.severity),
        Ticket(unpriced.enabled, Duration(unpriced.for_), unpriced.severity),
        Ticket(drift.enabled, Duration(drift.for_), drift.severity, drift.factor),
        Ticket(low.enabled, Duration(low.for_), low.severity, low.min_verdicts),
        Ticket(drop.enabled, Duration(drop.for_), drop.severity, drop.min_drop),
        Ticket(judge.enabled, Duration(judge.for_), judge.severity, judge.max_changed),
    )


def windows(detect: int, hold: int, scrape: int) -> Windows:
    """All ranges from the judged one, in seconds; none holds fewer than four scrapes, so that a rate has its samples."""
    least = 4 * scrape
    detect = max(detect, least)
    confirm = max(detect * 2 // 5, least)
    return Windows(
        detect=Duration(detect),
        confirm=Duration(confirm),
        double=Duration(2 * detect),
        long=Duration(12 * detect),
        gap=Duration(3 * detect),
        # A gap must be noticed while the judged range still holds the two samples that a rate needs.
        pulse=Duration(min(least, detect - 2 * scrape)),
        offset=Duration(2 * detect),
        hold=Duration(hold),
        keep=Duration(detect),
    )


def _latency(setting: alert_spec.Latency, own: alert_spec.LatencyOverride | None = None) -> LatencyAlert:
    merged = _merged(setting, own)
    return LatencyAlert(
        merged["enabled"],
        merged["factor"],
        Duration(merged["baseline"]),
        Duration(merged["for_"]),
        merged["min_requests"],
        merged["severity"],
    )


def _errors(setting: alert_spec.Errors, own: alert_spec.ErrorsOverride | None = None) -> ErrorAlert:
    merged = _merged(setting, own)
    return ErrorAlert(
        merged["enabled"], merged["above"], Duration(merged["for_"]), merged["min_requests"], merged["severity"]
    )


def _merged(setting: Section, own: Section | None) -> dict[str, Any]:
    changes: dict[str, Any] = own.model_dump(exclude_none=True) if own else {}
    return {**setting.model_dump(), **changes}


def _model(llm: schema.LlmModel, alerts: alert_spec.Alerts) -> LlmModel:
    return LlmModel(
        name=llm.name,
        provider=llm.provider,
        price=price_of(llm.price, llm.provider, llm.name),
        latency=_latency(alerts.latency, llm.alerts.latency),
        errors=_errors(alerts.errors, llm.alerts.errors),
    )


def _receivers(notify: schema.Notify) -> tuple[Receiver, ...]:
    found = []
    if notify.slack:
        channel = notify.slack.channel
        found.append(Receiver("slack", notify.slack.webhook_file, {"channel": channel} if channel else {}))
    if notify.pagerduty:
        found.append(Receiver("pagerduty", notify.pagerduty.routing_key_file, {}))
    if notify.webhook:
        found.append(Receiver("webhook", notify.webhook.url_file, {}))
    if notify.email:
        mail = notify.email
        options = {"to": mail.to, "from": mail.from_, "smarthost": mail.smarthost, "username": mail.username or ""}
        found.append(Receiver("email", mail.password_file or "", options))
    return tuple(found)
