"""From a call that ended to a line in the spool, redacted, with the weight that it has; the call is never the worse for it."""

import dataclasses
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from app import server
from app.evals.enqueue import Enqueue, watch
from app.evals.item import Item
from app.evals.sampling import draw
from app.evals.settings import Settings
from app.evals.spool import Spool
from app.evals.spool_reader import SpoolReader
from app.telemetry import Call, Telemetry
from app.telemetry.contract import Contract

from tests.app.conftest import Live

pytestmark = pytest.mark.xdist_group("app")
EVALS: dict[str, Any] = {
    "enabled": True, "sample": 1.0, "by": "call", "endpoints": {}, "models": {}, "floor_per_day": 0, "always": ["refusal", "thumbs_down"],
    "judge": {
        "model": "gpt-4o-mini", "provider": "openai", "base_url": None, "max_usd_per_day": 5.0, "concurrency": 4, "per_minute": 120,
        "usd_per_million_tokens": None,
    },
    "dimensions": [], "control_seconds": 86400, "max_waiting": 1000, "keep_seconds": 1209600, "pass_rate_below": 0.9,
}  # fmt: skip
UNLUCKY = next(name for name in map(str, range(1000)) if draw(name) > 0.9)
Begin = Callable[..., Telemetry]


@pytest.fixture
def begin(contract: Contract, tmp_path: Path) -> Iterator[Begin]:
    """A kit with the hooks in place, and settings changed so."""
    made: list[Telemetry] = []

    def one(blobs: bool = True, logs: dict[str, Any] | None = None, **changes: Any) -> Telemetry:
        data = contract.data | {"evals": EVALS | changes, "logs": contract.data["logs"] | (logs or {})}
        made.append(Telemetry(Contract(data), blobs=tmp_path / "blobs" if blobs else None, log_file=tmp_path / "log"))
        watch(made[-1], tmp_path, lambda: 1000.5)
        return made[-1]

    yield one
    for telemetry in made:
        telemetry.close()


@pytest.fixture
def queued(tmp_path: Path) -> Callable[[], list[Item]]:
    """What is in the spool and was not read yet."""
    reader = SpoolReader(tmp_path / "spool")

    def read() -> list[Item]:
        batch = reader.read(1000)
        batch.commit()
        return [Item.loaded(line) for line in batch.lines]

    return read


Queued = Callable[[], list[Item]]


def ask(telemetry: Telemetry, answer: str | None = "fine", **known: Any) -> Call:
    """One call."""
    told = {"endpoint": "chat", "model": "gpt-4o-mini", "provider": "openai", "question": "q"} | known
    with telemetry.call(**told) as call:
        if answer is not None:
            call.answered(answer, {"input": 1, "output": 1})
    return call


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


def test_a_thumbs_down_is_judged_later_and_counts_for_nobody_else(begin: Begin, queued: Queued) -> None:
    """Once, from the texts that were stored; a thumbs-up is no reason."""
    telemetry = begin(sample=0.001)
    told = {
        "call_id": UNLUCKY,
        "passages": ("p@example.org",),
        "prompt_version": "v7",
        "question": "why, ada@example.org",
    }
    call = ask(telemetry, **told)
    telemetry.outcome(UNLUCKY, thumbs="up")
    telemetry.flush()
    assert queued() == []
    for _again in range(3):
        telemetry.outcome(UNLUCKY, thumbs="down")
        telemetry.flush()
    (item,) = queued()
    assert dataclasses.replace(item, ended=0) == Item(
        UNLUCKY, "chat", "gpt-4o-mini", "openai", "why, [redacted:email]", "fine", ("[redacted:email]",), "ok", 1.0, "thumbs_down", 0,
        call.trace_id, call.span_id, "v7",
    )  # fmt: skip
    assert item.weight == 0.0
    assert telemetry.failures == 0


def test_a_thumbs_down_reaches_any_process(begin: Begin, queued: Queued) -> None:
    """The one that gets it need not be the one that answered."""
    ask(answering := begin(sample=0.001), call_id=UNLUCKY)
    answering.flush()
    other = begin(sample=0.001)
    other.outcome(UNLUCKY, thumbs="down")
    other.flush()
    (item,) = queued()
    assert (item.call_id, item.model, item.endpoint, item.reason) == (UNLUCKY, "gpt-4o-mini", "chat", "thumbs_down")


def test_who_was_chosen_already_keeps_the_weight(begin: Begin, queued: Queued) -> None:
    """By its share in whatever process, by the floor in this one."""
    telemetry = begin()
    call = ask(telemetry)
    floor = begin(sample=0.001, floor_per_day=24)
    lifted = ask(floor, call_id=UNLUCKY)
    for process, one in ((telemetry, call), (floor, lifted), (begin(), call)):
        process.outcome(one.call_id, thumbs="down")
        process.flush()
    assert [item.reason for item in queued()] == ["sample", "sample"]


@pytest.mark.parametrize("call_id", ["f" * 32, "../../log", "", "a/b", "\0", "x" * 10_000])
def test_a_thumbs_down_for_a_call_that_never_was_is_nothing(begin: Begin, queued: Queued, call_id: str) -> None:
    """An id that somebody sends is not part of a path, whatever it is."""
    telemetry = begin()
    telemetry.outcome(call_id, thumbs="down")
    telemetry.flush()
    assert queued() == []
    assert telemetry.failures == 0


@pytest.mark.parametrize("change", [{"always": ["refusal"]}, {"endpoints": {"chat": 0.0}}, {"blobs": False}])
def test_a_thumbs_down_is_not_judged(begin: Begin, queued: Queued, change: dict[str, Any]) -> None:
    """Where the settings do not ask for it, where nobody may read such answers, or where no text is stored."""
    telemetry = begin(**{"sample": 0.001, **change})
    ask(telemetry, call_id=UNLUCKY)
    telemetry.outcome(UNLUCKY, thumbs="down")
    telemetry.flush()
    assert queued() == []
    assert telemetry.failures == 0


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
