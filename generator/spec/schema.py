"""The schema of spec.yaml: its top level and everything but alerts, evals and proofs."""

from typing import Literal

from generator import conventions as c
from generator.spec import names
from generator.spec.alerts import Alerts, ModelAlerts
from generator.spec.evals import Evals
from generator.spec.fields import Section, about, duration, named, named_patterns, ratio, whole
from generator.spec.price import Price
from generator.spec.proofs import Proofs

_APP = "app/contract.json"
_PORT = whole(1, 65535)


class Service(Section):
    """The application."""

    name: named(names.SERVICE) = about(
        "Prometheus job and OpenTelemetry service.name.", lands="everywhere", example="support-bot"
    )
    environment: named(names.SERVICE) = about(
        "deployment.environment.name of logs and traces.", lands=_APP, default="local"
    )
    endpoints: list[named(names.ENDPOINT)] = about(
        "What people call; one label value each.",
        lands=f"{_APP}, dashboards",
        default=["chat"],
        example=["chat", "search"],
        min_length=1,
    )


class LlmModel(Section):
    """One model that the application calls."""

    name: named(names.MODEL) = about(
        "As the application sends it to the provider.", lands="everywhere", example="gpt-4o-mini"
    )
    provider: named(names.PROVIDER) = about(
        "Who serves it; decides the SDK and the price list.", lands=_APP, example="openai"
    )
    price: Price | None = about("Instead of the list price.", lands=_APP, default=None)
    alerts: ModelAlerts = about("Settings of this model's alerts.", lands="prometheus/rules/", default=ModelAlerts())


class AppTargets(Section):
    """Your own application."""

    targets: list[named(names.TARGET)] = about(
        "Where Prometheus scrapes it.", lands="prometheus/prometheus.yml", example=["app:8000"], min_length=1
    )
    log_files: list[named(names.FILE)] = about(
        "JSON lines that the Collector ships; globs are not allowed.",
        lands="collector/collector.yaml",
        default=[],
        example=["/var/log/app.jsonl"],
    )


class Slack(Section):
    """Slack by incoming webhook."""

    webhook_file: named(names.FILE) = about(
        "File that holds the webhook's URL.", lands="alertmanager/alertmanager.yml", example="secrets/slack"
    )
    channel: named(names.CHANNEL) | None = about(
        "Instead of the webhook's own channel.", lands="alertmanager/alertmanager.yml", default=None
    )


class PagerDuty(Section):
    """PagerDuty by Events API v2."""

    routing_key_file: named(names.FILE) = about(
        "File that holds the integration key.", lands="alertmanager/alertmanager.yml", example="secrets/pagerduty"
    )


class Webhook(Section):
    """Any HTTP endpoint that takes Alertmanager's JSON."""

    url_file: named(names.FILE) = about(
        "File that holds the URL.", lands="alertmanager/alertmanager.yml", example="secrets/webhook"
    )


class Email(Section):
    """Mail by SMTP with TLS."""

    to: named(names.MAIL) = about("Recipient.", lands="alertmanager/alertmanager.yml", example="oncall@example.org")
    from_: named(names.MAIL) = about(
        "Sender.", lands="alertmanager/alertmanager.yml", alias="from", example="alerts@example.org"
    )
    smarthost: named(names.SMARTHOST) = about(
        "SMTP server with port.", lands="alertmanager/alertmanager.yml", example="smtp.example.org:587"
    )
    username: named(names.MAIL) | None = about(
        "For SMTP authentication.", lands="alertmanager/alertmanager.yml", default=None
    )
    password_file: named(names.FILE) | None = about(
        "File that holds the password.", lands="alertmanager/alertmanager.yml", default=None
    )


class Notify(Section):
    """Whom to tell; nobody: alerts show in Alertmanager and on the page only."""

    slack: Slack | None = about("A Slack channel.", lands="alertmanager/alertmanager.yml", default=None)
    pagerduty: PagerDuty | None = about("A PagerDuty service.", lands="alertmanager/alertmanager.yml", default=None)
    webhook: Webhook | None = about("An HTTP endpoint.", lands="alertmanager/alertmanager.yml", default=None)
    email: Email | None = about("A mailbox.", lands="alertmanager/alertmanager.yml", default=None)


class Blobs(Section):
    """Where full questions and answers go."""

    path: named(names.URL) = about(
        "A folder, or a URL that fsspec knows.", lands=_APP, default=".data/blobs", example="s3://bucket/calls"
    )


class Logs(Section):
    """What is written per call, and for how long."""

    answer_preview: whole(0, 10_000) = about("Characters of the answer in the log line.", lands=_APP, default=200)
    redact: list[Literal["email", "phone", "card", "key", "iban", "ip"]] = about(
        "What is replaced by a mark before anything leaves the process.",
        lands=_APP,
        default=["email", "phone", "card", "key"],
    )
    patterns: named_patterns(names.PATTERN) = about(
        "What else is, by a mark of its own name: regular expressions.",
        lands=f"{_APP}, collector/collector.yaml",
        default={},
        example={"employee": r"E-\d{6}"},
    )
    retention: duration("1d", "3650d") = about(
        "How long Loki keeps lines; at least a day.", lands="loki/loki.yaml", default=14 * 86400, example="14d"
    )
    blobs: Blobs = about("Full texts, keyed by call_id.", lands=_APP, default=Blobs())
    capture_content: bool = about(
        "Whether texts are kept at all; off: hashes and lengths only.", lands=_APP, default=True
    )


