"""A back end that is down for longer than anybody waits, with the real Collector: what it took is kept, and arrives once."""

import json
import time
from collections import Counter

import pytest

from tests.e2e.collecting import LOGS, BackEnd, Collecting, impatient, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]


def numbered(first: int, last: int) -> list[str]:
    """Lines of a log, each with its number and long enough to fill a queue."""
    return [json.dumps({"number": number, "padding": "x" * 300}) for number in range(first, last)]


def numbers(back_end: BackEnd) -> "Counter[int]":
    """Of the lines that arrived."""
    return Counter(json.loads(line.body.string_value)["number"] for line in back_end.lines)


def span(number: int) -> dict[str, object]:
    """A trace of one span."""
    one = {
        "traceId": f"{number + 1:032x}", "spanId": f"{number + 1:016x}", "name": "llm.ask", "kind": 1,
        "startTimeUnixNano": "1", "endTimeUnixNano": "2",
    }  # fmt: skip
    return {"resourceSpans": [{"scopeSpans": [{"spans": [one]}]}]}


def arrived(back_end: BackEnd) -> "Counter[int]":
    """Numbers of the spans that arrived."""
    return Counter(int.from_bytes(one.span_id) - 1 for one in back_end.spans)


def test_an_outage_may_be_longer_than_the_collectors_own_patience(back_end: BackEnd, collecting: Collecting) -> None:
    """By itself it gives up after five minutes, here after three seconds: spans and lines arrive all the same, once each."""
    collecting.configure(change=impatient)
    collecting.start()
    back_end.down = True
    collecting.write(*numbered(0, 20))
    for number in range(20):
        collecting.post("traces", span(number))
    until(lambda: min(back_end.refused.values()))
    time.sleep(6)
    back_end.down = False
    once = Counter(range(20))
    until(lambda: numbers(back_end) == once and arrived(back_end) == once)


def test_a_file_is_read_later_when_the_queue_is_full(back_end: BackEnd, collecting: Collecting) -> None:
    """Ten times what the queue takes: nothing of it is lost, and nothing comes twice."""
    collecting.configure(change=impatient)
    collecting.start()
    back_end.down = True
    collecting.write(*numbered(0, 2000))
    until(lambda: collecting.count("otelcol_exporter_enqueue_failed_log_records") > 0)
    back_end.down = False
    until(lambda: sum(numbers(back_end).values()) >= 2000)
    assert numbers(back_end) == Counter(range(2000))


def test_the_collector_is_killed_while_the_back_end_is_down(back_end: BackEnd, collecting: Collecting) -> None:
    """What it had taken is on its disk, what was written meanwhile is read once it is back: all arrive, once each."""
    collecting.configure(change=impatient)
    collecting.start()
    back_end.down = True
    collecting.write(*numbered(0, 50))
    for number in range(50):
        collecting.post("traces", span(number))
    until(lambda: collecting.count("otelcol_receiver_accepted_log_records") == 50 and back_end.refused[LOGS])
    # By then it has noted how far it has read.
    time.sleep(1)
    collecting.kill()
    collecting.write(*numbered(50, 100))
    collecting.start()
    for number in range(50, 100):
        collecting.post("traces", span(number))
    until(lambda: collecting.count("otelcol_receiver_accepted_log_records") == 50)
    back_end.down = False
    until(lambda: sum(numbers(back_end).values()) >= 100 and sum(arrived(back_end).values()) >= 100)
    assert numbers(back_end) == arrived(back_end) == Counter(range(100))
