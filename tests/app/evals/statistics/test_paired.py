"""Before and after on the same questions."""

import pytest
from app.evals.statistics import mcnemar, newcombe, paired_difference
from hypothesis import given
from hypothesis import strategies as st

tables = st.tuples(*[st.integers(0, 40)] * 4).filter(any)


def pairs(both: int, better: int, worse: int, neither: int) -> list[tuple[bool, bool]]:
    return [(True, True)] * both + [(False, True)] * better + [(True, False)] * worse + [(False, False)] * neither


def test_the_exact_test_of_mcnemar_gives_the_published_p() -> None:
    """The example of R's package exact2x2, mcnemar.exact of (21, 9, 2, 12): p = 0.06543."""
    assert mcnemar(9, 2) == mcnemar(2, 9) == pytest.approx(0.06543, abs=5e-6)


def test_no_change_and_equal_changes_have_a_p_of_one() -> None:
    assert mcnemar(0, 0) == mcnemar(5, 5) == 1.0


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        # Airway hyper-responsiveness (Bentur et al., 2009) and complete response (Cavo et al., 2012), which M. W. Fagerland, S. Lydersen and
        # P. Laake use in Statistical Analysis of Contingency Tables (2017), chapter 8; by their square-and-add formula.
        ((1, 1, 7, 12), (-0.5069, -0.0256)),
        ((59, 6, 16, 80), (-0.1186, -0.0046)),
    ],
)
def test_the_interval_of_a_paired_difference_stays_what_it_was(
    table: tuple[int, int, int, int], expected: tuple[float, float]
) -> None:
    assert paired_difference(pairs(*table))[1:] == pytest.approx(expected, abs=5e-5)


@given(tables)
def test_a_difference_lies_within_its_interval_and_mirrors(table: tuple[int, int, int, int]) -> None:
    both, better, worse, neither = table
    difference, low, high = paired_difference(pairs(*table))
    assert difference == pytest.approx((better - worse) / sum(table))
    assert -1 <= low <= difference + 1e-9
    assert difference - 1e-9 <= high <= 1
    back = paired_difference(pairs(both, worse, better, neither))
    assert back == pytest.approx((-difference, -high, -low), abs=1e-9)


def test_pairs_say_more_than_two_samples_of_the_same_size() -> None:
    """Where most questions come out as before, the pairing takes their noise away."""
    _, low, high = paired_difference(pairs(70, 4, 6, 20))
    alone_low, alone_high = newcombe(0.74, 100, 0.76, 100)
    assert high - low < 0.6 * (alone_high - alone_low)


def test_no_pair_says_nothing() -> None:
    assert paired_difference([]) == (0.0, -1.0, 1.0)
