"""What is wrong with a part of an expression, before anyone knows where that stands in a file."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from generator.proofs.contract.nodes import Span

_MOST = 8


@dataclass(frozen=True)
class Finding:
    """`span` is in the expression."""

    check: str
    span: Span
    message: str
    found: str = ""
    allowed: str = ""
    fix: str = ""


Report = Callable[[Finding], None]


def closest(word: str, known: Iterable[str]) -> list[str]:
    """The known words that are most like a word, at most three."""
    return difflib.get_close_matches(word, list(known), n=3, cutoff=0.6)


def listed(word: str, known: Iterable[str]) -> str:
    """All known words where they are few, else the closest."""
    words = sorted(known)
    if len(words) <= _MOST:
        return ", ".join(words) or "none"
    return f"{', '.join(closest(word, words)) or 'nothing like it'} (closest of {len(words)})"
