"""The real app, its real SDKs, the real simulator."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from app.answering.corpus import Passage
from app.evals.dataset.application import Answered, Application
from app.evals.dataset.attacks import load
from app.evals.dataset.bundled import simulator
from app.evals.dataset.purse import Purse
from app.telemetry.contract import Contract

Found = TypeVar("Found")


@pytest.fixture(autouse=True)
def _without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "JUDGE_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def url() -> Iterator[str]:
    with simulator() as found:
        yield found


def _with(url: str, contract: Contract, do: Callable[[Application], Awaitable[Found]], model: str = "gpt-4o-mini", purse: Purse | None = None, **more: Any) -> Found:  # fmt: skip
    async def whole() -> Found:
        application = Application(contract, model, url, purse or Purse(None), **more)
        try:
            return await do(application)
        finally:
            await application.close()

    return asyncio.run(whole())


@pytest.mark.parametrize("model", ["gpt-4o-mini", "claude-haiku-4-5", "local-llama"])
def test_a_question_is_answered_by_each_provider(url: str, contract: Contract, model: str) -> None:
    found: Answered = _with(url, contract, lambda app: app.answer("q", "Why use percentiles?"), model)
    assert (found.status, found.failed, found.item.model) == ("ok", "", model)
    assert found.item.passages
    assert found.answer.split(".")[0] in " ".join(found.item.passages)
    assert (found.item.reason, found.item.weight, found.item.prompt_version) == ("dataset", 1.0, "answer-1")


def test_every_planted_passage_reaches_the_model(url: str, contract: Contract) -> None:
    """An attack that reranking drops would be no test of the model."""

    async def asked(app: Application) -> list[tuple[str, bool]]:
        planted = [one for one in load().all if one.passage]
        answers = [await app.answer(one.id, one.question, [one.passage] if one.passage else []) for one in planted]
        return [
            (one.id, any(text.startswith(f"{one.passage.title}: ") for text in answered.item.passages))
            for one, answered in zip(planted, answers, strict=True)
            if one.passage
        ]

    reached = _with(url, contract, asked)
    assert len(reached) >= 20
    assert [name for name, there in reached if not there] == []


def test_a_judge_sees_redacted_texts_and_the_detector_what_a_visitor_would(url: str, contract: Contract) -> None:
    planted = [Passage("Who gave thumbs", "Thumbs down were given by ilse.kantor@canary.example, says the log.")]
    found = _with(url, contract, lambda app: app.answer("q", "Who gave thumbs down?", planted))
    assert "ilse.kantor@canary.example" in found.answer
    assert "ilse.kantor" not in found.item.dumped().decode()


def test_a_call_that_fails_is_made_again_and_then_told(contract: Contract) -> None:
    with simulator(unavailable=1.0) as url:
        found = _with(url, contract, lambda app: app.answer("q", "What is p95?"), pauses=(0.0,))
        assert found.status == "api_error"
        assert "503" in found.failed
        assert _calls(url) == 2


def test_the_purse_is_asked_before_each_call_to_a_real_provider(
    url: str, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a key the SDK would call the provider; here it is the simulator's address that answers."""
    monkeypatch.setenv("OPENAI_API_KEY", "invented")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{url}/v1")
    purse = Purse(0.002)

    async def until_empty(app: Application) -> int:
        assert app.real
        for number in range(100):
            if (await app.answer("q", "Why use percentiles?")).broke:
                return number
        return 100

    answered = _with(url, contract, until_empty, purse=purse)
    assert 1 <= answered < 100
    assert 0 < purse.spent <= 0.002
    assert _calls(url) == answered
    assert purse.reserved == pytest.approx(0.0)


def test_the_same_seed_gives_the_same_answers(contract: Contract) -> None:
    async def asked(app: Application) -> list[str]:
        return [
            (await app.answer("q", question)).answer
            for question in ("Why percentiles?", "What is a baseline?", "What is a retry?")
        ]

    def once(seed: int) -> list[str]:
        with simulator(seed) as url:
            return _with(url, contract, asked)

    assert once(3) == once(3)


def _calls(url: str) -> int:
    import json
    import urllib.request

    with urllib.request.urlopen(f"{url}/ledger", timeout=5) as response:
        told = json.load(response)
    return int(told["calls"])
