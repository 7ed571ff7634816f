"""spec.yaml -> a running stack -> four panels with data -> an incident that reaches Alertmanager, and its end."""

import re
import time

import pytest

from generator.page.build import _config
from generator.resolve import resolve
from generator.spec.load import load
from tests.e2e.conftest import Running

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.timeout(400)]


def test_each_panel_has_data_within_a_minute(running: Running) -> None:
    """Every query that the page and Grafana show, limits aside; the numbers of traffic are above zero."""
    model = resolve(load(running.folder / "spec.yaml").spec, spec_name="spec.yaml")
    for panel in _config(model)["panels"]:
        for query in panel["queries"]:
            if query["role"] == "value":
                expression = re.sub(r"@(?:ME|M|J)@", 'job="support-bot"', query["expr"])
                running.wait(lambda asked=expression: running.query(asked), 60, panel["title"])  # type: ignore[misc]
    calls = 'sum(job_model_endpoint:llm_requests:rate8s{job="support-bot"}) > 1'
    running.wait(lambda: running.query(calls), 60, "more than a call a second")


def test_every_model_and_kind_of_failure_has_its_series_from_the_start(running: Running) -> None:
    """At 0 or above, before anything failed."""
    assert len(running.query("llm_errors_total")) == 3 * 3 * 4


def test_exemplars_reach_prometheus(running: Running) -> None:
    """A point of the latency histogram leads to a trace."""
    import json
    import urllib.parse
    import urllib.request

    def exemplars() -> list[object]:
        words = urllib.parse.urlencode(
            {"query": "llm_latency_ms_bucket", "start": time.time() - 60, "end": time.time() + 1}
        )
        url = f"http://127.0.0.1:{running.ports['prometheus']}/api/v1/query_exemplars?{words}"
        with urllib.request.urlopen(url) as response:
            found: list[object] = json.load(response)["data"]
        return found

    running.wait(exemplars, 30, "exemplars")


def test_a_slowdown_pages_and_recovery_clears_it(running: Running) -> None:
    """Ten times slower: LLMLatencyDoubled reaches Alertmanager; recovered: it is gone. Nothing else pages meanwhile."""
    baseline = 'count(job_model:llm_latency_ms:baseline{job="support-bot"}) == 2'
    running.wait(lambda: running.query(baseline), 120, "a baseline for both models")
    assert running.notified() == set()
    running.chaos("slow", "10")
    try:
        took = running.wait(lambda: "LLMLatencyDoubled" in running.notified(), 60, "the page")
        assert running.notified() == {"LLMLatencyDoubled"}
    finally:
        running.chaos("recover")
    cleared = running.wait(lambda: not running.notified(), 120, "the end of the page")
    print(f"paged after {took:.1f} s, cleared after {cleared:.1f} s")


def test_failures_page_and_name_their_kind(running: Running) -> None:
    """Half of the calls refused: LLMErrorRateHigh says refusal."""
    running.wait(lambda: not running.notified(), 120, "quiet before the test")
    running.chaos("refusals", "0.5")
    try:
        running.wait(lambda: "LLMErrorRateHigh" in running.notified(), 60, "the page")
    finally:
        running.chaos("recover")
    url = f"http://127.0.0.1:{running.ports['alertmanager']}/api/v2/alerts?active=true"
    import json
    import urllib.request

    with urllib.request.urlopen(url) as response:
        summaries = [alert["annotations"]["summary"] for alert in json.load(response)]
    assert any("refusal" in summary for summary in summaries), summaries
    running.wait(lambda: not running.notified(), 120, "the end of the page")
