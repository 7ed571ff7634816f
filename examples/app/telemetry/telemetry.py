"""Everything that a process needs to observe its calls: one object, made once from the rendered contract."""

import atexit
import contextlib
import os
import time
import weakref
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, Literal

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from .behind import ODD, Dropped
from .blobs import store
from .call import OK, Call
from .contract import Contract
from .cost import cost_usd
from .export import Exporter
from .journal import Journal
from .keep import Keep
from .logs import Log, Texts
from .metrics import Metrics
from .observation import Observation
from .redact import Redactor
from .spans import Span, Spans

_W3C = TraceContextTextMapPropagator()


class Telemetry:
    """Log, spans and metrics of this process; `otlp` is an OTLP/HTTP address, by default OpenTelemetry's variables'. Raises OSError for a log file that cannot be opened.

    >>> telemetry = Telemetry(contract, log_file=Path("app.jsonl"))
    >>> with telemetry.call(endpoint="chat", model="gpt-4o-mini", question="What is a baseline?") as call:
    ...     call.answered("A median of the recent past.", {"input": 12, "output": 7})
    >>> call.cost_usd
    6e-06
    """

    def __init__(
        self, contract: Contract, *, log_file: Path | str | None = None, blobs: Path | str | None = None, otlp: str | None = None
    ) -> None:  # fmt: skip
        logs = contract.data["logs"]
        self.contract = contract
        self.mistakes = 0
        """Of the wrappers around clients."""
        self.end_listeners: tuple[Callable[[Call], None], ...] = ()
        self.metrics = Metrics(contract)
        self.clean = Redactor(logs["redact"], logs.get("patterns", {}))
        self._dropped = Dropped(lambda part, number: self.metrics["dropped"].labels(part).inc(number))
        kept = store(str(blobs)) if blobs is not None and logs["capture_content"] else None
        self.keep = Keep(
            self._dropped,
            Journal(None if log_file is None else Path(log_file)),
            Log(contract, self.clean),
            kept,
            self.metrics,
        )
        self.keep.retain(logs.get("retention_seconds"))
        address = _traces_address(otlp)
        self.exporter = Exporter(address, _resource(contract), self._dropped) if address else None
        self.spans = Spans(self.exporter or _nowhere, self.clean)
        _LIVE.add(self)

    @property
    def failures(self) -> int:
        """The kit's own mistakes so far, and its listeners', none of which reached a call.

        >>> Telemetry(contract, log_file="other.jsonl").failures
        0
        """
        return self.mistakes + self._dropped.mistakes

    def mistake(self, part: str, error: Exception) -> None:
        """Count a mistake of the kit's own that cost a `log` line, a `span`, a `metric` or a `listener` its call; raise it where TELEMETRY_DEBUG is set.

        >>> telemetry.mistake("listener", ValueError("a listener of mine"))
        """
        self._dropped.mistake(part, error)
        if os.environ.get("TELEMETRY_DEBUG"):
            raise error

    def odd(self, part: str, number: int = 1) -> None:
        """Count names that the contract does not know, and numbers that are none, which are left out.

        >>> telemetry.odd("metric")
        """
        self._dropped(part, number, ODD)

    def call(self, **known: Any) -> Observation:
        """Observe one call, as `with` or `async with`; the arguments are Call's fields. The caller's own exceptions pass through.

        >>> with telemetry.call(endpoint="chat", model="gpt-4o-mini", user_id="u-17") as call:
        ...     call.failed("refusal")
        """
        return Observation(self, Call(**known))

    @contextlib.contextmanager
    def span(
        self, name: str, attributes: Mapping[str, Any] | None = None, kind: SpanKind = SpanKind.INTERNAL
    ) -> Generator[Span, None, None]:
        """A span below the current one.

        >>> with telemetry.span("llm.retrieve") as span:
        ...     span.set_attribute("chunks.count", 4)
        """
        with self.spans.current(name, attributes, kind) as span:
            yield span

    @contextlib.contextmanager
    def continued(self, headers: Mapping[str, str]) -> Generator[None, None, None]:
        """Go on with the trace that a request's headers carry (W3C `traceparent`), if they do; with the current span, where that one does so already.

        >>> with telemetry.continued({"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}), telemetry.span("llm.ask") as span:
        ...     f"{span.context.trace_id:x}"
        'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
        """
        token = contexts.attach(self._upstream({name.lower(): value for name, value in headers.items()}))
        try:
            yield
        finally:
            contexts.detach(token)

    def _upstream(self, headers: Mapping[str, str]) -> contexts.Context:
        here = contexts.get_current()
        found = _W3C.extract(headers, here)
        above, around = (trace.get_current_span(one).get_span_context() for one in (found, here))
        # Whatever else observes this request may have begun a span of the same trace: that one is nearer.
        if not above.is_valid or (around.is_valid and around.trace_id == above.trace_id):
            return here
        state = self.spans.clean.state(above.trace_state)
        known = trace.SpanContext(above.trace_id, above.span_id, above.is_remote, above.trace_flags, state)
        return trace.set_span_in_context(trace.NonRecordingSpan(known), found)

    def headers(self) -> dict[str, str]:
        """The current trace as headers for a request of your own (W3C `traceparent`, and of `tracestate` what holds nothing personal).

        >>> with telemetry.span("llm.ask"):
        ...     list(telemetry.headers())
        ['traceparent']
        """
        found: dict[str, str] = {}
        _W3C.inject(found)
        if found.pop("tracestate", None):
            # The current span may be somebody else's, with whatever came from upstream.
            state = self.spans.clean.state(trace.get_current_span().get_span_context().trace_state)
            found |= {"tracestate": state.to_header()} if state else {}
        return found

    def outcome(
        self, call_id: str, *, thumbs: Literal["up", "down"] | None = None, retry: bool = False, abandoned: bool = False
    ) -> None:  # fmt: skip
        """What somebody did with the answer of a call: an event joined by its id, and a counter.

        >>> telemetry.outcome(call.call_id, thumbs="up")
        """
        self.keep.told(call_id, {"thumbs": thumbs, "retry": retry or None, "abandoned": abandoned or None})

    def evaluated(
        self, call_id: str, dimension: str, label: Literal["pass", "fail", "error"], *, score: float | None = None, explanation: str | None = None,
        probability: float = 1.0,
    ) -> None:  # fmt: skip
        """What a judge found, as an event joined by the call's id, and counters; the explanation is redacted.

        `probability` is the one with which this answer was chosen to be judged, so that 1 / probability is for how many it stands
        (Horvitz and Thompson, 1952). One that is none, 0 or more than 1, has no weight.

        >>> telemetry.evaluated(call.call_id, "groundedness", "pass", explanation="every sentence is in a passage")
        """
        said = None if explanation is None else self.clean(explanation)
        verdict = {"name": dimension, "score.label": label, "score.value": score, "explanation": said}
        self.keep.judged(call_id, verdict, 1.0 / probability if 0 < probability <= 1 else 0.0)

    def on_end(self, listener: Callable[[Call], None]) -> None:
        """Call this with each call that has ended, at once: it should take microseconds. What it raises is counted, and reaches nobody.

        >>> slow = []
        >>> telemetry.on_end(lambda call: slow.append(call.call_id) if (call.latency_ms or 0) > 10_000 else None)
        """
        self.end_listeners = (*self.end_listeners, listener)

    def on_outcome(self, listener: Callable[[Call, Mapping[str, Any]], None]) -> None:
        """Call this with each outcome (`thumbs`, `retry`, `abandoned`), in the thread behind; of a call that is not remembered only the id is known.

        >>> disliked = []
        >>> telemetry.on_outcome(lambda call, outcome: disliked.append(call.call_id) if outcome["thumbs"] == "down" else None)
        """
        self.keep.outcome_listeners = (*self.keep.outcome_listeners, listener)

    def redacted(self, call: Call) -> Texts:
        """Question, answer and passages of a call without what should not leave the process; all empty where content is not to be kept.

        >>> telemetry.redacted(Call(endpoint="chat", model="gpt-4o-mini", question="I am ada@example.org")).question
        'I am [redacted:email]'
        """
        return self.keep.redacted(call)

    def texts(self, call_id: str, then: Callable[[dict[str, Any] | None], None]) -> None:
        """Give the stored texts of a call to `then`, soon and in another thread; None where there are none, or no longer.

        >>> found = []
        >>> telemetry.texts(call.call_id, found.append)
        """
        self.keep.texts(call_id, then)

    def priced(self, call: Call) -> float | None:
        """What a call cost, in USD; None where no price is known.

        >>> telemetry.priced(Call(endpoint="chat", model="gpt-4o-mini", tokens={"input": 1_000_000}))
        0.15
        """
        # What was said and not counted is not free: an answer without usage, a stream that was cut off or left.
        if "output" not in call.tokens and (call.answer or call.abandoned):
            return None
        if not call.tokens:
            return None if call.status == OK else 0.0
        return cost_usd(self.contract, call.model, call.tokens, call.tier, call.long_cache_writes)

    def flush(self, seconds: float = 2.0) -> None:
        """Return once everything so far is written and sent, or after so many seconds.

        >>> telemetry.flush(seconds=1)
        """
        deadline = time.monotonic() + seconds
        self.keep.flush(seconds)
        if self.exporter:
            self.exporter.flush(max(0.0, deadline - time.monotonic()))

    def close(self, seconds: float = 2.0) -> None:
        """Write and send what is waiting, as far as it can be done within so many seconds; what is left is counted as dropped.

        It is called when the process ends, too.

        >>> other = Telemetry(contract, log_file="other.jsonl")
        >>> other.close(seconds=1)
        """
        _LIVE.discard(self)
        deadline = time.monotonic() + seconds
        # The log first: it is a file, and waits for nobody else.
        self.keep.close(time.monotonic() + seconds / 2)
        if self.exporter:
            self.exporter.close(deadline)
        self._dropped.say()

    def restart(self) -> None:
        """In a process that was forked off: threads do not go on there by themselves. `os.fork` calls it; who makes processes otherwise calls it first.

        >>> other = Telemetry(contract, log_file="other.jsonl")
        >>> other.restart()
        """
        self._dropped.start()
        self.keep.restart()
        if self.exporter:
            self.exporter.start()


_LIVE: "weakref.WeakSet[Telemetry]" = weakref.WeakSet()


def _nowhere(_span: Span) -> None:
    pass


def _traces_address(base: str | None) -> str:
    """As OpenTelemetry's variables say it: the one for traces is the whole address, the general one is its base; empty where there is none."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return ""
    whole = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")
    base = base or ("" if whole else os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""))
    return f"{base.rstrip('/')}/v1/traces" if base else whole


def _resource(contract: Contract) -> dict[str, Any]:
    service = contract.data["service"]
    told = dict(pair.split("=", 1) for pair in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "").split(",") if "=" in pair)
    return {**told, "service.name": service["name"], "deployment.environment.name": service["environment"]}


def _restart_all() -> None:
    for one in list(_LIVE):
        one.restart()


@atexit.register
def _close_all() -> None:
    for one in list(_LIVE):
        one.close()


os.register_at_fork(after_in_child=_restart_all)
