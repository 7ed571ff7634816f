"""One question is found as a metric with an exemplar, as a trace and as log lines, joined by ids, in real back ends."""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from tests.e2e.questions import Questions
from tests.e2e.whole import SPEC, Whole, until
from tests.launch.conftest import free_ports

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """Up, with a store of traces, a store of logs and the Collector; stopped at the end."""
    try:
        for name in ("victorialogs", "jaeger", "collector"):
            ensure(PACKAGES[name], print)
    except CannotBeHad as error:
        pytest.skip(str(error))
    one = Whole(tmp_path_factory.mktemp("whole"), free_ports())
    ports = ", ".join(f"{name}: {port}" for name, port in one.ports.items())
    (one.folder / "spec.yaml").write_text(SPEC.format(ports=ports))
    done = one.stackgen("up", "--no-traffic", "--wait", "all")
    try:
        assert done.returncode == 0, done.stderr
        yield one
    finally:
        one.stackgen("down")


def attributes(span: dict[str, Any]) -> dict[str, Any]:
    """Name -> value."""
    return {one["key"]: next(iter(one["value"].values())) for one in span.get("attributes", [])}


def lines_of(whole: Whole, trace_id: str, *, verdicts: bool = False) -> list[dict[str, str]]:
    """The stored lines of a call, or those of the verdicts on it."""
    found = whole.lines(trace_id=trace_id)
    return [line for line in found if (json.loads(line["_msg"])["event"] == "gen_ai.evaluation.result") == verdicts]


def test_one_question_is_found_everywhere(whole: Whole) -> None:
    """By its trace id and its call id."""
    counted = 'sum(llm_requests_total{model="gpt-4o-mini",endpoint="chat"})'
    until(lambda: whole.query(counted), 30, "the series from the start")
    before = float(whole.query(counted)[0]["value"][1])
    secret = "my mail is jane.doe@example.org, how do I add a model?"
    answer = whole.ask(secret)
    call_id, trace_id = answer["call_id"], answer["trace_id"]

    until(lambda: float(whole.query(counted)[0]["value"][1]) == before + 1, 15, "the metric")
    until(lambda: trace_id in whole.exemplars("llm_latency_ms_bucket"), 30, "the exemplar")

    spans = until(lambda: len(found := whole.spans(trace_id)) == 4 and found, 40, "the trace")
    by_name = {span["name"]: span for span in spans}
    assert set(by_name) == {"llm.ask", "llm.retrieve", "llm.rerank", "llm.generate"}
    root = by_name["llm.ask"]
    assert not root.get("parentSpanId")
    for name in ("llm.retrieve", "llm.rerank", "llm.generate"):
        assert by_name[name]["parentSpanId"] == root["spanId"], name
    assert attributes(root)["llm.call_id"] == call_id
    assert attributes(by_name["llm.generate"])["llm.model"] == "gpt-4o-mini"
    assert int(attributes(by_name["llm.retrieve"])["chunks.count"]) > 0

    lines = until(lambda: len(found := lines_of(whole, trace_id)) == 2 and found, 30, "the log lines")
    logged = [json.loads(line["_msg"]) for line in lines]
    assert {line["event"] for line in logged} == {"llm.request", "llm.response"}
    assert {line["call_id"] for line in logged} == {call_id}
    assert {line.get("service.name", line.get("service_name")) for line in lines} == {"support-bot"}

    stored = "".join(line["_msg"] for line in lines)
    assert "jane.doe" not in stored
    blob = next((whole.folder / ".stackgen/data/app/blobs").rglob(f"{call_id}*")).read_text()
    assert answer["answer"][-40:] in blob
    assert len(answer["answer"]) < 200 or answer["answer"][-40:] not in stored


def test_a_verdict_is_joined_with_the_call_that_it_judges(whole: Whole) -> None:
    """Line, span and counter of each dimension, minutes later and from another process: one call id, one trace."""
    answer = whole.ask("what is held while an alert is active?", "claude-haiku-4-5")
    call_id, trace_id = answer["call_id"], answer["trace_id"]
    lines = until(lambda: len(found := lines_of(whole, trace_id, verdicts=True)) == 3 and found, 90, "the verdicts")
    logged = [json.loads(line["_msg"]) for line in lines]
    assert {line["call_id"] for line in logged} == {call_id}
    labels = {
        line["evaluation"]["gen_ai.evaluation.name"]: line["evaluation"]["gen_ai.evaluation.score.label"]
        for line in logged
    }
    assert set(labels) == {"groundedness", "refusal", "tone"}
    assert set(labels.values()) <= {"pass", "fail"}

    counted = 'sum by (dimension) (llm_eval_results_total{model="claude-haiku-4-5",verdict=~"pass|fail"})'
    until(lambda: {one["metric"]["dimension"] for one in whole.query(counted) if float(one["value"][1]) >= 1} == set(labels), 30, "the counters")  # fmt: skip
    failed = {name for name, label in labels.items() if label == "fail"}
    shown = whole.get("evals", "/failures", limit="100")
    assert {one["dimension"] for one in shown if one["call_id"] == call_id} == failed

    if "jaeger" in whole.rows():
        judged = (trace_id, logged[0]["span_id"])
        until(lambda: judged in whole.links("llm.judge"), 30, "the judge's span, which links to the one that it judged")


def test_spans_are_counted_before_they_are_sampled(whole: Whole) -> None:
    """The Collector derives metrics from every span, and Prometheus has them, whichever version it is."""
    whole.ask("what is a proof?")
    names = '{__name__=~"traces_span_metrics_calls(_total)?",span_name="llm.generate"}'
    until(lambda: whole.query(names), 90, "span metrics")


