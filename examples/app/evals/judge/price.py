"""What judging costs, and what it can cost at most."""

from collections.abc import Mapping

import orjson

from app.evals.judge.prompt import Prompt
from app.evals.judge.template import REPAIR, schema

MOST_TOKENS = 700
"""Of a reply: quotes, reason and verdict take about 150."""
MOST_THINKING = 4000
"""Beside them, for a model that thinks before it says anything."""
_AROUND = 600
"""Tokens that a provider adds: roles, and the words that make a model use a tool (Anthropic documents 346 for some models)."""


def usd(prices: Mapping[str, float] | None, tokens: Mapping[str, int]) -> float:
    """USD of tokens by kind; `input` counts those of the cache as well, `output` those that were thought. Without prices 0.0."""
    if prices is None:
        return 0.0
    read, write = tokens.get("cache_read", 0), tokens.get("cache_write", 0)
    plain = max(0, tokens.get("input", 0) - read - write)
    thought = min(tokens.get("reasoning", 0), tokens.get("output", 0))
    each = {
        "input": plain,
        "output": tokens.get("output", 0) - thought,
        "cache_read": read,
        "cache_write": write,
        "reasoning": thought,
    }
    return sum(count * _price(prices, kind) for kind, count in each.items()) / 1e6


def most_of(prices: Mapping[str, float] | None, prompt: Prompt, scale: int, most_tokens: int) -> tuple[float, float]:
    """USD of a judgement's first request at most, and of its repair; both about ten times what they will cost: it is a bound, not a guess.

    No tokeniser that works on bytes makes more tokens than there are bytes, and `most_tokens` bounds each reply.
    """
    first = _bytes(prompt.system) + _bytes(prompt.user) + len(orjson.dumps(schema(scale))) + _AROUND
    second = first + most_tokens + len(REPAIR) + 800
    return _most(prices, first, most_tokens), _most(prices, second, most_tokens)


def _most(prices: Mapping[str, float] | None, into: int, out: int) -> float:
    if prices is None:
        return 0.0
    dear_in = max(_price(prices, kind) for kind in ("input", "cache_read", "cache_write"))
    dear_out = max(_price(prices, kind) for kind in ("output", "reasoning"))
    return (into * dear_in + out * dear_out) / 1e6


def _price(prices: Mapping[str, float], kind: str) -> float:
    usual = "output" if kind == "reasoning" else "input"
    return float(prices.get(kind, prices[usual]))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
