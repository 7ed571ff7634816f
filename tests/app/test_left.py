"""Somebody closes the page while the answer streams: an outcome with what was said so far, and with a cost that nobody knows."""

import itertools
import json
import time
import urllib.request

import pytest

from tests.app.conftest import Live, request

pytestmark = pytest.mark.xdist_group("app")


@pytest.mark.parametrize("model", ["gpt-4o-mini", "claude-haiku-4-5"])
def test_a_reader_who_leaves_is_an_outcome(live: Live, model: str) -> None:
    """The server cancels the request: the text so far is kept, its event is joined by the call's id, and it is not free."""
    live.recover()
    request(f"{live.simulator}/latency", {model: {"median": 20, "sigma": 0, "first_token": 0.02}})
    labels = {"model": model, "endpoint": "chat"}
    counted = live.value("llm_outcomes_total", **labels, outcome="abandoned") or 0
    unknown = live.value("llm_unpriced_calls_total", model=model) or 0
    asked = {"question": "Why is the baseline a median and not a mean?", "model": model, "endpoint": "chat"}
    headers = {"content-type": "application/json", "accept": "text/event-stream"}
    before = len(live.lines())
    post = urllib.request.Request(f"{live.app}/ask", json.dumps(asked).encode(), headers)
    with urllib.request.urlopen(post, timeout=30) as stream:
        pieces = (line for line in stream if line.startswith(b"event: piece"))
        assert len(list(itertools.islice(pieces, 5))) == 5
    for _turn in range(300):
        lines = live.lines()[before:]
        if any(line["event"] == "llm.outcome" for line in lines):
            break
        time.sleep(0.1)
    request(f"{live.simulator}/latency", method="DELETE")
    kinds = [line["event"] for line in lines]
    assert kinds == ["llm.request", "llm.response", "llm.outcome"]
    assert len({line["call_id"] for line in lines}) == 1
    response, outcome = lines[1:]
    assert response["outcome"]["abandoned"] is outcome["outcome"]["abandoned"] is True
    assert response["output"]["answer_chars"] > 0
    assert response["metadata"]["response_id"]
    assert response["performance"]["cost_usd"] is None
    assert live.value("llm_outcomes_total", **labels, outcome="abandoned") == counted + 1
    assert live.value("llm_unpriced_calls_total", model=model) == unknown + 1
