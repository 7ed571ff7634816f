"""From a call that ended to a line in the spool, redacted, with the weight that it has; the call is never the worse for it."""

import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from app import server
from app.evals.enqueue import Enqueue, watch
from app.evals.item import Item
from app.evals.sampling import draw
from app.evals.settings import Settings
from app.evals.spool import Spool
from app.telemetry import Telemetry
from app.telemetry.contract import Contract

from tests.app.conftest import Live
from tests.app.evals.enqueue.conftest import EVALS, UNLUCKY, Begin, Queued, ask

pytestmark = pytest.mark.xdist_group("app")


def test_a_chosen_answer_is_left_whole_and_redacted(begin: Begin, queued: Queued) -> None:
    """In every text: what leaves the process is clean, and long answers are whole."""
    telemetry = begin()
    with telemetry.call(
        endpoint="chat", model="gpt-4o-mini", provider="openai", question="I am ada@example.org", conversation_id="ada@example.org",
        passages=("Ask bob@example.org", "or not"), prompt_version="v7",
    ) as call:  # fmt: skip
        call.answered("mail bob@example.org " + "x" * 5000, {"input": 1, "output": 1})
        call.response_model = "gpt-4o-mini-2024-07-18"
    assert queued() == [
        Item(
            call.call_id, "chat", "gpt-4o-mini", "openai", "I am [redacted:email]", "mail [redacted:email] " + "x" * 5000,
            ("Ask [redacted:email]", "or not"), "ok", 1.0, "sample", 1000.5, call.trace_id, call.span_id,
            "v7", "gpt-4o-mini-2024-07-18", "[redacted:email]",
        )
    ]  # fmt: skip


def test_turns_of_a_conversation_that_is_chosen_as_a_whole_are_marked(begin: Begin, queued: Queued) -> None:
    """For the effective number of verdicts; not where each call is chosen by itself."""
    telemetry = begin(by="conversation")
    for name in ("ada", "ada", None):
        ask(telemetry, conversation_id=name)
    first, second, alone = (item.cluster for item in queued())
    assert first == second is not None
    assert alone is None
    ask(begin(), conversation_id="ada")
    assert queued()[-1].cluster is None


def test_what_no_judge_could_read_is_cut(begin: Begin, queued: Queued) -> None:
    """In each text, so that a line of the spool has its bound; and it says what is missing."""
    telemetry = begin()
    long = "x" * 60_000
    with telemetry.call(
        endpoint="chat",
        model="gpt-4o-mini",
        provider="openai",
        question=long,
        passages=tuple(long for _passage in range(9)),
    ) as call:
        call.answered(long, {"input": 1, "output": 1})
    (item,) = queued()
    assert item.question == item.answer == "x" * 50_000 + "\n[cut: 10,000 more characters]"
    assert len(item.passages) == 4
    assert item.passages[0] == long
    assert item.passages[3].endswith("\n[cut: 340,004 more characters]")
    assert len(item.dumped()) < 310_000


def test_names_that_the_contract_does_not_know_become_other(begin: Begin, queued: Queued) -> None:
    """They are labels of metrics."""
    ask(begin(), endpoint="ada", model="m-of-bob")
    (item,) = queued()
    assert (item.endpoint, item.model) == ("other", "other")


def test_its_probability_is_the_one_it_was_chosen_with(begin: Begin, queued: Queued) -> None:
    """And who is not chosen is not there."""
    telemetry = begin(sample=0.3)
    asked = [ask(telemetry, call_id=f"{number:032x}").call_id for number in range(200)]
    found = queued()
    assert [item.call_id for item in found] == [name for name in asked if draw(name) < 0.3]
    assert {(item.probability, item.reason, item.weight) for item in found} == {(0.3, "sample", 1 / 0.3)}


@pytest.mark.parametrize("end", ["failed", "timeout", "empty", "abandoned", "half"])
def test_what_nobody_got_is_not_judged(begin: Begin, queued: Queued, end: str) -> None:
    """Failures have nothing to judge, and of an answer that somebody left there is only a part."""
    telemetry = begin()
    with telemetry.call(endpoint="chat", model="gpt-4o-mini") as call:
        if end in {"empty", "abandoned", "half"}:
            call.answered("" if end == "empty" else "fi", {})
        if end in {"timeout", "half"}:
            call.failed("timeout")
        if end == "abandoned":
            call.gone()
    assert queued() == []
    assert telemetry.failures == 0


