"""How many answers a labelled one stands for."""

import pytest
from app.evals.calibration.agreement import Agreement
from app.evals.calibration.calibrate import calibrate
from app.evals.calibration.people import Pair
from app.evals.calibration.population import stands_for
from app.evals.store import Store, Stratum

from tests.app.evals.calibration.judged import GROUNDED, JUDGE, labelled


def pair(model: str, judge: bool, human: bool = True, weight: float = 1.0) -> Pair:
    return Pair("c", model, human, judge, 10, weight)


def test_labels_weigh_as_all_answers_of_their_model_and_verdict_do() -> None:
    """Two labels of a model share its weight; one whose answer was one of ten weighs ten times one that was certain to be judged."""
    pairs = [pair("a", True, weight=10), pair("a", True, weight=1), pair("b", True), pair("a", False)]
    strata = [Stratum("a", "pass", 40, 220, 0), Stratum("b", "pass", 1, 5, 0), Stratum("a", "fail", 1, 7, 0)]
    assert stands_for(pairs, strata) == pytest.approx([200, 20, 5, 7])


def test_a_model_that_nobody_labelled_is_taken_to_be_as_the_others_with_that_verdict() -> None:
    pairs = [pair("a", True), pair("b", True), pair("a", False)]
    strata = [Stratum("a", "pass", 9, 30, 0), Stratum("b", "pass", 9, 10, 0), Stratum("c", "pass", 9, 40, 0)]
    assert stands_for(pairs, [*strata, Stratum("a", "fail", 9, 5, 0)]) == pytest.approx([60, 20, 5])


def test_what_has_no_weight_says_nothing_of_all_answers() -> None:
    """It was judged because of a thumb: after the choice."""
    found = Agreement.of([pair("a", True, weight=0.0), pair("a", False, False, weight=0.0)])
    assert (found.labels, found.same.low < 0.05, found.same.high > 0.95) == (2, True, True)


def test_no_label_is_no_agreement() -> None:
    found = Agreement.of([], [Stratum("a", "pass", 9, 90, 900)])
    assert (found.labels, found.judged) == (0, 9)
    assert (found.same.value, found.same.low, found.same.high) == (0.0, 0.0, 1.0)
    assert (found.kappa.low, found.kappa.high) == (-1.0, 1.0)


def test_as_many_of_either_verdict_are_no_picture_of_all(store: Store) -> None:
    """Judge and people say the same of 99 of 100 that pass and of 23 of 100 that fail: of half each that would be 61 %."""
    labelled(store, GROUNDED, [("pass", "pass", 99), ("fail", "pass", 1), ("fail", "fail", 23), ("pass", "fail", 77)])
    labelled(store, GROUNDED, [("", "pass", 715), ("", "fail", 85)], first=1000)
    whole = calibrate(store, GROUNDED, JUDGE).whole
    assert whole.judged == 1000
    assert whole.same.value == pytest.approx(0.815 * 0.99 + 0.185 * 0.23)
    assert whole.corrected(0.815) == pytest.approx(0.815 * 0.99 + 0.185 * 0.77)


def test_a_model_with_little_traffic_weighs_little_however_many_of_its_answers_are_labelled(store: Store) -> None:
    """By its verdicts' weights: those of the other were one of a hundred."""
    rows = [("pass", "pass", 30), ("fail", "fail", 30)]
    labelled(store, GROUNDED, rows, model="large", weight=100.0)
    labelled(store, GROUNDED, [("fail", "pass", 30), ("pass", "fail", 30)], model="small", first=1000)
    found = calibrate(store, GROUNDED, JUDGE)
    assert found.whole.same.value == pytest.approx(100 / 101)
    assert found.models["small"].same.value == 0.0
