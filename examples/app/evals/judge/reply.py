"""From what a judge replies to a verdict, or to words for the judge on what is wrong with it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.evals.item import Item
from app.evals.judge.quotes import problem_of
from app.evals.judge.template import last_field
from app.evals.settings import Dimension
from app.evals.verdict import Label

MOST_QUOTES, LONGEST_QUOTE, LONGEST_REASON = 20, 500, 1000

_MOST_STARTS = 100


class Unusable(ValueError):  # noqa: N818  # the reply is, and no error of the program's
    """A reply that is no verdict; its text says why, in words that a judge understands."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge thinks; `score` is 1 or 0 for pass and fail on a scale of 2, else 1 to the scale, and None for an error."""

    label: Label
    score: float | None
    reason: str
    quotes: tuple[str, ...]


def opinion_of(said: Any, item: Item, dimension: Dimension) -> Opinion:
    """Text or the fields of a tool's call, checked. Raises Unusable."""
    told = only(said, last_field(dimension.scale)) if isinstance(said, str) else said
    if not isinstance(told, dict):
        raise Unusable("it is no JSON object")
    quotes, reason = told.get("quotes"), told.get("reason")
    if not isinstance(quotes, list) or not all(isinstance(one, str) for one in quotes):
        raise Unusable('"quotes" is no list of texts')
    if len(quotes) > MOST_QUOTES:
        raise Unusable(f'"quotes" has {len(quotes)} quotes, and {MOST_QUOTES} are the most')
    if not isinstance(reason, str) or not reason.strip():
        raise Unusable('"reason" is no text')
    passed, score = _decided(told, dimension)
    quotes = [one for one in quotes if one.strip()]
    if problem := problem_of(quotes, passed, item, dimension):
        raise Unusable(problem)
    return Opinion(
        "pass" if passed else "fail",
        score,
        reason.strip()[:LONGEST_REASON],
        tuple(one[:LONGEST_QUOTE] for one in quotes),
    )


def only(text: str, last: str) -> dict[str, Any]:
    """The JSON object of a text that has the field `last`, whatever stands around it. Raises Unusable for none, or several that differ."""
    found = [one for one in _objects(text) if last in one]
    if not found:
        raise Unusable(f'it holds no JSON object with "{last}"')
    if any(one != found[0] for one in found):
        raise Unusable("it holds several verdicts that differ")
    return found[0]


def _objects(text: str) -> Iterator[dict[str, Any]]:
    decoder, at = json.JSONDecoder(), 0
    # Bounded: braces without an end would be read again from each of them.
    for _start in range(_MOST_STARTS):
        if (at := text.find("{", at)) < 0:
            return
        try:
            told, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        if isinstance(told, dict):
            yield told


def _decided(told: dict[str, Any], dimension: Dimension) -> tuple[bool, float]:
    if dimension.scale == 2:
        verdict = told.get("verdict")
        if verdict not in ("pass", "fail"):  # a tuple: what stands there need not be hashable
            raise Unusable('"verdict" is neither "pass" nor "fail"')
        return verdict == "pass", float(verdict == "pass")
    score = told.get("score")
    if isinstance(score, bool) or not isinstance(score, int | float) or score not in range(1, dimension.scale + 1):
        raise Unusable(f'"score" is no whole number from 1 to {dimension.scale}')
    return score >= dimension.threshold, float(score)
