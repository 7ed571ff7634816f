"""How each peer is started: as its documentation says, texts captured, everything sent to the sink."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.overhead import sdk


@dataclass(frozen=True)
class Observed:
    """A subject at work: `client` is made when it has started, `flush` returns when nothing is left to send."""

    client: Any
    ask: Callable[[Any, str, str], Any] = sdk.ask
    flush: Callable[[], object] = lambda: None


def nothing(_sink: str, _folder: Path) -> Observed:
    """The SDK alone."""
    return Observed(sdk.client())


def opentelemetry(sink: str, _folder: Path) -> Observed:
    """Spans with texts, metrics; the README asks for logging to be set up too."""
    os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "span_only"
    _tracing(sink)
    _metering()
    _logging()
    import_module("opentelemetry.instrumentation.genai.openai").OpenAIInstrumentor().instrument()
    return Observed(sdk.client(), flush=_flush)


def openllmetry(sink: str, _folder: Path) -> Observed:
    """Spans with texts and metrics, which is its default; without its SDK there is nothing that reports home."""
    _tracing(sink)
    _metering()
    import_module("opentelemetry.instrumentation.openai").OpenAIInstrumentor().instrument()
    return Observed(sdk.client(), flush=_flush)


def openinference(sink: str, _folder: Path) -> Observed:
    """Spans with texts; its quickstart sends each span before the call returns, here they go in batches as the others' do."""
    provider = _tracing(sink)
    import_module("openinference.instrumentation.openai").OpenAIInstrumentor().instrument(tracer_provider=provider)
    return Observed(sdk.client(), flush=_flush)


def langfuse(sink: str, _folder: Path) -> Observed:
    """Its replacement of the SDK's module, with its own exporter."""
    os.environ |= {"LANGFUSE_PUBLIC_KEY": "pk-lf-1", "LANGFUSE_SECRET_KEY": "sk-lf-1", "LANGFUSE_BASE_URL": sink}
    import_module("langfuse.openai")
    own = import_module("langfuse").get_client()
    return Observed(sdk.client(), flush=own.flush)


def openlit(sink: str, folder: Path) -> Observed:
    """One call of `init`; prices come from a file, because it would fetch them from GitHub otherwise."""
    prices = folder / "openlit-prices.json"
    prices.write_text(json.dumps({"chat": {sdk.MODEL: {"promptPrice": 0.00015, "completionPrice": 0.0006}}}), "utf-8")
    import_module("openlit").init(otlp_endpoint=sink, pricing_json=str(prices))
    return Observed(sdk.client(), flush=_flush)


def _tracing(sink: str) -> Any:
    os.environ |= {"OTEL_EXPORTER_OTLP_ENDPOINT": sink, "OTEL_SERVICE_NAME": "overhead"}
    trace = import_module("opentelemetry.sdk.trace")
    exporter = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter").OTLPSpanExporter()
    provider = trace.TracerProvider()
    provider.add_span_processor(import_module("opentelemetry.sdk.trace.export").BatchSpanProcessor(exporter))
    import_module("opentelemetry.trace").set_tracer_provider(provider)
    return provider


def _metering() -> None:
    exporter = import_module("opentelemetry.exporter.otlp.proto.http.metric_exporter").OTLPMetricExporter()
    reader = import_module("opentelemetry.sdk.metrics.export").PeriodicExportingMetricReader(exporter)
    provider = import_module("opentelemetry.sdk.metrics").MeterProvider([reader])
    import_module("opentelemetry.metrics").set_meter_provider(provider)


def _logging() -> None:
    exporter = import_module("opentelemetry.exporter.otlp.proto.http._log_exporter").OTLPLogExporter()
    provider = import_module("opentelemetry.sdk._logs").LoggerProvider()
    provider.add_log_record_processor(import_module("opentelemetry.sdk._logs.export").BatchLogRecordProcessor(exporter))
    import_module("opentelemetry._logs").set_logger_provider(provider)


def _flush() -> None:
    """Spans and records; metrics go once a minute whatever the number of calls, so a block is not charged with them."""
    import_module("opentelemetry.trace").get_tracer_provider().force_flush()
    records = import_module("opentelemetry._logs").get_logger_provider()
    if hasattr(records, "force_flush"):
        records.force_flush()
