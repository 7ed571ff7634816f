"""Which traces are kept, with the real Collector: spans sent as applications send them, with times made up for them."""

import random
import time

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.e2e.collecting import BackEnd, Collecting, hasty, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]

NAMES = ("llm.retrieve", "llm.rerank", "llm.generate", "llm.ask")
"""In the order in which they end; the last is the root."""


def spans(trace: bytes, seconds: float, *, failed: bool = False) -> list[Span]:
    """The four spans of a call that took so long."""
    began = time.time_ns()
    root = trace[:8]
    found = []
    for number, name in enumerate(NAMES):
        last = name == NAMES[-1]
        one = Span(
            trace_id=trace, span_id=root if last else bytes((number + 1,)) * 8, parent_span_id=b"" if last else root, name=name,
            start_time_unix_nano=began, end_time_unix_nano=began + int((seconds if number > 1 else 0.1) * 1e9),
        )  # fmt: skip
        if failed and number > 1:
            one.status.code = Status.STATUS_CODE_ERROR
        found.append(one)
    return found


def request(listed: list[Span]) -> bytes:
    """As an SDK sends them."""
    found = ExportTraceServiceRequest()
    found.resource_spans.add().scope_spans.add().spans.extend(listed)
    return found.SerializeToString()


def kept(back_end: BackEnd, trace: bytes) -> list[str]:
    """Names of the spans of a trace that arrived."""
    return sorted(one.name for one in back_end.spans if one.trace_id == trace)


def test_slow_calls_and_late_errors_are_kept_whole(back_end: BackEnd, collecting: Collecting) -> None:
    """A call that fails after 12 s, one that takes 25 s, and 1 % of the others: each span is sent when it ends, and the test's second is five."""
    collecting.configure("sample: 1%", change=hasty)
    collecting.start()
    made = random.Random(20)  # the Collector decides by the id, so always for the same ones
    failing, slow, *others = (made.randbytes(16) for _number in range(5002))
    late, long = spans(failing, 12, failed=True), spans(slow, 25)
    collecting.post("traces", request(late[:2] + long[:2]))
    for first in range(0, len(others), 500):
        collecting.post("traces", request([one for trace in others[first : first + 500] for one in spans(trace, 1)]))
    time.sleep(12 / 5)
    collecting.post("traces", request(late[2:]))
    time.sleep(13 / 5)
    collecting.post("traces", request(long[2:]))
    until(lambda: kept(back_end, failing) and kept(back_end, slow))
    assert kept(back_end, failing) == kept(back_end, slow) == sorted(NAMES)
    rest = {one.trace_id for one in back_end.spans} - {failing, slow}
    # 1 % of 5000, give or take four times the root of it.
    assert 22 <= len(rest) <= 78
    assert all(kept(back_end, trace) == sorted(NAMES) for trace in rest)


def test_where_all_are_kept_none_is_waited_for(back_end: BackEnd, collecting: Collecting) -> None:
    """A span arrives before its trace has ended."""
    collecting.configure("sample: 100%")
    collecting.start()
    collecting.post("traces", request(spans(b"0123456789abcdef", 300)[:1]))
    until(lambda: back_end.spans, 5)
