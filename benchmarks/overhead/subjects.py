"""What is measured, and the versions of it: the only place that pins them."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
OPENAI = "3.57.0"
"""The newest SDK; a peer that does not go with it gets the newest one that it allows, and a baseline of its own."""
_OTEL = ("opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2")
_KIT = ("-r", str(ROOT / "requirements" / "run.txt"))


@dataclass(frozen=True)
class Subject:
    """`name` is what `--only` takes; `package` is the one whose version is told; a `part` is measured in calls only."""

    name: str
    title: str
    packages: tuple[str, ...]
    package: str = ""
    part: bool = False


SUBJECTS = (
    Subject("kit", "kit: metrics, log, redaction, span", _KIT),
    Subject("kit-metrics", "kit, metrics and price alone", _KIT, part=True),
    Subject("kit-log", "kit, metrics and log", _KIT, part=True),
    Subject("kit-redaction", "kit, metrics, log, redaction", _KIT, part=True),
    Subject("kit-blobs", "kit, all of it and full texts", _KIT, part=True),
    Subject("kit-client", "kit, around the client", _KIT, part=True),
    Subject(
        "opentelemetry",
        "OpenTelemetry's own",
        ("opentelemetry-instrumentation-genai-openai==1.3b0", *_OTEL),
        "opentelemetry-instrumentation-genai-openai",
    ),
    Subject(
        "openllmetry",
        "OpenLLMetry",
        ("opentelemetry-instrumentation-openai==0.62.4", *_OTEL),
        "opentelemetry-instrumentation-openai",
    ),
    Subject(
        "openinference",
        "OpenInference",
        ("openinference-instrumentation-openai==0.1.66", *_OTEL),
        "openinference-instrumentation-openai",
    ),
    Subject("langfuse", "Langfuse", ("langfuse==5.0.4",), "langfuse"),
    Subject("openlit", "OpenLIT", ("openlit==1.45.0",), "openlit"),
)
BASELINE = "nothing"