@pytest.mark.parametrize("answer", ["I cannot help with that.", None])
def test_a_refusal_is_always_judged(begin: Begin, queued: Queued, answer: str | None) -> None:
    """Also where the model said nothing at all."""
    telemetry = begin(sample=0.001)
    with telemetry.call(endpoint="chat", model="gpt-4o-mini", call_id=UNLUCKY) as call:
        if answer is not None:
            call.answered(answer, {})
        call.failed("refusal")
    (item,) = queued()
    assert (item.answer, item.status, item.reason, item.weight) == (answer or "", "refusal", "refusal", 1.0)


def test_without_content_nothing_is_judged_and_that_is_said(
    begin: Begin, queued: Queued, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, at the start."""
    with caplog.at_level(logging.WARNING, "llm.evals"):
        telemetry = begin(logs={"capture_content": False})
        ask(telemetry)
        ask(telemetry)
    assert caplog.text.count("capture_content is off") == 1
    assert telemetry.end_listeners == ()
    assert queued() == []


def test_evals_that_are_off_cost_nothing(begin: Begin, queued: Queued) -> None:
    """Nobody listens."""
    telemetry = begin(enabled=False)
    ask(telemetry)
    assert (telemetry.end_listeners, telemetry.keep.outcome_listeners) == ((), ())
    assert queued() == []


def test_a_spool_that_fails_is_not_the_callers_problem(contract: Contract, tmp_path: Path) -> None:
    """Nor is it telemetry's: the line is in the log."""
    (tmp_path / "file").write_text("")
    telemetry = Telemetry(Contract(contract.data | {"evals": EVALS}), log_file=tmp_path / "log")
    enqueue = watch(telemetry, tmp_path / "file")
    assert isinstance(enqueue, Enqueue)
    assert ask(telemetry).status == "ok"
    telemetry.close()
    assert enqueue.spool.dropped == 1
    assert telemetry.failures == 0
    assert len((tmp_path / "log").read_text().splitlines()) == 2


def test_many_threads_leave_each_answer_once(begin: Begin, queued: Queued) -> None:
    """As servers have them."""
    telemetry = begin()
    threads = [threading.Thread(target=lambda: [ask(telemetry) for _number in range(50)]) for _thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({item.call_id for item in queued()}) == 400


def test_the_reference_app_leaves_what_the_model_got(live: Live, queued: Queued, tmp_path: Path) -> None:
    """The passages of an answer are the ones of its prompt, in their order; the model that answered is the simulator's word."""
    live.recover()
    settings = Settings.of(Contract(live.telemetry.contract.data | {"evals": EVALS}))
    Enqueue(live.telemetry, settings, Spool(tmp_path / "spool"))
    try:
        body = live.ask(model="claude-haiku-4-5")
    finally:
        live.telemetry.end_listeners = live.telemetry.keep.outcome_listeners = ()
    (item,) = queued()
    sources: Any = body["sources"]
    assert sources
    assert item.passages == tuple(live.telemetry.clean(f"{one['title']}: {one['text']}") for one in sources)
    assert (item.call_id, item.trace_id, item.answer) == (body["call_id"], body["trace_id"], body["answer"])
    assert item.response_model == "claude-haiku-4-5"


@pytest.mark.parametrize("folder", ["", "evals"])
def test_the_reference_app_queues_where_it_is_told_a_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, repository: Path, folder: str
) -> None:
    """And nowhere else."""
    told: list[Path] = []
    monkeypatch.setenv("EVALS_FOLDER", folder)
    monkeypatch.setenv("LLM_CONTRACT", str(repository / "stack/app/contract.json"))
    monkeypatch.setenv("APP_BLOBS", str(tmp_path))
    monkeypatch.setattr(server, "watch", lambda _telemetry, where: told.append(where))
    monkeypatch.setattr(server.uvicorn, "run", lambda *_told, **_more: None)
    server.main()
    assert told == ([Path("evals")] if folder else [])
