"""List prices from the committed snapshot; the price library itself is far too slow to import for a render."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from generator.model import Price

SNAPSHOT = Path(__file__).with_name("prices.json")


def lookup(provider: str, model: str) -> Price | None:
    """USD per million tokens, or None where provider or model are unknown, or the model is not priced by tokens."""
    data = _snapshot()
    for clause, prices in data["providers"].get(provider, []):
        if matches(clause, model.lower()):
            given, made, cache_read, cache_write = prices
            source = f"{data['source']}, {provider}"
            return Price(given, made, cache_read, cache_write, source)
    return None


def matches(clause: list[Any], model: str) -> bool:
    """Whether a lower-case model name meets a clause such as `["or", ["equals", "a"], ["starts_with", "b"]]`."""
    kind, *rest = clause
    if kind == "or":
        return any(matches(part, model) for part in rest)
    if kind == "and":
        return all(matches(part, model) for part in rest)
    text = rest[0]
    return bool(
        (kind == "equals" and model == text)
        or (kind == "starts_with" and model.startswith(text))
        or (kind == "ends_with" and model.endswith(text))
        or (kind == "contains" and text in model)
        or (kind == "regex" and re.search(text, model))
    )


@cache
def _snapshot() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    return data
