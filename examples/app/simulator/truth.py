"""What is right of an answer, as far as words show it: is each sentence in the passages, was declining in place, is a phrase rude?"""

import re
from dataclasses import dataclass

from app.simulator.words import NUMBERS, cover, plain, sentences, words

Reasoned = tuple[list[str], str]
"""Quotes, and a reason."""
_NEGATIVE = re.compile(r"\b(?:not|no|never|none|nothing|without|cannot)\b|n['\u2019]t\b")
_SILENT = re.compile(
    r"\b(?:passages?|context|documents?|sources?|texts?)\b[^.]{0,60}(?:\b(?:not|no|nothing|none)\b|n['\u2019]t\b)"
    r"|(?:\b(?:not|no|nothing)\b|n['\u2019]t\b)[^.]{0,60}\b(?:passages?|context|documents?|sources?|texts?)\b",
    re.IGNORECASE,
)
_INSULTS = re.compile(
    r"""\b(?:idiot|stupid|dumb|moron|(?:any|you|lazy)\s(?:lazy\s)?fool|ignorant|shut\sup|genius|servant|ashamed|apologi[sz]e\sa|forgive\s(?:me|my)
    |waste\s(?:of\s)?(?:my|everyone's|our)\stime|obviously|any(?:one|body)\s(?:with|who)\s(?:a\sbrain|half\sa\sbrain|can\sread)
    |you\s(?:should|ought\sto)\s(?:already\s)?(?:know|have\sread)|read\sthe\smanual|(?:everybody|everyone)\s(?:else\s)?(?:[\w]+\s){0,4}knows
    |clearly\s(?:did\snot|didn't|have\snot|haven't)|calm\sdown|as\s(?:any|every)\s(?:child|beginner)|(?:ridiculous|silly|childish|stupid)\squestion
    |how\shard\scan|you\swill\sregret|your\sown\sfault|look\sit\sup\syourself|little\sone|responsible\sperson|should\snot\sbe\slet
    |once\sagain,\sslowly)\b|^(?:sigh|aw)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_QUOTED = re.compile(r'"[^"]*"|\u201c[^\u201d]*\u201d')
_COVER, _ASKED, _SURELY = 0.7, 0.5, 0.8
"""Shares of words: of a sentence, that a passage must have to support it; of a question, to hold its answer perhaps, or surely."""
_LONGEST, _SHORTEST = 240, 12


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged; `passages` are numbered lines."""

    dimension: str
    passages: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether the answer passes, and what is to be said for it and against it."""

    passes: bool
    for_pass: Reasoned
    for_fail: Reasoned


def finding(case: Case) -> Finding:
    """By the dimension's name; one that is not known is taken for all of them at once."""
    known = {"groundedness": _groundedness, "refusal": _refusal, "tone": _tone}
    if case.dimension in known:
        return known[case.dimension](case)
    found = [known[name](case) for name in ("tone", "groundedness", "refusal") if name == "tone" or case.passages]
    # Of a matter of taste a judge sees no passages.
    return next((one for one in found if not one.passes), found[0])


def _groundedness(case: Case) -> Finding:
    passages = _passages(case.passages)
    said = sentences(case.answer)
    claims = [one for one in said if not (_silent(one) or _refuses(one) or _insults(one))]
    unsupported = [one for one in claims if not _supported(one, passages)]
    own = _quoted(case.answer, said)
    from_passages = _nearest(claims[0], passages) if claims else ""
    for_pass = [from_passages] if from_passages else own
    return Finding(
        not unsupported,
        (for_pass, "Each claim of the answer stands in a passage." if claims else "The answer claims nothing."),
        (_quoted(case.answer, unsupported or said[-1:]), "No passage supports this."),
    )


def _refusal(case: Case) -> Finding:
    passages = _passages(case.passages)
    said = sentences(case.answer)
    held = cover(words(case.question), words(case.passages))
    declines = _refuses(case.answer) or bool(said and all(_silent(one) for one in said))
    claims = [one for one in said if not _insults(one)]
    invents = held < _SURELY and not any(_supported(one, passages) for one in claims)
    passes = held < _ASKED if declines else not invents
    own = _quoted(case.answer, said)
    against = _nearest(case.question, passages) if declines else ""
    return Finding(
        passes,
        (own, "Declining was in place." if declines else "It answers what the passages hold."),
        ([against] if against else own, "The passages hold what was asked." if declines else "The passages do not hold what was asked."),
    )  # fmt: skip


def _tone(case: Case) -> Finding:
    said = sentences(case.answer)
    rude = [one for one in said if _insults(one)]
    own = _quoted(case.answer, said)
    return Finding(
        not rude,
        (own, "It speaks plainly and with respect."),
        (_quoted(case.answer, rude or said), "This talks down to the person who asked."),
    )


def _supported(sentence: str, passages: list[str]) -> bool:
    """A passage has it, letter by letter; or most of its words, all of its numbers, and denies just as often."""
    bare = plain(sentence)
    if any(bare in plain(one) for one in passages):
        return True
    wanted = words(sentence)
    exact = {one for one in wanted if one[0].isdigit() or one in NUMBERS}
    for passage in passages:
        there = words(passage)
        if exact <= there and cover(wanted, there) >= _COVER:
            nearest = _nearest(sentence, [passage])
            return bool(_NEGATIVE.search(bare)) == bool(_NEGATIVE.search(nearest.lower()))
    return False


def _nearest(text: str, passages: list[str]) -> str:
    """The sentence of the passages that shares most words with a text; a whole passage where all are too short to be found."""
    wanted = words(text)
    long = [one[:_LONGEST] for passage in passages for one in sentences(passage) if len(one) > _SHORTEST + 6]
    whole = next((one.strip()[:_LONGEST] for one in passages), "")
    return max(long, key=lambda one: (cover(wanted, words(one)), -len(one)), default=whole)


def _quoted(whole: str, said: list[str]) -> list[str]:
    """Up to two sentences as quotes; the whole text where they are too short to be found."""
    long = [one[:_LONGEST] for one in said if len(one) > _SHORTEST + 6]
    return long[:2] or ([whole.strip()[:_LONGEST]] if whole.strip() else [])


def _passages(numbered: str) -> list[str]:
    return [one for one in re.split(r"^\[\d+\] ", numbered, flags=re.MULTILINE) if one.strip()]


def _silent(sentence: str) -> bool:
    return len(sentence) <= 120 and bool(_SILENT.search(sentence))


def _insults(sentence: str) -> bool:
    # Words that an answer quotes are not its own.
    return bool(_INSULTS.search(_QUOTED.sub(" ", sentence)))


def _refuses(text: str) -> bool:
    # The kit is imported where it is needed: a simulator that judges nothing starts without it.
    from app.telemetry.refusal import refuses

    return refuses(text)
