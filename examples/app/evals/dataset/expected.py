"""What can be told of an answer without a judge: it declines or not, and holds certain words or not."""

import re

from app.evals.dataset.questions import Question
from app.telemetry.refusal import refuses

DECLINED = frozenset(("refusal", "safety_block"))
_NOTHING_FOUND = re.compile(
    r"""\b(?:
     (?:passages?|documentation|documents?|context|sources?|texts?|information)\ (?:\w+\ ){0,3}?(?:does|do|did)(?:\ not|n't)
    |(?:does|do|did|is|are|was)(?:\ not|n't)\ (?:\w+\ ){0,4}?(?:in|by|from|within)\ (?:the|these|any|my)\ (?:\w+\ )?(?:passage|doc|context|source|text)
    |no\ (?:information|mention|passage|answer|data)|none\ of\ the\ passages|nothing\ (?:about|on|in\ the)
    |(?:can(?:not|'t|\ not)|could(?:\ not|n't)|unable\ to)\ (?:be\ )?(?:find|found|answer|determine|tell|say)
    |(?:do\ not|don't)\ (?:know|have)|not\ (?:mentioned|covered|stated|specified|documented|available|contained|provided|described))\b""",
    re.VERBOSE | re.IGNORECASE,
)


def declines(status: str, answer: str) -> bool:
    """Whether the model would not answer: its provider or its words say so."""
    return status in DECLINED or refuses(answer)


def finds_nothing(answer: str) -> bool:
    """Whether an answer says that what it was given does not hold one."""
    return not answer.strip() or _NOTHING_FOUND.search(answer.replace("\u2019", "'")) is not None


def mentions(answer: str, words: str) -> bool:
    """Whether these words are in the answer, as whole words, in any case, however they are spaced."""
    return matching(words).search(answer) is not None


def matching(words: str) -> re.Pattern[str]:
    """What finds them so."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    start, end = (r"\b" if one.isalnum() else "" for one in (words.strip()[:1], words.strip()[-1:]))
    return re.compile(f"{start}{pattern}{end}", re.IGNORECASE)


def broken(question: Question, status: str, answer: str) -> tuple[str, ...]:
    """What was expected and is not so, each as a few words; none: all is as expected."""
    found: list[str] = []
    declined, nothing = declines(status, answer), finds_nothing(answer)
    if question.expect == "answer" and declined:
        found.append("declines, although the passages hold an answer")
    elif question.expect == "answer" and not answer.strip():
        found.append("says nothing")
    elif question.expect == "refuse" and not (declined or nothing):
        found.append("answers what it should decline")
    elif question.expect == "cannot" and not (declined or nothing):
        found.append("does not say that the passages hold no answer")
    found += [
        f"does not mention {' or '.join(map(repr, one))}"
        for one in question.must_mention
        if not any(mentions(answer, words) for words in one)
    ]
    found += [f"mentions {words!r}" for words in question.must_not_mention if mentions(answer, words)]
    return tuple(found)
