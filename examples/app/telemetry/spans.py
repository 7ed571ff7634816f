"""Spans of the kit: OpenTelemetry's interface and context, recorded in a few slots instead of the SDK's many checks.

Whatever else is instrumented nests below them and above them; only how they are kept and sent is the kit's own.
"""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.trace import Span as Interface
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from .clean import Clean
from .ids import take
from .plain import told

_SAMPLED = TraceFlags(TraceFlags.SAMPLED)

Sink = Callable[["Span"], None]


class Span(Interface):
    """A span that keeps what it is told until it ends, then hands itself over. Times are nanoseconds since the epoch."""

    def __init__(
        self, name: str, kind: SpanKind, parent: SpanContext | None, attributes: dict[str, Any], sink: Sink, clean: Clean
    ) -> None:  # fmt: skip
        self.name, self.kind, self.parent, self.attributes = name, kind, parent, attributes
        self.events: list[tuple[str, int, Mapping[str, Any]]] = []
        self.links: tuple[tuple[SpanContext, Mapping[str, Any]], ...] = ()
        self.status, self.message = StatusCode.UNSET, ""
        self.end_ns = 0
        self._sink, self._clean = sink, clean
        if parent is None:
            self.context = SpanContext(_id(16), _id(8), is_remote=False, trace_flags=_SAMPLED)
        else:
            flags, state = parent.trace_flags, clean.state(parent.trace_state)
            self.context = SpanContext(parent.trace_id, _id(8), is_remote=False, trace_flags=flags, trace_state=state)
        self.start_ns = time.time_ns()

    def get_span_context(self) -> SpanContext:
        """Ids and flags."""
        return self.context

    def is_recording(self) -> bool:
        """Until it has ended."""
        return not self.end_ns

    def set_attribute(self, key: str, value: Any) -> None:
        """One more, or another value; texts are redacted, within lists and mappings too, and so are keys."""
        key, value = self._clean.pair(key, value)
        self.attributes[key] = value

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Several."""
        self.attributes.update(self._clean.pairs(attributes))

    def add_event(self, name: str, attributes: Mapping[str, Any] | None = None, timestamp: int | None = None) -> None:
        """Something that happened meanwhile."""
        self.events.append((self._clean.word(name), timestamp or time.time_ns(), self._clean.pairs(attributes)))

    def add_link(self, context: SpanContext, attributes: Mapping[str, Any] | None = None) -> None:
        """Another span, of whatever trace, that this one has to do with; one that cannot be is left out."""
        if context.is_valid:
            state = self._clean.state(context.trace_state)
            linked = SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags, state)
            self.links = (*self.links, (linked, self._clean.pairs(attributes)))

    def update_name(self, name: str) -> None:
        """Another name."""
        self.name = self._clean.word(name)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """How it went; the description is redacted."""
        code = status.status_code if isinstance(status, Status) else status
        said = status.description if isinstance(status, Status) else description
        self.status, self.message = code, self._clean.text(said or "")

    def record_exception(
        self, exception: BaseException, attributes: Mapping[str, Any] | None = None, timestamp: int | None = None,
        escaped: bool = False,  # OpenTelemetry's interface
    ) -> None:  # fmt: skip
        """An event with the exception's type and its redacted message; a stack trace may hold anything, so there is none."""
        known = {"exception.type": type(exception).__qualname__, "exception.message": told(exception)}
        self.add_event("exception", {**known, "exception.escaped": escaped, **(attributes or {})}, timestamp)

    def end(self, end_time: int | None = None) -> None:
        """Hand over; a second time is no error."""
        if not self.end_ns:
            self.end_ns = end_time or time.time_ns()
            if self.context.trace_flags & TraceFlags.SAMPLED:
                self._sink(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None and isinstance(error, Exception):
            self.record_exception(error)
            self.set_status(StatusCode.ERROR, type(error).__qualname__)
        self.end()


class Spans:
    """Makes spans; each that ends goes to the sink."""

    def __init__(self, sink: Sink, redact: Callable[[str], str]) -> None:
        self._sink, self.clean = sink, Clean(redact)

    def start(self, name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: dict[str, Any] | None = None) -> Span:
        """A child of the current span, whoever made that one, or the first of a new trace. It is not the current one yet.

        Name and attributes are the kit's own to clean before; what is set later is cleaned.
        """
        current = trace.get_current_span().get_span_context()
        parent = current if current.is_valid else None
        return Span(name, kind, parent, attributes or {}, self._sink, self.clean)

    @contextmanager
    def current(
        self, name: str, attributes: Mapping[str, Any] | None = None, kind: SpanKind = SpanKind.INTERNAL
    ) -> Generator[Span, None, None]:
        """A span that is the current one for a while; an exception passes through, and is recorded without its secrets."""
        span = self.start(self.clean.word(name), kind)
        span.set_attributes(attributes or {})
        token = enter(span)
        try:
            with span:
                yield span
        finally:
            contexts.detach(token)


def enter(span: Span) -> Any:
    """Make it the current span; give what this returns to `opentelemetry.context.detach`."""
    return contexts.attach(trace.set_span_in_context(span))


def _id(size: int) -> int:
    # Zero is no id; the chance is nothing, the check costs nothing.
    return int(take()[: 2 * size], 16) or 1
