"""Spans by OTLP/HTTP, exported in batches behind the request; without an endpoint they only give ids."""

import logging
import os

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

from app.telemetry.contract import Contract


class Spans:
    """A tracer of this application's own: nothing global is set."""

    def __init__(self, contract: Contract, endpoint: str | None = None) -> None:
        service = contract.data["service"]
        names = {"service.name": service["name"], "deployment.environment.name": service["environment"]}
        self._provider = TracerProvider(resource=Resource.create(names), shutdown_on_exit=False)
        endpoint = endpoint or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
        if endpoint:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            # A back end that is down must not fill the application's own log.
            logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
            exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=3)
            self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))

    @property
    def tracer(self) -> Tracer:
        """Starts spans."""
        return self._provider.get_tracer("telemetry-kit")

    def flush(self) -> None:
        """Send what is waiting, within seconds."""
        self._provider.force_flush(2000)

    def close(self) -> None:
        """Flush, then stop."""
        self.flush()
        self._provider.shutdown()
