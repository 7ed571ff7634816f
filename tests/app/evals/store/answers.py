"""Answers to judge and what a judge says of them, for tests."""

from typing import Any

from app.evals.item import Item
from app.evals.verdict import Verdict


def item(number: int, **more: Any) -> Item:
    """The answer of that number, an hour before 1,000,000 seconds."""
    known: dict[str, Any] = {
        "call_id": f"{number:032x}",
        "endpoint": "chat",
        "model": "m1",
        "provider": "p",
        "question": "What is a baseline?",
        "answer": "It is a median.",
        "passages": ("Baseline: It is a median.",),
        "status": "ok",
        "probability": 0.25,
        "reason": "sample",
        "ended": 996_400.0 + number,
    }
    return Item(**(known | more))


def verdict(number: int, dimension: str = "groundedness", label: Any = "pass", **more: Any) -> Verdict:
    """Of the answer of that number."""
    known: dict[str, Any] = {
        "call_id": f"{number:032x}",
        "dimension": dimension,
        "rubric": "r1",
        "label": label,
        "score": None,
        "reason": "It is in the first passage.",
        "quotes": ("It is a median.",),
        "judge": "j1",
        "usd": 0.25,
        "at": 1_000_000.0 + number,
        "model": "m1",
        "weight": 4.0,
    }
    return Verdict(**(known | more))
