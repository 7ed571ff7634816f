"""Kappa and correlation."""

from collections import Counter

import pytest
from app.evals.statistics import correlation, kappa
from hypothesis import given
from hypothesis import strategies as st

labels = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


def cells(both: float, first: float, second: float, neither: float) -> dict[tuple[bool, bool], float]:
    return {(True, True): both, (True, False): first, (False, True): second, (False, False): neither}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        # The example of the article on Cohen's kappa in Wikipedia, and the two that it takes from Feinstein and Cicchetti.
        ((20, 5, 10, 15), 0.40),
        ((45, 15, 25, 15), 0.1304),
        ((25, 35, 5, 35), 0.2593),
    ],
)
def test_kappa_is_the_published_one(table: tuple[int, int, int, int], expected: float) -> None:
    assert kappa(cells(*table)) == pytest.approx(expected, abs=5e-5)


def test_kappa_of_three_labels_is_the_published_one() -> None:
    """Cohen, Educ. Psychol. Meas. 20 (1960) 37, table 1: three categories, 200 cases, kappa 0.492."""
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    said = {(a, b): count for a, row in enumerate(table) for b, count in enumerate(row)}
    assert kappa(said) == pytest.approx(0.492, abs=5e-4)


@given(labels)
def test_kappa_lies_within_its_bounds_and_does_not_care_who_is_first(said: list[tuple[bool, bool]]) -> None:
    assert -1 - 1e-9 <= kappa(Counter(said)) <= 1 + 1e-9
    assert kappa(Counter((b, a) for a, b in said)) == pytest.approx(kappa(Counter(said)))


def test_kappa_of_shares_is_that_of_counts_whatever_their_last_digits_add_up_to() -> None:
    assert kappa(cells(0.45, 0.15, 0.25, 0.15)) == pytest.approx(kappa(cells(45, 15, 25, 15)))
    assert kappa(cells(1 - 1e-15, 0, 1e-16, 0)) == 0.0


@given(st.lists(st.booleans(), min_size=2, max_size=50).filter(lambda said: len(set(said)) == 2))
def test_who_always_agrees_has_a_kappa_of_one_and_who_never_varies_one_of_nothing(said: list[bool]) -> None:
    assert kappa(Counter((one, one) for one in said)) == pytest.approx(1)
    assert kappa(Counter((one, True) for one in said)) == pytest.approx(0)
    assert kappa({(True, True): len(said)}) == 0.0


def test_correlation_is_pearson_s() -> None:
    """By hand; and none where one side never varies."""
    assert correlation([(1, 2), (2, 4), (3, 6)]) == pytest.approx(1)
    assert correlation([(1, 1), (2, 3), (3, 2), (4, 4)]) == pytest.approx(0.8)
    assert correlation([(1, 5), (2, 5)]) == correlation([]) == 0.0


def test_what_weighs_twice_counts_twice() -> None:
    assert correlation([(1, 1), (2, 3), (3, 2)], [2, 1, 1]) == pytest.approx(
        correlation([(1, 1), (1, 1), (2, 3), (3, 2)])
    )
    assert correlation([(1, 1), (2, 3)], [0, 0]) == 0.0
