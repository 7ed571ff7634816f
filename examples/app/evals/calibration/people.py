"""What people said of answers, one word an answer, beside what the judge said."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from app.evals.store import Labelled, Store


@dataclass(frozen=True, slots=True)
class Pair:
    """Whether people and the judge pass an answer of so many characters."""

    call_id: str
    model: str
    human: bool
    judge: bool
    chars: int
    weight: float = 1.0
    """Of the judge's verdict: how many answers it stands for among all of its model that are judged alike."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """The answers that can be compared, and how often two people said the same of one."""

    pairs: tuple[Pair, ...]
    disputed: int = 0
    """Answers on which as many people said pass as fail; they are not compared."""
    same: int = 0
    both: int = 0
    """Pairs of people who labelled the same answer, and how many of these said the same."""
    other_judge: int = 0
    """Labelled answers that another judge judged; they say nothing of this one."""


def opinions(store: Store, dimension: str, rubric: str, judge: str) -> Opinions:
    """Of the answers that this judge judged by this version of the rubric. Raises StoreError."""
    found = store.labelled(dimension, rubric)
    others = {one.call_id for one in found if one.judge_model != judge}
    return weighed([one for one in found if one.judge_model == judge], len(others))


def weighed(labelled: Sequence[Labelled], other_judge: int = 0) -> Opinions:
    """One word an answer: the one that more people said."""
    answers: dict[str, list[Labelled]] = {}
    for one in labelled:
        answers.setdefault(one.call_id, []).append(one)
    pairs, disputed, same, both = [], 0, 0, 0
    for said in answers.values():
        agree, asked = _among(one.human for one in said)
        same, both = same + agree, both + asked
        passed = sum(1 if one.human == "pass" else -1 for one in said)
        if passed:
            one = said[0]
            pairs.append(Pair(one.call_id, one.model, passed > 0, one.judge == "pass", one.chars, one.weight))
        else:
            disputed += 1
    return Opinions(tuple(pairs), disputed, same, both, other_judge)


def _among(words: Iterable[str]) -> tuple[int, int]:
    found = Counter(one == other for one, other in combinations(words, 2))
    return found[True], found.total()
