"""Sentences and words of a text, as far as comparing them needs."""

import functools
import re

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_COMMON = frozenset(
    """a about all also an and any are as at be been but by can do does each for from had has have how if in into is it its like me my of on one or our
    so tell than that the their them then there these they this those to use used was we were what when where which who why will with would you your""".split()  # noqa: SIM905  # a line is easier to read than sixty
)
NUMBERS = frozenset(
    """two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million
    half twice all every""".split()  # noqa: SIM905  # as above
)
"""Words that a passage must have itself, as it must have digits."""


def sentences(text: str) -> list[str]:
    """What ends with a mark or a line."""
    return [one.strip() for one in _SENTENCE.split(text) if len(one.strip()) > 1]


def plain(text: str) -> str:
    """In small letters and with single spaces."""
    return " ".join(text.lower().split())


@functools.lru_cache(2000)
def words(text: str) -> frozenset[str]:
    """What carries meaning, without endings."""
    return frozenset(_stem(one) for one in _WORD.findall(text.lower()) if one not in _COMMON)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word[0].isdigit():
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word


def cover(wanted: frozenset[str], there: frozenset[str]) -> float:
    """The share of the words that are there."""
    return len(wanted & there) / len(wanted) if wanted else 0.0
