"""An answer as it is put to a judge: the rubric as the system's words, everything else between fences that nobody can forge."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.evals.item import Item
from app.evals.judge.rubric import text_of
from app.evals.judge.template import SYSTEM, USER, instructions
from app.evals.settings import Dimension


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent: the system's words, and the user's."""

    system: str
    user: str


def prompt(item: Item, dimension: Dimension) -> Prompt:
    """The same bytes for the same item. Raises ValueError for a dimension without a rubric.

    Passages come in an order drawn by the call's id, so that none is always first: judges read the beginning and the end of a context better than its
    middle (Liu et al., 2023, Lost in the Middle, https://arxiv.org/abs/2307.03172). A matter of taste is judged without them: only the answer's
    words count there.
    """
    shown = () if dimension.taste else shuffled(item.passages, item.call_id)
    mark = nonce(item)
    parts = [("question", item.question), ("answer", item.answer)]
    if not dimension.taste:
        numbered = "\n".join(f"[{number}] {one}" for number, one in enumerate(shown, start=1))
        parts.insert(0, ("passages", numbered or "(there are none)"))
    data = "\n\n".join(f"<{name}-{mark}>\n{text}\n</{name}-{mark}>" for name, text in parts)
    system = SYSTEM.format(
        dimension=dimension.name, rubric=text_of(dimension), instructions=instructions(dimension.scale)
    )
    user = USER.format(data=data, nonce=mark, dimension=dimension.name)
    # Half of a surrogate pair, which no UTF-8 can hold, becomes a question mark.
    return Prompt(system, user.encode("utf-8", "replace").decode())


def shuffled(passages: Sequence[str], call_id: str) -> tuple[str, ...]:
    """In an order that the call's id decides."""
    found = list(passages)
    random.Random(f"passages of {call_id}").shuffle(found)  # noqa: S311  # no secret, an order
    return tuple(found)


def nonce(item: Item) -> str:
    """A mark for the fences: 16 hexadecimal digits that stand nowhere in the texts.

    It is made from the texts, so that it is the same when they are judged again; a text that holds it gets another one.
    """
    texts = (item.call_id, item.question, item.answer, *item.passages)
    digest = hashlib.sha256(b"\0".join(one.encode("utf-8", "replace") for one in texts))
    whole = "\0".join(texts).lower()
    while (mark := digest.hexdigest()[:16]) in whole:
        digest.update(b"again")
    return mark
