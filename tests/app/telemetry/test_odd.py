"""What nobody foresaw, in one signal, costs no other signal and makes no series: it is left out and counted."""

import json
from pathlib import Path
from typing import Any

import pytest
from app.telemetry import Telemetry
from app.telemetry.contract import Contract
from app.telemetry.spans import Span

KNOWN = {"endpoint": "chat", "model": "gpt-4o-mini", "provider": "openai", "question": "q"}


def lines(log: Path) -> list[dict[str, Any]]:
    """Everything logged."""
    return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.mark.parametrize("odd", ["tokens", "status", "metrics", "span"])
def test_what_is_odd_for_one_signal_costs_no_other(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    """Numbers and kinds that the contract does not know are left out and counted; the call is counted, logged and traced."""
    telemetry, kept = Telemetry(contract, log_file=tmp_path / "log"), list[Span]()
    telemetry.spans._sink = kept.append  # noqa: SLF001
    if odd in {"metrics", "span"}:
        broken = telemetry.metrics if odd == "metrics" else Span
        monkeypatch.setattr(broken, "count" if odd == "metrics" else "set_status", None)
    with telemetry.call(**KNOWN) as call:
        strange = {"total": 15, "reasoning": -1, "cache_read": None, "cache_write": float("nan")}
        call.answered("fine", {"input": 10, "output": 5} | (strange if odd == "tokens" else {}))  # type: ignore[operator]
        if odd in {"status", "span"}:
            call.failed("rate_limit" if odd == "status" else "timeout", "slow down")
    telemetry.close()
    value = telemetry.metrics.registry.get_sample_value
    labels = {"model": "gpt-4o-mini", "endpoint": "chat"}
    last = lines(tmp_path / "log")[1]
    assert value("llm_requests_total", labels) == (0 if odd == "metrics" else 1)
    assert value("llm_tokens_total", {**labels, "direction": "input"}) == (0 if odd == "metrics" else 10)
    assert [span.name for span in kept] == ["llm.generate"]
    assert kept[0].attributes["gen_ai.usage.input_tokens"] == last["performance"]["tokens_in"] == 10
    if odd == "tokens":
        assert not [name for name in kept[0].attributes if "total" in name or "reasoning" in name]
        assert last["performance"]["tokens_reasoning"] is None
    if odd == "status":
        assert value("llm_errors_total", {**labels, "kind": "api_error"}) == 1
        assert (last["outcome"]["status"], last["outcome"]["error"]) == ("api_error", "rate_limit: slow down")
    parts = {"tokens": ("metric", 4), "metrics": ("metric", 1), "span": ("span", 1)}
    dropped = {
        part: value("llm_telemetry_dropped_total", {"part": part}) or 0
        for part in ("metric", "span", "log", "listener")
    }
    assert {part: number for part, number in dropped.items() if number} == dict([parts[odd]] if odd in parts else [])
    assert telemetry.failures == (1 if odd in {"metrics", "span"} else 0)


def test_the_kits_own_mistakes_are_counted_and_said(contract: Contract, caplog: pytest.LogCaptureFixture) -> None:
    """By what they cost, with the type of what was raised, and without its message."""
    telemetry = Telemetry(contract)

    def broken(*_told: object) -> None:
        raise RuntimeError("a secret")

    telemetry.on_end(broken)
    telemetry.on_outcome(broken)
    with telemetry.call(**KNOWN) as call:
        call.answered("fine", {"output": -5})
    telemetry.outcome(call.call_id, thumbs="up")
    telemetry.close()
    value = telemetry.metrics.registry.get_sample_value
    assert value("llm_telemetry_dropped_total", {"part": "listener"}) == 2
    (said,) = [record.message for record in caplog.records if record.name == "llm.telemetry"]
    assert said == (
        "telemetry dropped 2 x listener, 1 x metric; RuntimeError by mistake, names or numbers that the contract does not know, "
        "no call was delayed"
    )


def test_labels_are_the_contracts(contract: Contract, tmp_path: Path) -> None:
    """A dimension, label or thumb that it does not know makes no series; it is counted, and a verdict is logged all the same."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")

    def series() -> set[tuple[str, ...]]:
        found = [
            one
            for metric in telemetry.metrics.registry.collect()
            for one in metric.samples
            if "dropped" not in one.name
        ]
        return {(one.name, *one.labels.values()) for one in found}

    before = series()
    for dimension, label in (("dim-17", "pass"), ("tone", "maybe"), ("ada@example.org", "ada@example.org")):
        telemetry.evaluated("f" * 32, dimension, label)  # type: ignore[arg-type]
    telemetry.outcome("f" * 32, thumbs="ada@example.org")  # type: ignore[arg-type]
    telemetry.outcome("ada@example.org", thumbs="up")
    telemetry.evaluated("ada@example.org", "tone", "pass")
    telemetry.close()
    assert series() == before
    assert telemetry.metrics.registry.get_sample_value("llm_telemetry_dropped_total", {"part": "metric"}) == 4
    told = [str(line["event"]) for line in lines(tmp_path / "log")]
    assert told == ["gen_ai.evaluation.result"] * 3 + ["llm.outcome", "gen_ai.evaluation.result"]
    assert "ada@" not in (tmp_path / "log").read_text()


@pytest.mark.parametrize("call_id", ["../../../escaped", "/escaped", "a", "a/b", "", "ada@example.org", 17, "x" * 300])
def test_an_id_that_is_none_gets_no_text_and_no_name(contract: Contract, tmp_path: Path, call_id: str) -> None:
    """Whatever somebody takes for the id of a call: it leads nowhere, is redacted, and what is not kept is counted."""
    (tmp_path / "a/b/c").mkdir(parents=True)
    telemetry = Telemetry(contract, log_file=tmp_path / "log", blobs=tmp_path / "a/b/c")
    with telemetry.call(**KNOWN, call_id=call_id) as call:
        call.answered("fine", {"input": 1, "output": 1})
    telemetry.close()
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "log"]
    valid = call_id in ("a", 17, "x" * 300)
    assert [path.name for path in kept] == ([f"{call.call_id}.json"] if valid else [])
    assert all(tmp_path / "a/b/c" in path.parents for path in kept)
    value = telemetry.metrics.registry.get_sample_value("llm_telemetry_dropped_total", {"part": "blob"})
    assert value == (0 if valid else 1)
    assert len(lines(tmp_path / "log")) == 2
    assert "ada@" not in (tmp_path / "log").read_text()
