"""What all finders share: finds as spans, and text with its exotic digits and separators as plain ones."""

import re
from bisect import bisect_right
from collections.abc import Mapping

Span = tuple[int, int, str]
"""Start, end and kind of a find."""

_DIGITS = {chr(first + digit): str(digit) for first in (0xFF10, 0x660, 0x6F0, 0x966) for digit in range(10)}
_SIGNS = {"\uff20": "@", "\uff0b": "+"}
_SEPARATORS = dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " ") | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\uff0d\u30fc", "-") | {"\uff08": "(", "\uff09": ")", "\uff0f": "/"}  # fmt: skip
_ODD = re.compile(f"[{''.join(_DIGITS)}{''.join(_SIGNS)}]")
_FOLD = str.maketrans(_DIGITS | _SIGNS | _SEPARATORS)


def folded(text: str, bones: str) -> str | None:
    """The text with digits of other scripts as ASCII, place for place; None where it has none. `bones` holds the first bytes that they have in UTF-8."""
    maybe = "\xef" in bones or "\xd9" in bones or "\xdb" in bones or "\xe0" in bones
    return text.translate(_FOLD) if maybe and _ODD.search(text) else None


def spaced(text: str) -> str:
    """The text with spaces and hyphens that do not break a line as plain ones, place for place."""
    if not text.isascii():
        # A few of many characters: quicker one by one than by a table.
        for odd, plain in _SEPARATORS.items():
            if odd in text:
                text = text.replace(odd, plain)
    return text


def is_letter(char: str) -> bool:
    """Whether a number goes on, as part of a word, with this character; Chinese and Japanese put no space between the two."""
    return char == "_" or (char.isalnum() and char < "\u2e80")


def outside(found: list[Span], marks: list[Span]) -> list[Span]:
    """The finds that do not lie within a mark: a pattern may fit the word `redacted` too. Marks in the order of their places."""
    if not marks:
        return found
    starts = [start for start, _, _ in marks]
    kept: list[Span] = []
    for start, end, kind in found:
        place = bisect_right(starts, start) - 1
        if place < 0 or end > marks[place][1]:
            kept.append((start, end, kind))
    return kept


def joined(text: str, found: list[Span], order: Mapping[str, int]) -> str:
    """The text with a mark for every find; one mark for finds that overlap, named by the kind that comes first in `order`."""
    parts: list[str] = []
    done = 0
    for start, end, kind in _merged(found, order):
        parts += [text[done:start], f"[redacted:{kind}]"]
        done = end
    return "".join([*parts, text[done:]])


def _merged(found: list[Span], order: Mapping[str, int]) -> list[Span]:
    merged: list[Span] = []
    for start, end, kind in sorted(found):
        if merged and start < merged[-1][1]:
            first, last, other = merged[-1]
            merged[-1] = first, max(last, end), min(kind, other, key=order.__getitem__)
        else:
            merged.append((start, end, kind))
    return merged
