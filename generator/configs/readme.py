"""The README of the rendered folder: what is where, what is measured, which secrets are needed."""

from generator import conventions as c
from generator.artifact import Artifact, notice
from generator.judging import worker
from generator.model import Model
from generator.page.build import QUALITY
from generator.sources.registry import SOURCES
from generator.templating import fill

_FILES = (
    ("prometheus/prometheus.yml", "what Prometheus scrapes and whom it tells"),
    ("prometheus/rules/canonical.yml", "raw metrics -> the series that panels show"),
    ("prometheus/rules", "beside it a file an alert: what it compares, and when it fires"),
    ("prometheus/tests", "promtool tests that prove them"),
    ("prometheus/consoles", "two pages served by Prometheus: the four golden signals, and the quality of answers"),
    ("alertmanager/alertmanager.yml", "who is told, and how alerts are grouped"),
    ("grafana", "data sources and three dashboards"),
    ("tempo/tempo.yaml", "traces"),
    ("loki/loki.yaml", "logs"),
    ("collector/collector.yaml", "OpenTelemetry Collector: OTLP and log files in, traces and logs out"),
    ("compose.yaml", "the whole stack in containers"),
    ("app/contract.json", "what the application's telemetry kit reads: names, labels, buckets, prices"),
    ("app/log.schema.json", "JSON Schema of a log line"),
    ("spec.schema.json", "JSON Schema of the spec, for editors"),
)
_SIGNALS = ("spend", "tokens", "ttft_buckets", "unpriced", "outcomes", "evals")


def build(model: Model) -> list[Artifact]:
    """`README.md`."""
    source = SOURCES[model.source]
    pages = f"{model.placement[c.PROMETHEUS].url}/consoles"
    urls = [("the four golden signals, served by Prometheus", f"{pages}/{c.PAGE}")]
    if source.evals is not None:
        urls.append(("the quality of answers, served by Prometheus", f"{pages}/{QUALITY}"))
    hidden = {c.SIMULATOR} if worker(model) else {c.SIMULATOR, c.EVALS}
    urls += [(name, place.url) for name, place in model.placement.places.items() if name not in hidden]
    missing = [signal for signal in _SIGNALS if getattr(source, signal) is None]
    return [fill(model, "README.md", notice=notice(model.spec_name), urls=urls, files=_FILES, missing=missing)]
