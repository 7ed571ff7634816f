"""The kit never hurts the application that it observes."""

import asyncio
import gc
import json
import os
import weakref
from pathlib import Path

import pytest
from app.telemetry import Telemetry
from app.telemetry.contract import Contract
from app.telemetry.telemetry import _traces_address as traces_address
from opentelemetry import baggage, trace
from opentelemetry import context as contexts

KNOWN = {"endpoint": "chat", "model": "gpt-4o-mini", "provider": "openai", "question": "q"}


def lines(log: Path) -> list[dict[str, dict[str, object]]]:
    """Everything logged."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_an_exception_of_the_caller_passes_through_and_counts(contract: Contract, tmp_path: Path) -> None:
    """As an API error, with the log line and without an answer."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    with pytest.raises(KeyError, match="mine"), telemetry.call(**KNOWN):
        raise KeyError("mine")
    telemetry.close()
    labels = {"model": "gpt-4o-mini", "endpoint": "chat", "kind": "api_error"}
    assert telemetry.metrics.registry.get_sample_value("llm_errors_total", labels) == 1
    assert lines(tmp_path / "log")[1]["outcome"]["status"] == "api_error"


def test_telemetry_that_breaks_is_not_the_callers_problem(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure is counted, the call goes on."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    monkeypatch.setattr(telemetry.metrics, "count", None)
    monkeypatch.setattr(telemetry.spans, "start", None)
    with telemetry.call(**KNOWN) as call:
        call.answered("fine", {"input": 1, "output": 1})
    assert call.answer == "fine"
    assert telemetry.failures == 2
    telemetry.close()


def test_a_call_that_nobody_answered_counts_as_failed(contract: Contract, tmp_path: Path) -> None:
    """Silence is not success."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    with telemetry.call(**KNOWN) as call:
        pass
    assert call.status == "api_error"
    telemetry.close()


def test_whoever_leaves_has_abandoned_the_call(contract: Contract, tmp_path: Path) -> None:
    """A cancelled task is an outcome, not a failure of the provider, and says nothing of its latency."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")

    async def leave() -> None:
        async with telemetry.call(**KNOWN):
            await asyncio.sleep(30)

    async def run() -> None:
        task = asyncio.create_task(leave())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    telemetry.close()
    value = telemetry.metrics.registry.get_sample_value
    labels = {"model": "gpt-4o-mini", "endpoint": "chat"}
    assert value("llm_outcomes_total", {**labels, "outcome": "abandoned"}) == 1
    assert value("llm_errors_total", {**labels, "kind": "api_error"}) == 0
    assert value("llm_latency_ms_count", labels) == 0
    assert lines(tmp_path / "log")[1]["outcome"]["abandoned"] is True


def test_thumbs_are_an_event_joined_by_the_calls_id(contract: Contract, tmp_path: Path) -> None:
    """And are counted for the model and endpoint of that call; of an unknown call, for none."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    with telemetry.call(**KNOWN) as call:
        call.answered("fine", {"input": 1, "output": 1})
    telemetry.outcome(call.call_id, thumbs="down")
    telemetry.outcome("f" * 32, thumbs="up")
    telemetry.close()
    told = [line for line in lines(tmp_path / "log") if line["event"] == "llm.outcome"]  # type: ignore[comparison-overlap]
    assert [(line["call_id"], line["outcome"]["thumbs"]) for line in told] == [(call.call_id, "down"), ("f" * 32, "up")]
    value = telemetry.metrics.registry.get_sample_value
    labels = {"model": "gpt-4o-mini", "endpoint": "chat", "outcome": "thumbs_down"}
    assert value("llm_outcomes_total", labels) == 1
    assert value("llm_outcomes_total", {"model": "other", "endpoint": "other", "outcome": "thumbs_up"}) == 1


def test_no_long_text_outlives_its_call(contract: Contract, tmp_path: Path) -> None:
    """Of five thousand calls that are remembered, some with a book in them, that would be all of the memory."""

    class Text(str):
        """A string that can be watched."""

        __slots__ = ("__weakref__",)

    telemetry, watched = (
        Telemetry(contract, log_file=tmp_path / "log", blobs=tmp_path / "blobs"),
        list[weakref.ref[Text]](),
    )
    for number in range(3):
        texts = [Text(f"{number}{word}" + "word " * 5_000) for word in ("question", "system", "passage", "answer")]
        watched += [weakref.ref(text) for text in texts]
        question, system, passage, answer = texts
        with telemetry.call(
            **{**KNOWN, "question": question}, system=system, passages=(passage,), user_id="u-17"
        ) as call:
            call.answered(answer, {"input": 1, "output": 1})
        call_id = call.call_id
    del texts, question, system, passage, answer, call
    telemetry.flush(10)
    gc.collect()
    # The last one may still be in somebody's hands.
    assert [number for number, text in enumerate(watched[:8]) if text() is not None] == []
    telemetry.outcome(call_id, thumbs="up")
    telemetry.close()
    assert lines(tmp_path / "log")[-1]["input"]["question_hash"]


def test_all_texts_that_wait_are_counted(contract: Contract) -> None:
    """Passages and system messages too; one that is the same for all, once."""
    telemetry = Telemetry(contract)
    sizes = list[int]()
    telemetry.keep._behind.put = lambda _work, _record, _part, characters: sizes.append(characters)  # type: ignore[method-assign]  # noqa: SLF001
    same = "s" * 1000
    for system in (same, same, "t" * 500):
        with telemetry.call(**{**KNOWN, "question": "q" * 10}, system=system, passages=("p" * 200, "p" * 100)) as call:
            call.answered("a" * 20, {})
    assert sizes == [1310, 330, 310, 330, 810, 330]
    telemetry.close()


def test_a_forked_process_goes_on_observing(contract: Contract, tmp_path: Path) -> None:
    """As servers do that load the application once and fork their workers."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    child = os.fork()
    if child == 0:
        with telemetry.call(**KNOWN) as call:
            call.answered("from the child", {"input": 1, "output": 1})
        telemetry.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    telemetry.close()
    assert lines(tmp_path / "log")[1]["output"]["preview"] == "from the child"


