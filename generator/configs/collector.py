"""The OpenTelemetry Collector: OTLP and log files in; sampled traces, logs and span metrics out."""

from generator import conventions as c
from generator.artifact import Artifact
from generator.model import Model
from generator.templating import fill

APP_LOG = "app.jsonl"
"""The reference app's log file, in its data folder."""


def build(model: Model) -> list[Artifact]:
    """`collector/collector.yaml`, or nothing where the Collector does not run or has nowhere to send traces to."""
    placement = model.placement
    here, traces = placement.get(c.COLLECTOR), _traces(model)
    if here is None or not traces:
        return []
    app = placement.get(c.APP)
    log_files = [f"{app.data}/{APP_LOG}"] if app else list(model.app.log_files)
    prometheus = placement[c.PROMETHEUS]
    return [
        fill(
            model,
            "collector/collector.yaml",
            here=here,
            traces=traces,
            loki=placement.get(c.LOKI),
            log_files=log_files,
            # Prometheus takes OTLP since 3.0.
            span_metrics=prometheus if prometheus.version >= (3, 0, 0) else None,
        )
    ]


def _traces(model: Model) -> str:
    """`otlp` for an endpoint of the person's own, else host:port of what takes OTLP over gRPC here."""
    if model.traces.backend == "otlp" or model.traces.endpoint:
        return "otlp"
    tempo = model.placement.get(c.TEMPO)
    return tempo.address("otlp_grpc") if tempo else ""