SPANS, LINES = 4, 2
HELD = {"victorialogs": (0, 10), "jaeger": (20, 0), "collector": (20, 10)}
"""Seconds before a store's end from which spans, and lines, may be lost or doubled: what the process held in memory, and no queue had any more.

VictoriaLogs writes every 5 s; spans are held for 10 s in the Collector until their trace is sampled, so that Jaeger has them that much later.
"""


@pytest.mark.parametrize("store", list(HELD))
def test_a_back_end_is_killed_mid_traffic_and_nothing_is_lost(whole: Whole, store: str) -> None:
    """The app answers all the while, the store is back by itself, and each call's lines and spans are there once."""
    if not whole.has(store):
        pytest.skip(f"{store} does not run here: a better one does")
    with Questions(whole, store) as questions:
        questions.wait(60)
        began, ended = whole.killed(store, 8)
        questions.wait(20)
    assert questions.failures == []
    asked = questions.answers
    assert len(questions.during(began, ended)) >= 5
    assert len({one.trace_id for one in asked}) == len(asked)

    spans, lines = HELD[store]
    exactly(
        {one.trace_id: SPANS for one in asked if not one.within(began - spans, began)},
        lambda trace_id: len(whole.spans(trace_id)),
    )
    exactly(
        {one.trace_id: LINES for one in asked if not one.within(began - lines, began)},
        lambda trace_id: len(lines_of(whole, trace_id)),
    )


def exactly(wanted: dict[str, int], count: Callable[[str], int]) -> None:
    """Wait until every trace has its number; more than that is a failure, too."""
    missing = dict(wanted)

    def all_there() -> bool:
        for one, number in list(missing.items()):
            if count(one) == number:
                del missing[one]
        return not missing

    assert len(wanted) > 40
    deadline = time.monotonic() + 120
    while not all_there() and time.monotonic() < deadline:
        time.sleep(1)
    assert {one: count(one) for one in missing} == {}


def test_prometheus_is_killed_and_counters_go_on(whole: Whole) -> None:
    """The app counts meanwhile; its series have a gap, no reset, and in the end every call."""
    counter = "llm_requests_total"
    total = f"sum({counter})"
    until(lambda: whole.query(total), 30, "the series from the start")
    before = float(whole.query(total)[0]["value"][1])
    with Questions(whole, "prometheus") as questions:
        questions.wait(20)
        began, ended = whole.killed("prometheus", 8)
        questions.wait(20)
    assert questions.failures == []
    assert len(questions.during(began, ended)) >= 5
    wanted = before + len(questions.answers)
    until(lambda: float(whole.query(total)[0]["value"][1]) == wanted, 30, f"{wanted:.0f} calls")

    series = whole.query(f'{counter}{{model="gpt-4o-mini",endpoint="chat"}}[5m]')
    (values,) = [one["values"] for one in series]
    assert [float(value) for _at, value in values] == sorted(float(value) for _at, value in values)
    assert not [at for at, _value in values if began + 1 < at < ended]
    assert [one for one in values if one[0] < began]
    assert float(whole.query(f"sum(resets({counter}[5m]))")[0]["value"][1]) == 0
    assert float(whole.query(f"sum(rate({counter}[1m]))")[0]["value"][1]) > 0


def test_a_changed_pattern_is_read_by_the_running_collector(whole: Whole) -> None:
    """It says that it is ready with its new config, only then is that noted, and its process is the same."""

    def noted() -> tuple[int, str]:
        (found,) = [entry for entry in whole.noted()["running"] if entry["name"] == "collector"]
        return found["pid"], found["config"]

    before = noted()
    with (whole.folder / "spec.yaml").open("a") as spec:
        spec.write("logs: {patterns: {employee: 'E-[0-9]{6}'}}\n")
    done = whole.stackgen("up", "--no-traffic")
    assert done.returncode == 0, done.stderr
    assert "collector: reloading its changed config" in done.stderr
    assert "did not take" not in done.stderr
    assert (noted()[0], noted()[1] != before[1]) == (before[0], True)


def test_it_is_small_and_comes_back_soon(whole: Whole) -> None:
    """At rest below 600 MB in all; down and up again, nothing built, within 20 s."""
    each = {name: row["memory"] / 1e6 for name, row in whole.rows().items()}
    memory = 1e6 * sum(each.values())
    assert memory < 600e6, each
    assert whole.stackgen("down").returncode == 0
    began = time.monotonic()
    done = whole.stackgen("up", "--no-traffic")
    took = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    assert took < 20
    running = {name for name, row in whole.rows().items() if row["state"] == "running"}
    assert {"prometheus", "alertmanager", "collector", "app"} <= running
    assert running & {"tempo", "jaeger"}
    assert running & {"loki", "victorialogs"}
    print(f"{memory / 1e6:.0f} MB, back after {took:.1f} s")


def test_nothing_listens_beyond_loopback(whole: Whole) -> None:
    """No component of any role."""
    import psutil

    state = json.loads((whole.folder / ".stackgen/state.json").read_text())
    pids = {entry["pid"] for entry in state["running"]}
    beyond = [
        f"{psutil.Process(one.pid).name()} on {one.laddr.ip}:{one.laddr.port}"
        for one in psutil.net_connections("inet")
        if one.pid in pids and one.status == psutil.CONN_LISTEN and not re.match(r"127\.", one.laddr.ip)
    ]
    assert beyond == []
