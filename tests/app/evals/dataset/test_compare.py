"""A real drop is found, chance is not."""

import dataclasses
import random

import pytest
from app.evals.dataset.compare import ALPHA, Comparison, compare, fewest, holm
from app.evals.dataset.result import EXPECTED, Run

from tests.app.evals.dataset.runs import RUBRICS, of, outcome, run


def test_the_same_result_is_no_drop() -> None:
    found = compare(of("pppff"), of("pppff"))
    assert (found.code, found.fell, found.problems()) == (0, (), ())


@pytest.mark.parametrize(("worse", "better", "code"), [(4, 0, 0), (5, 0, 1), (6, 1, 0), (7, 1, 1), (0, 9, 0)])
def test_five_cases_that_got_worse_are_a_drop_and_four_are_chance(worse: int, better: int, code: int) -> None:
    """One-sided exact McNemar: 1/32 < 5 % <= 1/16, and 8/128 > 5 % >= 9/256."""
    rest = 60 - worse - better
    found = compare(of("p" * worse + "f" * better + "p" * rest), of("f" * worse + "p" * better + "p" * rest))
    assert found.code == code
    assert (len(found.rows[0].worse), len(found.rows[0].better)) == (worse, better)


def test_less_than_two_points_are_no_drop_however_sure() -> None:
    assert compare(of("p" * 1000), of("f" * 19 + "p" * 981)).code == 0
    assert compare(of("p" * 1000), of("f" * 20 + "p" * 980)).code == 1


def test_the_more_dimensions_the_more_it_takes() -> None:
    def both(first: str, second: str) -> Run:
        words = {"p": "pass", "f": "fail"}
        return run([outcome(f"q{i}", {"groundedness": words[a], "tone": words[b]}) for i, (a, b) in enumerate(zip(first, second, strict=True))])  # fmt: skip

    before = both("p" * 40, "p" * 40)
    assert compare(before, both("f" * 5 + "p" * 35, "p" * 40)).code == 0
    found = compare(before, both("f" * 6 + "p" * 34, "p" * 40))
    assert [row.dimension for row in found.fell] == ["groundedness"]
    assert found.needed == 6


def test_holm_is_as_in_its_paper() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == pytest.approx(
        {"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06}
    )


def test_how_few_cases_can_be_a_drop() -> None:
    assert [fewest(share) for share in (0.05, 0.025, 0.0125)] == [5, 6, 7]


def test_equal_quality_hardly_ever_fails_and_a_worse_one_nearly_always() -> None:
    """Three dimensions, 58 cases, 400 changes that do nothing: at most 5 % may be called a drop."""
    draw = random.Random(7)

    def drawn(rate: float) -> Run:
        names = ("groundedness", "tone", EXPECTED)
        return run(
            [outcome(f"q{i}", {name: "pass" if draw.random() < rate else "fail" for name in names}) for i in range(58)]
        )

    alarms = sum(compare(drawn(0.9), drawn(0.9)).code for _ in range(400))
    assert alarms <= 400 * ALPHA
    assert sum(compare(drawn(0.9), drawn(0.55)).code for _ in range(100)) >= 95


def test_a_family_of_its_own_has_its_own_share() -> None:
    now = run(
        [outcome(f"q{i}", {"all": "fail" if i < 6 else "pass", f"c{i % 6}": "pass"}) for i in range(48)], rubrics={}
    )
    before = run([outcome(f"q{i}", {"all": "pass", f"c{i % 6}": "pass"}) for i in range(48)], rubrics={})
    families = [(ALPHA / 2, ["all"]), (ALPHA / 2, [f"c{i}" for i in range(6)])]
    assert [row.dimension for row in compare(before, now, families).fell] == ["all"]


def test_what_is_in_no_family_is_shown_and_fails_nothing() -> None:
    found = compare(of("p" * 40, "tone"), of("f" * 40, "tone"), [(ALPHA, [EXPECTED])])
    assert found.code == 0
    assert (found.rows[0].counts, len(found.rows[0].worse)) == (False, 40)


def test_new_changed_and_removed_cases_are_named_and_not_compared() -> None:
    before = run(
        [
            outcome("same", {EXPECTED: "pass"}),
            outcome("changed", {EXPECTED: "pass"}),
            outcome("gone", {EXPECTED: "pass"}),
        ]
    )
    now = run([outcome("same", {EXPECTED: "pass"}), outcome("changed", {EXPECTED: "fail"}, "e"), outcome("new", {EXPECTED: "fail"})], dataset="v2")  # fmt: skip
    found = compare(before, now)
    assert (found.new, found.removed, found.rows[0].pairs, found.code) == (("changed", "new"), ("gone",), 1, 0)


def test_a_part_of_the_cases_removes_none() -> None:
    assert compare(of("ppp"), of("pp", partial=True)).removed == ()


def test_another_rubric_or_judge_is_another_ruler() -> None:
    """What needs no judge is compared all the same."""
    both = [outcome("q", {"groundedness": "pass", EXPECTED: "pass"})]
    before = run(both)
    for now in (run(both, rubrics={**RUBRICS, "groundedness": "c"}), run(both, judge="judge-2")):
        found = compare(before, now)
        assert found.code == 2
        assert [row.dimension for row in found.rows if not row.why_not] == [EXPECTED]
        assert "accept anew with --accept" in found.problems()[0]


def test_a_drop_elsewhere_is_told_although_one_ruler_changed() -> None:
    before = run([outcome(f"q{i}", {"groundedness": "pass", EXPECTED: "pass"}) for i in range(9)])
    now = run([outcome(f"q{i}", {"groundedness": "pass", EXPECTED: "fail"}) for i in range(9)], judge="judge-2")
    assert compare(before, now).code == 1


def test_a_dimension_that_was_not_judged_before() -> None:
    before = run([outcome("q", {EXPECTED: "pass"})], rubrics={})
    found = compare(before, of("p"))
    assert "not judged when the last result was accepted" in found.problems()[0]


def test_errors_are_counted_and_too_many_are_no_answer() -> None:
    few, many = compare(of("p" * 20), of("e" * 2 + "p" * 18)), compare(of("p" * 20), of("e" * 3 + "p" * 17))
    assert (few.code, few.rows[0].errors, few.rows[0].pairs) == (0, 2, 18)
    assert many.code == 2
    assert "3 of 20 verdicts are errors" in many.problems()[0]


def test_nothing_accepted_yet_is_no_answer() -> None:
    found = compare(None, of("pp"))
    assert found.code == 2
    assert found.problems() == (
        "Nothing was accepted yet for this place (model: provider, judge: provider): run with --accept, and commit the file.",
    )


def test_an_incomplete_run_is_no_answer_but_a_drop_in_it_is() -> None:
    assert compare(of("p" * 9), of("p" * 8, incomplete="no money")).code == 2
    assert compare(of("p" * 9), of("f" * 8, incomplete="no money")).code == 1


def test_no_case_in_common_is_no_answer() -> None:
    now = dataclasses.replace(of("p"), outcomes=(outcome("other", {"groundedness": "pass"}),))
    found: Comparison = compare(of("p"), now)
    assert found.code == 2
    assert "no case was judged both then and now" in found.problems()[0]
