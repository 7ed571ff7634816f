"""Answers that decline are told by their words, and how often that is right is measured, not believed.

A normal answer costs about 4 microseconds, whatever its length, and a refusal about 15 (one core of a small cloud machine, Python
3.11): this is not asserted, because it depends on the machine.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from app.telemetry.refusal import HEAD, TAIL, refuses

SAMPLES = Path(__file__).parent.parent / "samples/refusals.jsonl"
DEVELOP, HELD_OUT = "develop", "held out"
# What the classifier replaced: the opening words alone.
OPENING = re.compile(
    r"^\W*(?:i['\u2019]?m sorry|sorry|i can(?:no|['\u2019])t|i am (?:not able|unable)|i won['\u2019]t)\b", re.IGNORECASE
)
PLAIN = "The baseline is the median of the recorded p95 over the last hour, held while the alert is active. "


@dataclass(frozen=True)
class Sample:
    """An answer, what a person says of it, and what makes it easy or hard."""

    text: str
    refuses: bool
    category: str

    @property
    def half(self) -> str:
        """The classifier was written with one half; the other was only ever counted."""
        return HELD_OUT if hashlib.sha256(self.text.encode()).digest()[0] % 2 else DEVELOP


@dataclass(frozen=True)
class Score:
    """How a classifier does on a half."""

    samples: int
    precision: float
    recall: float


def samples() -> list[Sample]:
    """The committed set."""
    return [Sample(**json.loads(line)) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]


def score(half: str, told: Callable[[str], object] = refuses) -> Score:
    """Precision: of those told, the share that does refuse; recall: of those that refuse, the share that is told."""
    mine = [one for one in samples() if one.half == half]
    flagged = [one for one in mine if told(one.text)]
    right = sum(one.refuses for one in flagged)
    return Score(len(mine), right / len(flagged), right / sum(one.refuses for one in mine))


def test_refusals_are_told_from_answers_it_was_not_written_with() -> None:
    """Bounds just below what is reached."""
    reached = score(HELD_OUT)
    print(f"\nheld out: precision {reached.precision:.3f}, recall {reached.recall:.3f}, {reached.samples} samples")
    assert reached.precision >= 0.98
    assert reached.recall >= 0.96


def test_the_set_can_tell_a_good_classifier_from_a_crude_one() -> None:
    """Opening words alone, and saying yes to everything, fail the same bounds clearly."""
    crude = score(HELD_OUT, OPENING.match)
    assert crude.precision < 0.85
    assert crude.recall < 0.5
    assert score(HELD_OUT, lambda _text: True).precision < 0.55


@pytest.mark.parametrize("half", [DEVELOP, HELD_OUT])
def test_the_documentation_states_what_is_measured(half: str, repository: Path) -> None:
    """Of both halves."""
    measured = score(half)
    row = f"| {half} | {measured.samples} | {measured.precision:.3f} | {measured.recall:.3f} |"
    assert row in (repository / "docs/errors.md").read_text(encoding="utf-8")


def test_the_set_is_large_varied_and_without_twins() -> None:
    """Both answers are about as common in both halves, and no category stands on a handful."""
    found = samples()
    assert len(found) >= 450
    assert len({one.text.casefold() for one in found}) == len(found)
    for half in (DEVELOP, HELD_OUT):
        assert all(sum(one.half == half and one.refuses is kind for one in found) >= 100 for kind in (True, False))
    categories = {(one.category, one.refuses) for one in found}
    assert len(categories) >= 30
    assert all(sum((one.category, one.refuses) == which for one in found) >= 5 for which in categories)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\u2019", "'"),
        lambda text: re.sub(r"(?<=\w)'(?=\w)", "\u2019", text),
        str.upper,
        lambda text: f"{text}\n",
    ],
    ids=["straight apostrophes", "curly apostrophes", "capitals", "a line end"],
)
def test_spelling_does_not_matter(change: Callable[[str], str]) -> None:
    """What is told of a text is told of its other spellings."""
    assert [one.text for one in samples() if refuses(change(one.text)) != refuses(one.text)] == []


def test_a_long_answer_is_read_at_both_ends() -> None:
    """A refusal after a long preface counts; one in the middle of much else is somebody's sentence, and costs nothing."""
    decline = "For this reason I can't help with it."
    assert refuses(f"{PLAIN * 20}{decline}")
    assert not refuses(f"{PLAIN * 20}{decline} {PLAIN * 20}")
    assert len(PLAIN * 20) > HEAD + TAIL


def test_a_text_that_says_nothing_does_not_refuse() -> None:
    """Empty, blank, or of odd characters only."""
    for text in ("", " ", "\n\n", "\u2019", "\ud800", "\U0001f642" * 500, "'" * 1000):
        assert not refuses(text)
