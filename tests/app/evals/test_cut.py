"""Texts that are too long are cut, and say so; all others stay as they are."""

import dataclasses
import doctest

import pytest
from app.evals import cut as module
from app.evals.cut import cut, cut_all
from app.evals.judge.quotes import problem_of
from app.evals.settings import Dimension

from tests.app.evals.test_item import ITEM

GROUNDED = Dimension("groundedness", "", 2, 2, taste=False)


def test_its_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_what_fits_stays() -> None:
    """To the last character."""
    assert cut("x" * 10, 10) == "x" * 10
    assert cut_all(["x" * 4, "y" * 4], 10) == ("x" * 4, "y" * 4)
    assert cut_all([], 0) == ()


@pytest.mark.parametrize(
    "texts", [["x" * 10], ["xxxx", "yyyyy"], ["xxxxxxxxx", "y"], ["", "xxxxx", "", "yyyy", "z"], [""] * 100]
)
def test_what_is_missing_is_counted(texts: list[str]) -> None:
    """What is kept is a beginning, and with what the mark says it is as long as before."""
    kept = cut_all(texts, 9)
    *whole, last = kept
    beginning, mark, missing = last.partition("\n[cut: ")
    assert mark
    assert "".join(texts).startswith("".join(whole) + beginning)
    assert len("".join(whole) + beginning) + int(missing.split()[0]) == len("".join(texts))
    assert len("".join(whole) + beginning) <= 9
    assert len(kept) <= 10


def test_a_quote_from_what_was_cut_still_holds() -> None:
    """The judge quotes what it was shown, and the same is looked through."""
    whole = "A baseline is a median of the recent past. " * 10_000
    item = dataclasses.replace(ITEM, answer=cut(whole), passages=cut_all([whole, whole]))
    assert len(item.answer) < 51_000
    assert sum(map(len, item.passages)) < 201_000
    assert problem_of([item.answer[-90:-30], item.passages[0][:60]], passed=True, item=item, dimension=GROUNDED) == ""
    assert problem_of(["a median of the recent future"], passed=True, item=item, dimension=GROUNDED)
