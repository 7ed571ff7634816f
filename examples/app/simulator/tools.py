"""Tool calls on demand: a prompt that says `call NAME {json}` is answered with that call, where the tool is listed."""

import json
import re
from collections.abc import Collection
from typing import Any

from app.simulator.asked import ToolCall

MOST = 32
"""Calls of one answer."""

_MARK = re.compile(r"\bcall ([A-Za-z0-9_.-]{1,128})\s+(?=\{)")


def _refused(constant: str) -> Any:
    raise ValueError(constant)  # NaN and Infinity are Python's, not JSON's


_DECODER = json.JSONDecoder(parse_constant=_refused)


def marked(text: str, names: Collection[str], most: int = MOST) -> tuple[ToolCall, ...]:
    """The calls that the text asks for, in its order; what is not listed, or no JSON, is not called."""
    found: list[ToolCall] = []
    at = 0
    while len(found) < most and (mark := _MARK.search(text, at)):
        at = mark.end()
        try:
            _arguments, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            continue
        if mark[1] in names:
            found.append(ToolCall(mark[1], text[at:end]))
        at = end
    return tuple(found)


def slices(arguments: str, words_at_once: int) -> list[str]:
    """Arguments as a stream delivers them."""
    step = 12 * words_at_once
    return [arguments[at : at + step] for at in range(0, len(arguments), step)]
