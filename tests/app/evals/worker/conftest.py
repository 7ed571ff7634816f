"""A real store in a file, a judge that does as it is told, and answers to judge."""

import asyncio
import dataclasses
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app.evals.item import Item
from app.evals.judge import JudgeRefused, JudgeUnavailable
from app.evals.settings import Dimension, JudgeSettings, Settings
from app.evals.store import Store, open_store
from app.evals.verdict import Verdict
from app.evals.worker import judging as judging_module
from app.telemetry import Telemetry
from app.telemetry.contract import Contract

USD = 0.001
"""What a judgement costs, and the most that it may, which is ten times that."""
GROUNDED = Dimension("groundedness", "", 2, 2, taste=False)
REFUSAL = Dimension("refusal", "", 2, 2, taste=False)
TONE = Dimension("tone", "", 2, 2, taste=True)


def item(number: int, **more: Any) -> Item:
    """An answer; every seventh is bad, and its judge finds that out."""
    known: dict[str, Any] = {
        "call_id": hashlib.sha256(str(number).encode()).hexdigest()[:32],
        "endpoint": "chat",
        "model": "gpt-4o-mini",
        "provider": "openai",
        "question": "What is a baseline?",
        "answer": "It is made of cheese." if number % 7 == 0 else "It is a median.",
        "passages": ("Baseline: It is a median.",),
        "status": "ok",
        "probability": 0.25,
        "reason": "sample",
        "ended": time.time(),
    }
    return Item(**(known | more))


class FakeJudge:
    """A judge in this process. `fails` is asked before each verdict and may raise."""

    name, priced, real = "gpt-4o-mini", True, False

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds, self.calls, self.at_once, self.most_at_once, self.closed = seconds, 0, 0, 0, False
        self.asked: list[tuple[str, str]] = []
        self.down, self.refuses, self.misconfigured, self.misconfigured_in = False, set[str](), False, ""
        self.retry_after: float | None = None

    async def judge(self, item: Item, dimension: Dimension) -> Verdict:
        self.calls += 1
        self.asked.append((item.call_id, dimension.name))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.at_once -= 1
        if self.misconfigured or self.misconfigured_in == dimension.name:
            raise JudgeRefused("401 wrong key", misconfigured=True)
        if self.down:
            raise JudgeUnavailable("503 no capacity", self.retry_after)
        if item.call_id in self.refuses:
            raise JudgeRefused("400 too long")
        label = "fail" if "cheese" in item.answer else "pass"
        return Verdict(
            item.call_id, dimension.name, self.rubric(dimension), label, None, "because", (), self.name, USD, time.time(),
            item.model, item.weight,
        )  # fmt: skip

    def most_usd(self, item: Item, dimension: Dimension) -> float:
        return USD * 10 if item and dimension else 0.0

    def rubric(self, dimension: Dimension) -> str:
        return hashlib.sha256(dimension.name.encode()).hexdigest()[:12]

    async def close(self) -> None:
        self.closed = True


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Two dimensions, five dollars, four at a time."""
    prices = {"input": 0.15, "output": 0.6, "cache_read": 0.075, "cache_write": 0.15}
    judge = JudgeSettings("gpt-4o-mini", "openai", None, 5.0, 4, 60_000, prices)
    return Settings(
        0.25, "call", {}, {}, 0, (), judge, (GROUNDED, REFUSAL), 0, 100_000, 1_209_600, 0.9, enabled=True
    )  # fmt: skip


def with_judge(settings: Settings, **more: Any) -> Settings:
    """The same with another judge."""
    return dataclasses.replace(settings, judge=dataclasses.replace(settings.judge, **more))


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Of a store that is not there yet."""
    return f"sqlite:///{tmp_path / 'evals.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store of its own."""
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def kit(contract: Contract) -> Iterator[Telemetry]:
    """A kit that exports nothing."""
    made = Telemetry(contract)
    yield made
    made.close()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits after failures are short."""
    monkeypatch.setattr(judging_module, "back_off", lambda _attempt, retry_after: retry_after or 0.02)
