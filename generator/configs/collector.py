"""The OpenTelemetry Collector: OTLP and log files in; sampled traces, logs and span metrics out."""

from generator import conventions as c
from generator.artifact import Artifact
from generator.configs.outside import seen
from generator.judging import LOG, worker
from generator.model import Model
from generator.templating import fill

APP_LOG = "app.jsonl"
"""The reference app's log file, in its data folder."""

LIFTED = ("event", "call_id")
"""Fields of a log line that are stored beside it, so that dashboards find it by them; ids of trace and span are anyway."""

SLOW_MS = 20_000
"""From here on a call counts as slow and is kept, in milliseconds."""

LONGEST, SETTLE = 300, 10
"""How long a trace is waited for, in seconds: the longest call that the Collector's own histogram tells apart, and, once its
root span is there, twice the 5 s for which OpenTelemetry's SDKs hold back spans that ended."""

WAITING = 20_000
"""Traces that wait for a decision at once: 6 to 8 kB each with four spans, measured, of the 512 MB that the container may have."""

QUEUE_BYTES = 512 * 1024 * 1024
"""What one queue holds on disk, for spans and for log lines each; its file is up to 1.6 times as large, measured with small requests."""


def build(model: Model) -> list[Artifact]:
    """`collector/collector.yaml`, or nothing where the Collector does not run or nothing takes what it would send."""
    model = seen(model)
    placement = model.placement
    here, traces, logs = placement.get(c.COLLECTOR), _traces(model), _logs(model)
    if here is None or not (traces or logs):
        return []
    prometheus, sampled = placement[c.PROMETHEUS], bool(traces) and model.traces.sample < 1
    return [
        fill(
            model,
            "collector/collector.yaml",
            here=here,
            traces=traces,
            to_traces="otlp_http/traces" if traces == "otlp" else "otlp_grpc/traces",
            # Where all are kept nothing waits for a decision.
            sampled=sampled,
            slow_ms=SLOW_MS,
            longest=LONGEST,
            settle=SETTLE,
            num_traces=WAITING,
            queue_bytes=QUEUE_BYTES,
            logs=logs,
            log_files=_log_files(model),
            lifted=LIFTED,
            # A dollar begins a variable there.
            patterns=[pattern.replace("$", "$$") for pattern in model.logs.patterns.values()],
            prometheus=prometheus,
            # Prometheus takes OTLP since 3.0.
            otlp_metrics=prometheus.version >= (3, 0, 0),
        )
    ]


def _log_files(model: Model) -> list[str]:
    app, judge = model.placement.get(c.APP), worker(model)
    own = [f"{app.data}/{APP_LOG}"] if app else list(model.app.log_files)
    return own + ([f"{judge.data}/{LOG}"] if judge else [])


def _traces(model: Model) -> str:
    """`otlp` for an endpoint of the person's own, else host:port of what takes OTLP over gRPC here."""
    if model.traces.backend == "otlp" or model.traces.endpoint:
        return "otlp"
    store = model.placement.traces
    return model.placement[store].address("otlp_grpc") if store else ""


def _logs(model: Model) -> str:
    """Where the store of logs takes OTLP over HTTP."""
    loki, victoria = model.placement.get(c.LOKI), model.placement.get(c.VICTORIA_LOGS)
    if loki:
        return f"http://{loki.address()}/otlp/v1/logs"
    return f"http://{victoria.address()}/insert/opentelemetry/v1/logs" if victoria else ""