def test_a_trace_goes_on_from_upstream_and_downstream(contract: Contract, tmp_path: Path) -> None:
    """W3C's traceparent, in and out; what upstream chose not to sample is not exported."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    kept: list[object] = []
    telemetry.spans._sink = kept.append  # noqa: SLF001
    above = "4bf92f3577b34da6a3ce929d0e0e4736"
    for flag, number in (("01", 1), ("00", 1)):
        with (
            telemetry.continued({"Traceparent": f"00-{above}-00f067aa0ba902b7-{flag}"}),
            telemetry.call(**KNOWN) as call,
        ):
            assert call.trace_id == above
            assert telemetry.headers()["traceparent"] == f"00-{above}-{call.span_id}-{flag}"
            call.answered("fine", {"input": 1, "output": 1})
        assert len(kept) == number
    telemetry.close()


@pytest.mark.parametrize("upstream", ["", "the same", "another", "broken"])
def test_whatever_is_instrumented_above_stays_the_parent(contract: Contract, upstream: str) -> None:
    """A server span that goes on with the same trace, or began one because the headers have none; its baggage stays in any case."""
    telemetry = Telemetry(contract)
    server = trace.NonRecordingSpan(trace.SpanContext(0xA1, 0xB2, is_remote=False, trace_flags=trace.TraceFlags(1)))
    told = {
        "the same": f"00-{0xA1:032x}-{0xC3:016x}-01",
        "another": f"00-{0xD4:032x}-{0xC3:016x}-01",
        "broken": "00-7-9-01",
    }
    outside = baggage.set_baggage("tenant", "seven", trace.set_span_in_context(server))
    token = contexts.attach(outside)
    with telemetry.continued({"traceparent": told[upstream]} if upstream else {}), telemetry.span("llm.ask") as span:
        assert span.parent is not None
        trace_id, span_id = (0xD4, 0xC3) if upstream == "another" else (0xA1, 0xB2)
        assert (span.parent.trace_id, span.parent.span_id) == (trace_id, span_id)
        assert baggage.get_baggage("tenant") == "seven"
    assert trace.get_current_span() is server
    contexts.detach(token)
    telemetry.close()


def test_what_comes_after_the_end_is_counted(contract: Contract, tmp_path: Path) -> None:
    """A call that outlives the kit goes on, and what cannot be kept of it is no secret."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log", otlp="http://127.0.0.1:9")
    telemetry.close()
    with telemetry.call(**KNOWN) as call:
        call.answered("late", {"input": 1, "output": 1})
    value = telemetry.metrics.registry.get_sample_value
    assert value("llm_telemetry_dropped_total", {"part": "log"}) == 2
    assert value("llm_telemetry_dropped_total", {"part": "span"}) == 1


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:4318/"}, "http://a:4318/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://b/api/v0.2/traces?x=1"}, "https://b/api/v0.2/traces?x=1"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://b/t"},
            "http://b/t",
        ),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_SDK_DISABLED": "true"}, ""),
        ({}, ""),
    ],
)
def test_where_spans_go_is_as_opentelemetry_says(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], address: str
) -> None:
    """The general variable is a base, the one for traces a whole address."""
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_SDK_DISABLED"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert traces_address(None) == address
