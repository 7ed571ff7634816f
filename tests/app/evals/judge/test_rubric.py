"""What a judge is asked to look for, and when two verdicts are comparable."""

import dataclasses
import re

import pytest
from app.evals.judge import template, version_of
from app.evals.judge.rubric import built_in, text_of

from tests.app.evals.judge.conftest import BRAND, GROUNDED, REFUSAL, TONE


def test_three_dimensions_need_no_rubric_of_their_own() -> None:
    assert built_in() == ["groundedness", "refusal", "tone"]


@pytest.mark.parametrize("dimension", [GROUNDED, REFUSAL, TONE])
def test_a_rubric_asks_for_quotes_and_says_what_does_not_matter(dimension: object) -> None:
    """Length is among it: judges prefer longer answers."""
    text = text_of(dimension)  # type: ignore[arg-type]
    assert "quote" in text
    _before, unimportant = text.split("What does not matter")
    assert re.search(r"\blong\b|\blength\b", unimportant)
    assert "passes" in text
    assert "fails" in text


def test_a_dimension_without_a_rubric_is_told_what_there_is() -> None:
    with pytest.raises(ValueError, match=r"no rubric for the dimension 'humour': .*groundedness, refusal, tone"):
        version_of(dataclasses.replace(GROUNDED, name="humour"))


def test_a_name_leads_to_no_other_file() -> None:
    with pytest.raises(ValueError, match="no rubric"):
        text_of(dataclasses.replace(GROUNDED, name="../rubrics/tone"))


def test_a_version_is_twelve_digits_and_stays() -> None:
    assert re.fullmatch("[0-9a-f]{12}", version_of(GROUNDED))
    assert version_of(GROUNDED) == version_of(dataclasses.replace(GROUNDED))


def test_all_that_decides_a_verdict_makes_a_new_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words, the scale, the threshold, and the words around."""
    changed = ({"rubric": "It is short."}, {"scale": 6}, {"threshold": 3})
    versions = {version_of(BRAND), *(version_of(dataclasses.replace(BRAND, **one)) for one in changed)}  # type: ignore[arg-type]
    assert len(versions) == 4
    version_of.cache_clear()
    monkeypatch.setattr("app.evals.judge.rubric.USER", template.USER + " Please.")
    assert version_of(BRAND) not in versions
    version_of.cache_clear()


def test_the_reason_comes_before_the_verdict_and_quotes_before_the_reason() -> None:
    """In the schema as in the words."""
    assert list(template.schema(2)["properties"]) == ["quotes", "reason", "verdict"]
    assert template.schema(5)["properties"]["score"]["enum"] == [1, 2, 3, 4, 5]
    for scale, last in ((2, '"verdict"'), (5, '"score"')):
        said = template.instructions(scale)
        assert said.index('"quotes"') < said.index('"reason"') < said.index(last)
