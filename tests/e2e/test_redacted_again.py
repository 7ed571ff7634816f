"""What applications log without the kit, with the real Collector: no field of a stored line holds what is personal."""

import json

import pytest

from tests.e2e.collecting import BackEnd, Collecting, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]

TRACE, SPAN, CALL = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_nested_line_is_redacted_and_found_by_its_ids(back_end: BackEnd, collecting: Collecting) -> None:
    """Its fields are in the body once, without the address; time, severity, ids and event are beside it."""
    line = {
        "ts": "2026-03-04T05:06:07.000008Z", "level": "error", "event": "llm.response", "trace_id": TRACE, "span_id": SPAN, "call_id": CALL,
        "input": {"question": "I am jane@x.org", "more": [{"cc": "jane@x.org"}]}, "tokens": 12,
    }  # fmt: skip
    collecting.configure()
    collecting.write(json.dumps(line))
    collecting.start()
    until(lambda: back_end.lines)
    (stored,) = back_end.lines
    assert "jane" not in str(back_end.logs)
    body = json.loads(stored.body.string_value)
    assert body == line | {"input": {"question": "I am ****", "more": [{"cc": "****"}]}}
    assert (stored.trace_id.hex(), stored.span_id.hex(), stored.severity_text) == (TRACE, SPAN, "error")
    assert stored.time_unix_nano == 1772600767000008000
    fields = {one.key: one.value.string_value for one in stored.attributes}
    assert fields == {"event": "llm.response", "call_id": CALL, "log.file.name": collecting.log.name}


@pytest.mark.parametrize(
    "line",
    [
        "plain words of jane@x.org",
        '{"cut off": "jane@x.org',
        '["jane@x.org"]',
        '{"ts": 12, "level": {"name": "jane@x.org"}, "trace_id": "jane@x.org", "call_id": {"of": "jane@x.org"}, "text": "jane@x.org"}',
    ],
)
def test_a_line_of_another_shape_arrives_redacted(back_end: BackEnd, collecting: Collecting, line: str) -> None:
    """Once, and the Collector's own log says nothing of it."""
    collecting.configure()
    collecting.write(line)
    collecting.start()
    until(lambda: back_end.lines)
    (stored,) = back_end.lines
    assert stored.body.string_value == line.replace("jane@x.org", "****")
    assert "jane" not in str(back_end.logs)
    collecting.stop()
    assert len(back_end.lines) == 1
    assert "jane" not in collecting.own_log.read_text()


def test_groups_that_applications_send_are_redacted(back_end: BackEnd, collecting: Collecting) -> None:
    """Attributes of a line or a span that are maps or lists; numbers stay numbers."""
    nested = {"kvlistValue": {"values": [{"key": "mail", "value": {"stringValue": "jane@x.org"}}]}}
    listed = {"arrayValue": {"values": [{"stringValue": "jane@x.org"}]}}
    attributes = [
        {"key": "input", "value": nested},
        {"key": "to", "value": listed},
        {"key": "n", "value": {"intValue": "7"}},
    ]
    line = {"timeUnixNano": "1", "body": nested, "attributes": attributes}
    span = {
        "traceId": TRACE,
        "spanId": SPAN,
        "name": "s",
        "startTimeUnixNano": "1",
        "endTimeUnixNano": "2",
        "attributes": attributes,
    }
    collecting.configure()
    collecting.start()
    collecting.post("logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": [line]}]}]})
    collecting.post("traces", {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
    until(lambda: back_end.lines and back_end.spans)
    assert "jane" not in str(back_end.logs) + str(back_end.spans)
    for one in (back_end.lines[0], back_end.spans[0]):
        assert next(pair.value.int_value for pair in one.attributes if pair.key == "n") == 7
