"""Spans as an OTLP request in protobuf's wire format, written by hand: the generated classes take three times as long.

Field numbers are those of opentelemetry-proto 1.x (`trace/v1/trace.proto`, `common/v1/common.proto`).
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from opentelemetry.trace import SpanContext

from .plain import told
from .spans import Span

_double = struct.Struct("<d").pack
_fixed64 = struct.Struct("<Q").pack


def request(resource: Mapping[str, Any], scope: str, spans: Iterable[Span]) -> bytes:
    """An `ExportTraceServiceRequest` with one resource and one scope."""
    return wrapped(resource, scope, map(span, spans))


def wrapped(resource: Mapping[str, Any], scope: str, spans: Iterable[bytes]) -> bytes:
    """The same of spans that are written already."""
    scoped = _field(1, _field(1, scope.encode())) + b"".join([_field(2, one) for one in spans])
    return _field(1, _field(1, _attributes(1, resource)) + _field(2, scoped))


def span(one: Span) -> bytes:
    """A `Span`; raises whatever follows from a value that no span can have, such as a time that is no whole number."""
    context, parent = one.context, one.parent
    parts = [
        b"\x0a\x10", context.trace_id.to_bytes(16), b"\x12\x08", context.span_id.to_bytes(8),
        b"\x22\x08" + parent.span_id.to_bytes(8) if parent is not None else b"",
        _field(5, _text(one.name)), b"\x30", _varint(one.kind.value + 1),
        b"\x39", _fixed64(one.start_ns), b"\x41", _fixed64(one.end_ns), _attributes(9, one.attributes),
    ]  # fmt: skip
    if context.trace_state:
        parts.append(_field(3, _text(context.trace_state.to_header())))
    for name, at, attributes in one.events:
        parts.append(_field(11, b"\x09" + _fixed64(at) + _field(2, _text(name)) + _attributes(3, attributes)))
    for linked, attributes in one.links:
        parts.append(_field(13, _link(linked) + _attributes(4, attributes)))
    if one.status.value:
        message = _field(2, _text(one.message)) if one.message else b""
        parts.append(_field(15, message + b"\x18" + _varint(one.status.value)))
    return b"".join(parts)


def _link(context: SpanContext) -> bytes:
    """A `Span.Link`, without its attributes."""
    state = _field(3, _text(context.trace_state.to_header())) if context.trace_state else b""
    return b"\x0a\x10" + context.trace_id.to_bytes(16) + b"\x12\x08" + context.span_id.to_bytes(8) + state


def _attributes(number: int, attributes: Mapping[str, Any]) -> bytes:
    return b"".join([_field(number, _key(key) + _field(2, _value(value))) for key, value in attributes.items()])


def _text(text: str) -> bytes:
    # Half of a surrogate pair has no UTF-8.
    return text.encode("utf-8", "replace")


@lru_cache(1024)
def _key(key: str) -> bytes:
    return _field(1, _text(told(key)))


def _value(value: Any) -> bytes:
    """An `AnyValue`; what is none of its kinds is written as text."""
    if isinstance(value, str):
        return _field(1, _text(value))
    if isinstance(value, bool):
        return b"\x10\x01" if value else b"\x10\x00"
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return b"\x18" + _varint(value & 0xFFFFFFFFFFFFFFFF)
    if isinstance(value, float):
        return b"\x21" + _double(value)
    if isinstance(value, list | tuple):
        return _list(value)  # pyright: ignore[reportUnknownArgumentType]
    return _field(1, _text(told(value)))


def _list(values: Sequence[Any]) -> bytes:
    return _field(5, b"".join([_field(1, _value(one)) for one in values]))


def _field(number: int, data: bytes) -> bytes:
    """A length-delimited field."""
    size = len(data)
    head = number << 3 | 2
    if size < 128 and head < 128:
        return bytes((head, size)) + data
    return _varint(head) + _varint(size) + data


def _varint(value: int) -> bytes:
    if value < 128:
        return bytes((value,))
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
