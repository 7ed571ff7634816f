"""From labels of some of each verdict to all answers."""

import pytest
from app.evals.statistics import Part, Phases, agreement, estimates, sensitivity, specificity

STATISTICS = (agreement, sensitivity, specificity)


def test_each_verdict_counts_by_its_share_of_all_answers() -> None:
    """Of 100 labelled of either verdict people say the same of 99 and of 23: half of each would be 61 %, and the judge passes 815 of 1,000."""
    phases = Phases(Part(815, 1000), Part(99, 100), Part(77, 100))
    told, found, spared = estimates(phases, STATISTICS, seed=1)
    assert sum(phases.matrix()) == pytest.approx(1)
    assert told.value == pytest.approx(0.815 * 0.99 + 0.185 * 0.23)
    assert found.value == pytest.approx(0.185 * 0.23 / (0.185 * 0.23 + 0.815 * 0.01))
    assert spared.value == pytest.approx(0.815 * 0.99 / (0.815 * 0.99 + 0.185 * 0.77))
    assert all(one.low < one.value < one.high for one in (told, found, spared))


def test_it_is_the_same_for_a_seed() -> None:
    phases = Phases(Part(80, 100), Part(40, 50), Part(10, 50))
    assert estimates(phases, STATISTICS, 1) == estimates(phases, STATISTICS, 1) != estimates(phases, STATISTICS, 2)


def test_labels_that_all_agree_are_no_certainty() -> None:
    """Resamples of them would all agree, too."""
    (told,) = estimates(Phases(Part(900, 1000), Part(20, 20), Part(0, 20)), [agreement], seed=1)
    assert told.value == told.high == 1
    # Beta(20.5, 0.5) begins at 0.885.
    assert 0.87 < told.low < 0.93


def test_without_labels_of_one_verdict_nothing_is_known_of_it() -> None:
    """A fifth of all answers may be right or wrong."""
    (told,) = estimates(Phases(Part(8000, 10000), Part(1000, 1000), Part.weighed([])), [agreement], seed=1)
    assert told.low == pytest.approx(0.8, abs=0.02)
    assert told.high == pytest.approx(1, abs=0.02)


def test_few_verdicts_make_the_shares_of_the_strata_unsure_too() -> None:
    right, spared = Part(9900, 10000), Part(7700, 10000)
    (few,), (many,) = (estimates(Phases(Part(0.8 * n, n), right, spared), [agreement], 1) for n in (100, 100_000))
    assert few.high - few.low > 5 * (many.high - many.low)


def test_unequal_weights_are_worth_fewer_observations() -> None:
    """Kish: (1 + 1 + 4)^2 / (1 + 1 + 16) = 2."""
    found = Part.weighed([(True, 4.0), (False, 1.0), (False, 1.0)])
    assert (found.rate, found.of) == (pytest.approx(4 / 6), pytest.approx(2))
    assert Part.weighed([(True, 0.0)]) == Part(0.0, 0)