class Traces(Section):
    """Where spans go."""

    backend: Literal["tempo", "jaeger", "otlp"] = about(
        "Who stores traces.", lands="collector/collector.yaml", default="tempo"
    )
    endpoint: named(names.URL) | None = about(
        "OTLP/HTTP endpoint, for `otlp` and `jaeger`.",
        lands="collector/collector.yaml",
        default=None,
        example="https://otlp.example.org",
    )
    headers_file: named(names.FILE) | None = about(
        "File with the headers that the endpoint wants, `name: value` a line.",
        lands="collector/collector.yaml",
        default=None,
        example="secrets/traces",
    )
    retention: duration("1h", "365d") = about(
        "How long Tempo keeps traces.", lands="tempo/tempo.yaml", default=7 * 86400, example="7d"
    )
    sample: ratio(zero=False) = about(
        "Share of unremarkable traces that is kept; errors and slow ones always are.",
        lands="collector/collector.yaml",
        default=1.0,
        example="100%",
    )


class Ports(Section):
    """Host ports on 127.0.0.1."""

    grafana: _PORT = about("Grafana.", lands="compose.yaml", default=c.DEFAULT_PORTS["grafana"])
    prometheus: _PORT = about("Prometheus.", lands="compose.yaml", default=c.DEFAULT_PORTS["prometheus"])
    alertmanager: _PORT = about("Alertmanager.", lands="compose.yaml", default=c.DEFAULT_PORTS["alertmanager"])
    tempo: _PORT = about("Tempo.", lands="compose.yaml", default=c.DEFAULT_PORTS["tempo"])
    jaeger: _PORT = about("Jaeger.", lands="compose.yaml", default=c.DEFAULT_PORTS["jaeger"])
    loki: _PORT = about("Loki.", lands="compose.yaml", default=c.DEFAULT_PORTS["loki"])
    victorialogs: _PORT = about(
        "VictoriaLogs, which stands in for Loki.", lands="nowhere", default=c.DEFAULT_PORTS["victorialogs"]
    )
    otlp_grpc: _PORT = about("Collector, OTLP over gRPC.", lands="compose.yaml", default=c.DEFAULT_PORTS["otlp_grpc"])
    otlp_http: _PORT = about("Collector, OTLP over HTTP.", lands="compose.yaml", default=c.DEFAULT_PORTS["otlp_http"])
    collector: _PORT = about("Collector, its own metrics.", lands="compose.yaml", default=c.DEFAULT_PORTS["collector"])
    app: _PORT = about("The reference app.", lands="compose.yaml", default=c.DEFAULT_PORTS["app"])
    simulator: _PORT = about("The model simulator.", lands="compose.yaml", default=c.DEFAULT_PORTS["simulator"])
    evals: _PORT = about("The evals worker.", lands="compose.yaml", default=c.DEFAULT_PORTS["evals"])
    internal: whole(1024, 65_526) = about(
        "First of ten ports that components use among each other, without Docker.",
        lands="nowhere",
        default=c.DEFAULT_PORTS["internal"],
    )


class Stack(Section):
    """How the back ends run."""

    scrape_interval: duration("1s", "5m") = about(
        "How often metrics are read and rules evaluated.", lands="prometheus/, grafana/", default=15, example="15s"
    )
    retention: duration("1h", "3650d") = about(
        "How long Prometheus keeps metrics.", lands="prometheus/prometheus.yml", default=15 * 86400, example="15d"
    )
    ports: Ports = about("Host ports, all on 127.0.0.1.", lands="compose.yaml", default=Ports())


class Spec(Section):
    """One LLM application and how it is observed."""

    version: Literal[1] = about("Version of this format.", lands="nowhere", default=1)
    service: Service = about("The application.", lands="everywhere")
    app: Literal["example"] | AppTargets = about(
        "`example` for the reference app, or your own application's targets.",
        lands="prometheus/, compose.yaml",
        default="example",
    )
    source: Literal["kit"] = about(
        "Which metric names the application speaks.", lands="prometheus/rules/", default="kit"
    )
    models: list[LlmModel] = about("The models that it calls.", lands="everywhere", min_length=1)
    alerts: Alerts = about("The three alerts.", lands="prometheus/rules/, prometheus/tests/", default=Alerts())
    proofs: Proofs = about(
        "Incidents of your own that the alerts are proven with.", lands="prometheus/tests/", default=Proofs()
    )
    notify: Notify = about("Whom to tell.", lands="alertmanager/alertmanager.yml", default=Notify())
    logs: Logs = about("Log lines and full texts.", lands="app/contract.json, loki/loki.yaml", default=Logs())
    traces: Traces = about("Traces.", lands="collector/, tempo/", default=Traces())
    evals: Evals = about("Judged samples.", lands="app/contract.json", default=Evals())
    stack: Stack = about("How the back ends run.", lands="everywhere", default=Stack())
