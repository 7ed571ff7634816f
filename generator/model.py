"""Frozen data that builders read: what is to be observed, and by components in which places.

Built once, by `resolve.py`, from a valid spec; every default is already filled in. Picklable, hashable where it matters, and
free of behaviour beyond small look-ups.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from generator.evals_model import Evals
from generator.placement import Placement


@dataclass(frozen=True)
class Duration:
    """A span of time in whole seconds that prints as Prometheus, Loki and Go write it (`90s`, `5m`, `1h`, `14d`)."""

    seconds: int

    def __str__(self) -> str:
        for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
            if self.seconds and self.seconds % size == 0:
                return f"{self.seconds // size}{unit}"
        return f"{self.seconds}s"

    @property
    def hours(self) -> str:
        """In hours, for programs such as Tempo whose durations know no days (`336h`); seconds where it is no whole hour."""
        return f"{self.seconds // 3600}h" if self.seconds % 3600 == 0 else f"{self.seconds}s"


@dataclass(frozen=True)
class Service:
    """The application: `name` is the Prometheus job and the OpenTelemetry service.name."""

    name: str
    environment: str
    endpoints: tuple[str, ...]


@dataclass(frozen=True)
class App:
    """Where metrics and logs come from; `example` runs the reference app, else the targets are the user's own."""

    example: bool
    targets: tuple[str, ...] = ()
    log_files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Price:
    """USD per million tokens, by token direction; `source` says where the numbers come from."""

    input: float
    output: float
    cache_read: float
    cache_write: float
    source: str


@dataclass(frozen=True)
class LatencyAlert:
    """Pages when a model's p95 exceeds `factor` times its baseline; `pending` is how long it must last (the rule's `for`)."""

    enabled: bool
    factor: float
    baseline: Duration
    pending: Duration
    min_requests: int
    severity: str


@dataclass(frozen=True)
class ErrorAlert:
    """Pages when more than `above` (0 to 1) of a model's calls fail, of whatever kind."""

    enabled: bool
    above: float
    pending: Duration
    min_requests: int
    severity: str


@dataclass(frozen=True)
class SpendAlert:
    """Pages when the whole service spends more than `factor` times its baseline, and at least `min_usd_per_hour`."""

    enabled: bool
    factor: float
    baseline: Duration
    pending: Duration
    min_usd_per_hour: float
    min_requests: int
    severity: str


@dataclass(frozen=True)
class Ticket:
    """An alert that people opt into; `limit` is what its own docs say: a factor, a share, or a number of verdicts."""

    enabled: bool
    pending: Duration
    severity: str
    limit: float = 0.0


@dataclass(frozen=True)
class Tickets:
    """Alerts beside the three that page; all off unless the spec asks for them."""

    signal_lost: Ticket
    unpriced: Ticket
    drift: Ticket
    pass_rate: Ticket
    pass_drop: Ticket
    judge_drift: Ticket


@dataclass(frozen=True)
class LlmModel:
    """One model that the application calls; `price` is None when no price is known. Alerts are the effective settings for it."""

    name: str
    provider: str
    price: Price | None
    latency: LatencyAlert
    errors: ErrorAlert


@dataclass(frozen=True)
class Windows:
    """Ranges that the rules look at; all at least four scrapes wide.

    `detect` is what is judged, `confirm` a shorter one that must agree, `double` a wider one that is surer, `long` one for
    models with little traffic, `offset` how far the baseline stays behind, `hold` how long a baseline is held while its
    alert is active, `gap` how long an active alert outlives its signal, `pulse` how long no scrape may arrive before that counts as a gap,
    `keep` how long an alert outlives its condition.
    """

    detect: Duration
    confirm: Duration
    double: Duration
    long: Duration
    gap: Duration
    pulse: Duration
    offset: Duration
    hold: Duration
    keep: Duration


@dataclass(frozen=True)
class Alerts:
    """Settings of the three alerts; latency and errors are the defaults that a model may override."""

    latency: LatencyAlert
    errors: ErrorAlert
    spend: SpendAlert
    tickets: Tickets
    windows: Windows
    runbook_base: str


@dataclass(frozen=True)
class ExtraPhase:
    """A stretch of an incident of the person's own; multiples of what is usual, `failing` is 0 to 1, `expect` page, silent or empty."""

    lasts: Duration
    calls: float
    slower: float
    dearer: float
    failing: float
    kind: str
    scraped: bool
    restart: bool
    expect: str
    within: Duration | None


@dataclass(frozen=True)
class ExtraProof:
    """An incident of the person's own; `alert` is the alert's name, `model` empty for the first one that it is judged by."""

    name: str
    about: str
    alert: str
    model: str
    phases: tuple[ExtraPhase, ...]


@dataclass(frozen=True)
class Receiver:
    """One way to notify people; `kind` is slack, pagerduty, webhook or email, `secret_file` is relative to the spec's folder."""

    kind: str
    secret_file: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class Logs:
    """What the telemetry kit writes per call, and how long it is kept."""

    answer_preview: int
    redact: tuple[str, ...]
    patterns: Mapping[str, str]
    retention: Duration
    blob_path: str
    capture_content: bool


@dataclass(frozen=True)
class Traces:
    """Where spans go; `sample` is the share (0 to 1) of unremarkable traces that are kept."""

    backend: str
    endpoint: str
    headers_file: str
    retention: Duration
    sample: float


@dataclass(frozen=True)
class Stack:
    """How the back ends run."""

    scrape_interval: Duration
    retention: Duration
    ports: Mapping[str, int]


@dataclass(frozen=True)
class Model:
    """Everything that builders read."""

    spec_name: str
    service: Service
    app: App
    source: str
    models: tuple[LlmModel, ...]
    alerts: Alerts
    proofs: tuple[ExtraProof, ...]
    notify: tuple[Receiver, ...]
    logs: Logs
    traces: Traces
    evals: Evals
    stack: Stack
    placement: Placement

    def placed(self, placement: Placement) -> Self:
        """The same application, observed by components that run elsewhere."""
        return replace(self, placement=placement)
