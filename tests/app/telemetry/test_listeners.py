"""Who wants to know of calls is told, and hurts nobody."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from app.telemetry import Call, Telemetry
from app.telemetry.contract import Contract

KNOWN: dict[str, Any] = {"endpoint": "chat", "model": "gpt-4o-mini", "question": "q"}


def broken(*_told: object) -> None:
    raise RuntimeError("mine")


def test_a_listener_is_told_of_each_call_as_it_ends(contract: Contract) -> None:
    """At once, in the same thread, with all that is known; also of one that failed."""
    telemetry, told = Telemetry(contract), list[tuple[str, str | None, int]]()
    telemetry.on_end(lambda call: told.append((call.status, call.answer, threading.get_ident())))
    with telemetry.call(**KNOWN) as call:
        call.answered("fine", {})
        assert told == []
    with pytest.raises(KeyError), telemetry.call(**KNOWN):
        raise KeyError
    assert told == [("ok", "fine", threading.get_ident()), ("api_error", None, threading.get_ident())]
    telemetry.close()


def test_a_listener_that_breaks_is_counted_and_keeps_nobody_from_knowing(contract: Contract, tmp_path: Path) -> None:
    """Neither the caller nor the next listener, nor the log."""
    telemetry, ended, outcomes = Telemetry(contract, log_file=tmp_path / "log"), list[str](), list[dict[str, Any]]()
    telemetry.on_end(broken)
    telemetry.on_end(lambda call: ended.append(call.call_id))
    telemetry.on_outcome(broken)
    telemetry.on_outcome(lambda _call, outcome: outcomes.append(dict(outcome)))
    with telemetry.call(**KNOWN) as call:
        call.answered("fine", {})
    assert (ended, telemetry.failures) == ([call.call_id], 1)
    telemetry.outcome(call.call_id, thumbs="down")
    telemetry.close()
    assert outcomes == [{"thumbs": "down", "retry": None, "abandoned": None}]
    assert telemetry.failures == 2
    assert (tmp_path / "log").read_text().count("llm.outcome") == 1


def test_an_outcome_is_told_behind_with_what_is_remembered(contract: Contract) -> None:
    """Of an unknown call the id alone; the model that answered is remembered as well."""
    telemetry, told = Telemetry(contract), list[tuple[Call, Mapping[str, Any], int]]()
    telemetry.on_outcome(lambda call, outcome: told.append((call, outcome, threading.get_ident())))
    with telemetry.call(**KNOWN) as call:
        call.answered("fine", {})
        call.response_model = "gpt-4o-mini-2024-07-18"
    telemetry.outcome(call.call_id, thumbs="down")
    telemetry.outcome("f" * 32, thumbs="up")
    telemetry.close()
    assert [(one.call_id, one.model, one.response_model) for one, _outcome, _thread in told] == [
        (call.call_id, "gpt-4o-mini", "gpt-4o-mini-2024-07-18"), ("f" * 32, "", None),
    ]  # fmt: skip
    assert threading.get_ident() not in {thread for _call, _outcome, thread in told}


def test_texts_are_stored_with_what_was_retrieved_and_come_back(contract: Contract, tmp_path: Path) -> None:
    """Redacted, in the order in which they were asked for, also right after the call."""
    telemetry, found = Telemetry(contract, blobs=tmp_path), list[Any]()
    with telemetry.call(**KNOWN, passages=("of ada@example.org", "two"), conversation_id="c1") as call:
        call.answered("fine", {})
    assert telemetry.redacted(call) == ("q", "fine", ("of [redacted:email]", "two"))
    telemetry.keep._behind.flush(2)  # noqa: SLF001
    telemetry.texts(call.call_id, found.append)
    telemetry.texts("f" * 32, found.append)
    telemetry.close()
    (texts, none) = found
    assert none is None
    about = texts.pop("call")
    assert texts == {
        "call_id": call.call_id, "question": "q", "system": "", "passages": ["of [redacted:email]", "two"], "answer": "fine",
    }  # fmt: skip
    assert abs(about.pop("ended") - time.time()) < 60
    assert about == {
        "endpoint": "chat", "provider": "", "model": "gpt-4o-mini", "response_model": None, "prompt_version": None,
        "conversation_id": "c1", "trace_id": call.trace_id, "span_id": call.span_id, "status": "ok", "abandoned": False,
    }  # fmt: skip


def test_without_content_there_is_none_to_be_had(contract: Contract) -> None:
    """Neither now nor later."""
    quiet = Contract(contract.data | {"logs": contract.data["logs"] | {"capture_content": False}})
    telemetry, found = Telemetry(quiet), list[Any]()
    with telemetry.call(**KNOWN, passages=("p",)) as call:
        call.answered("fine", {})
    assert telemetry.redacted(call) == ("", "", ())
    telemetry.texts(call.call_id, found.append)
    assert found == [None]
    telemetry.close()


@pytest.mark.parametrize(
    ("probability", "weight", "squared"), [(1.0, 1, 1), (0.1, 10, 100), (0.0, 0, 0), (-1.0, 0, 0), (2.0, 0, 0)]
)
def test_a_verdict_counts_for_as_many_as_it_stands_for(
    contract: Contract, probability: float, weight: float, squared: float
) -> None:
    """A probability that is none counts for nobody."""
    labels = {"model": "gpt-4o-mini", "dimension": "tone", "verdict": "pass"}
    telemetry = Telemetry(contract)
    with telemetry.call(**KNOWN) as call:
        call.answered("fine", {})
    telemetry.evaluated(call.call_id, "tone", "pass", probability=probability)
    telemetry.close()
    metrics, value = contract.data["metrics"], telemetry.metrics.registry.get_sample_value
    assert [value(metrics[role]["name"], labels) for role in ("eval_results", "eval_weight", "eval_squared_weight")] == [
        1, pytest.approx(weight), pytest.approx(squared),
    ]  # fmt: skip


def test_a_contract_without_weights_counts_results(contract: Contract) -> None:
    """As an older version rendered it."""
    roles = {role: one for role, one in contract.data["metrics"].items() if "weight" not in role}
    telemetry = Telemetry(Contract(contract.data | {"metrics": roles}))
    telemetry.evaluated("f" * 32, "tone", "pass", probability=0.1)
    telemetry.close()
    labels = {"model": "other", "dimension": "tone", "verdict": "pass"}
    assert telemetry.metrics.registry.get_sample_value(roles["eval_results"]["name"], labels) == 1
    assert telemetry.failures == 0


def test_an_id_leads_nowhere_else(contract: Contract, tmp_path: Path) -> None:
    """Ids come from people's browsers, and texts are files below one folder."""
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "secret.json").write_text('{"call": {}}')
    telemetry, found = Telemetry(contract, blobs=tmp_path / "a/b"), list[Any]()
    telemetry.texts("../secret", found.append)
    telemetry.close()
    assert found == [None]
