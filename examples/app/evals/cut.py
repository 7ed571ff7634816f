"""Texts that are too long for a judge are cut, and say so: the judge reads no more than it could, and no worker runs out of memory."""

from collections.abc import Sequence

MOST, MOST_PASSAGES = 50_000, 200_000
"""Characters of a question or an answer, and of all passages together: about 12,000 and 50,000 tokens of English."""


def cut(text: str, most: int = MOST) -> str:
    r"""Its beginning, and how much is missing.

    >>> cut("ten letters", 3)
    'ten\n[cut: 8 more characters]'
    """
    return text if len(text) <= most else f"{text[:most]}\n[cut: {len(text) - most:,} more characters]"


def cut_all(texts: Sequence[str], most: int = MOST_PASSAGES) -> tuple[str, ...]:
    r"""The first ones whole, as far as there is room for them; the one that it ends in is cut, and says what is missing of it and after it.

    Each counts for one character more than it has, so that there are not too many empty ones either.

    >>> cut_all(["one", "three", "four"], 8)
    ('one', 'thr\n[cut: 6 more characters]')
    """
    kept: list[str] = []
    for place, text in enumerate(texts):
        if len(text) >= most:
            room = max(0, most - 1)
            missing = sum(map(len, texts[place:])) - room
            return (*kept, f"{text[:room]}\n[cut: {missing:,} more characters]")
        kept.append(text)
        most -= len(text) + 1
    return tuple(kept)
