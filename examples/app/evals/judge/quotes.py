"""Whether a judge's quotes are in what it was shown: one that is nowhere says that the judge did not read, or made it up."""

import re
import unicodedata
from collections.abc import Sequence

from app.evals.item import Item
from app.evals.judge.claims import makes_claims
from app.evals.settings import Dimension

SHORTEST = 12
"""Characters of a quote: shorter ones are found anywhere. A text that is shorter itself can be quoted as a whole."""
_DOUBLE, _SINGLE = "\u201c\u201d\u201e\u00ab\u00bb", "\u2018\u2019\u201a`"
_HYPHENS, _NOTHING = "\u2010\u2011\u2013\u2014\u2212", "\u00ad\u200b"
_SAME = str.maketrans(
    dict.fromkeys(_DOUBLE, '"') | dict.fromkeys(_SINGLE, "'") | dict.fromkeys(_HYPHENS, "-") | dict.fromkeys(_NOTHING)
)
_NUMBERED = re.compile(r"^\[\d+\] ")
_EDGES = " \"'.,;:…"


def problem_of(quotes: Sequence[str], passed: bool, item: Item, dimension: Dimension) -> str:
    """What is wrong with them, in words for the judge; empty if nothing is.

    `groundedness` passes only on the words of a passage, unless the answer claims nothing, and fails only on words of the answer.
    """
    passages, answer = [normal(one) for one in item.passages], normal(item.answer)
    sources = [answer, normal(item.question), *([] if dimension.taste else passages)]
    for quote in quotes:
        if not any(_holds(source, quote) for source in sources):
            return _nowhere(quote)
    if not answer:
        return ""
    if not quotes:
        return "there is no quote"
    if dimension.name != "groundedness" or dimension.rubric:
        return ""
    if not passed:
        from_answer = any(_holds(answer, quote) for quote in quotes)
        return "" if from_answer else "it says that a claim is unsupported, and quotes no words of the answer"
    from_passage = any(_holds(passage, quote) for quote in quotes for passage in passages)
    if from_passage or not makes_claims(item.answer):
        return ""
    return "it says that every claim is supported, and quotes no words of a passage"


def normal(text: str) -> str:
    """One spelling: letters of one case and form, one space, plain quotation marks and hyphens."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_SAME).casefold().split())


def _holds(source: str, quote: str) -> bool:
    """Whether a normal source holds a quote: as a whole, or at least SHORTEST characters of it."""
    wanted = _bare(quote)
    if len(wanted) >= SHORTEST:
        return wanted in source
    return bool(wanted) and wanted == _bare(source)


def _bare(quote: str) -> str:
    """Without the number of its passage, and without marks at its ends that may be the judge's own."""
    return _NUMBERED.sub("", normal(quote)).strip(_EDGES)


def _nowhere(quote: str) -> str:
    shown = quote if len(quote) <= 80 else quote[:79] + "…"
    if len(_bare(quote)) < SHORTEST:
        return f"the quote {shown!r} is shorter than {SHORTEST} characters, and no whole text"
    return f"the quote {shown!r} is in none of the texts"
