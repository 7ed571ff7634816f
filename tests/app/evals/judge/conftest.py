"""Answers to judge, and judges of both protocols at the real simulator, through the real SDKs."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from app.evals.item import Item
from app.evals.judge import Judge, judge_of
from app.evals.judge.wire import Pace, at_once
from app.evals.settings import Dimension, JudgeSettings

from tests.app.simulator.conftest import Simulator, served, simulator

__all__ = ["served", "simulator"]
Found = TypeVar("Found")
GROUNDED = Dimension("groundedness", "", 2, 2, taste=False)
REFUSAL = Dimension("refusal", "", 2, 2, taste=False)
TONE = Dimension("tone", "", 2, 2, taste=True)
BRAND = Dimension("brand", "It sounds like us: plain.", 5, 4, taste=True)
PRICES = {"input": 0.15, "output": 0.6, "cache_read": 0.075, "cache_write": 0.15}
SETTINGS = {
    "openai": JudgeSettings("gpt-4o-mini", "openai", None, 5.0, 4, 120, PRICES),
    "anthropic": JudgeSettings("claude-haiku-4-5", "anthropic", None, 5.0, 4, 120, PRICES),
}
PASSAGES = (
    "Baseline: A baseline is the median of the same hours of the four weeks before.",
    "Holding: During an incident the baseline is held, so that it does not learn the incident.",
    "Alerts: An alert fires when the rate is above its threshold for ten minutes.",
)
GOOD = "A baseline is the median of the same hours of the four weeks before."
BAD = f"{GOOD} It was introduced by a bank in Toronto in 1962."


def item(answer: str = GOOD, number: int = 1, **more: Any) -> Item:
    """An answer on baselines."""
    known: dict[str, Any] = {
        "call_id": f"{number:032x}",
        "endpoint": "chat",
        "model": "local-llama",
        "provider": "openai-compatible",
        "question": "What is a baseline?",
        "answer": answer,
        "passages": PASSAGES,
        "status": "ok",
        "probability": 0.25,
        "reason": "sample",
        "ended": 1.0,
    }
    return Item(**(known | more))


def asked(
    url: str, work: Callable[[Judge], Awaitable[Found]], provider: str = "openai", *, environ: dict[str, str] | None = None,
    timeout: float = 5.0, pace: Pace = at_once, **more: Any,
) -> Found:  # fmt: skip
    """What comes of some work with a judge at a simulator, which is closed afterwards."""

    async def run() -> Found:
        judge = judge_of(dataclasses.replace(SETTINGS[provider], **more), url, environ or {}, timeout, pace)
        try:
            return await work(judge)
        finally:
            await judge.close()

    return asyncio.run(run())


def one(
    simulator: Simulator, answer: str = GOOD, dimension: Dimension = GROUNDED, provider: str = "openai", **more: Any
) -> Any:
    """A verdict."""
    return asked(simulator.url, lambda judge: judge.judge(item(answer, **more), dimension), provider)
