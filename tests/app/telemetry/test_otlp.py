"""What is written by hand is what protobuf's own classes read."""

from typing import Any

import pytest
from app.telemetry import otlp
from app.telemetry.spans import Span, Spans
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.trace import SpanContext, SpanKind, StatusCode, TraceFlags, TraceState

VALUES = st.one_of(
    st.text(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.lists(st.text(), max_size=3),
)


def read(spans: list[Span]) -> Any:
    """As a receiver does."""
    return ExportTraceServiceRequest.FromString(otlp.request({"service.name": "bot"}, "kit", spans))


def value(one: Any) -> Any:
    """An AnyValue as Python."""
    kind = one.WhichOneof("value")
    if kind == "array_value":
        return [value(item) for item in one.array_value.values]
    return getattr(one, kind)


@given(st.text(), st.dictionaries(st.text(min_size=1), VALUES, max_size=6))
def test_names_and_attributes_survive(name: str, attributes: dict[str, Any]) -> None:
    """Whatever characters, numbers and lists they are made of."""
    kept: list[Span] = []
    span = Spans(kept.append, str).start(name, SpanKind.CLIENT, dict(attributes))
    span.end()
    (found,) = read(kept).resource_spans[0].scope_spans[0].spans
    assert found.name == name
    assert found.kind == found.SPAN_KIND_CLIENT
    assert {pair.key: value(pair.value) for pair in found.attributes} == attributes
    assert found.start_time_unix_nano == span.start_ns
    assert found.end_time_unix_nano == span.end_ns


def test_parents_events_and_status_survive() -> None:
    """Of a trace that began elsewhere, with its state."""
    state = TraceState([("vendor", "1")])
    above = SpanContext(7, 9, is_remote=True, trace_flags=TraceFlags(1), trace_state=state)
    kept: list[Span] = []
    spans = Spans(kept.append, lambda text: text.replace("ada", "[redacted]"))
    with (
        trace.use_span(trace.NonRecordingSpan(above)),
        pytest.raises(ValueError, match="ada"),
        spans.current("llm.ask"),
    ):
        raise ValueError("ada is not here")
    request = read(kept)
    (found,) = request.resource_spans[0].scope_spans[0].spans
    assert int.from_bytes(found.trace_id) == 7
    assert int.from_bytes(found.parent_span_id) == 9
    assert found.trace_state == "vendor=1"
    assert found.status.code == found.status.STATUS_CODE_ERROR == StatusCode.ERROR.value
    told = {pair.key: value(pair.value) for pair in found.events[0].attributes}
    assert told["exception.message"] == "[redacted] is not here"
    assert b"ada" not in request.SerializeToString()
    assert request.resource_spans[0].resource.attributes[0].key == "service.name"


@given(
    st.lists(
        st.tuples(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.booleans(), st.dictionaries(st.text(min_size=1), VALUES, max_size=3)),
        max_size=4,
    )
)  # fmt: skip
def test_links_survive(links: list[tuple[int, int, bool, dict[str, Any]]]) -> None:
    """To spans of any trace, with their state and attributes; their texts are redacted like any other."""
    kept: list[Span] = []
    span = Spans(kept.append, lambda text: text if text == "vendor=1" else f"<{text}>").start("judge")
    state = TraceState([("vendor", "1")])
    for trace_id, span_id, stated, attributes in links:
        span.add_link(SpanContext(trace_id, span_id, is_remote=True, trace_state=state if stated else None), attributes)
    span.end()
    (found,) = read(kept).resource_spans[0].scope_spans[0].spans
    told = [
        (int.from_bytes(one.trace_id), int.from_bytes(one.span_id), one.trace_state == "vendor=1",
         {pair.key: value(pair.value) for pair in one.attributes})
        for one in found.links
    ]  # fmt: skip
    assert told == [
        (trace_id, span_id, stated, {f"<{key}>": marked(one) for key, one in attributes.items()})
        for trace_id, span_id, stated, attributes in links
    ]  # fmt: skip


def marked(one: Any) -> Any:
    """As it was redacted."""
    return [marked(each) for each in one] if isinstance(one, list) else f"<{one}>" if isinstance(one, str) else one


def test_a_link_to_no_span_is_left_out() -> None:
    """A call that was never traced has ids of zeros."""
    span = Spans(print, str).start("judge")
    span.add_link(SpanContext(0, 0, is_remote=True))
    assert span.links == ()
