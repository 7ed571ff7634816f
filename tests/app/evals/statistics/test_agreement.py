"""Kappa, its bootstrap, and correlation."""

import pytest
from app.evals.statistics import bootstrap, correlation, kappa
from hypothesis import given
from hypothesis import strategies as st

labels = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


def pairs(both: int, first: int, second: int, neither: int) -> list[tuple[bool, bool]]:
    return [(True, True)] * both + [(True, False)] * first + [(False, True)] * second + [(False, False)] * neither


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
    assert kappa(pairs(*table)) == pytest.approx(expected, abs=5e-5)


def test_kappa_of_three_labels_is_the_published_one() -> None:
    """Cohen, Educ. Psychol. Meas. 20 (1960) 37, table 1: three categories, 200 cases, kappa 0.492."""
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    said = [(a, b) for a, row in enumerate(table) for b, count in enumerate(row) for _ in range(count)]
    assert kappa(said) == pytest.approx(0.492, abs=5e-4)


@given(labels)
def test_kappa_lies_within_its_bounds_and_does_not_care_who_is_first(said: list[tuple[bool, bool]]) -> None:
    assert -1 - 1e-9 <= kappa(said) <= 1 + 1e-9
    assert kappa([(b, a) for a, b in said]) == pytest.approx(kappa(said))


@given(st.lists(st.booleans(), min_size=2, max_size=50).filter(lambda said: len(set(said)) == 2))
def test_who_always_agrees_has_a_kappa_of_one_and_who_never_varies_one_of_nothing(said: list[bool]) -> None:
    assert kappa([(one, one) for one in said]) == pytest.approx(1)
    assert kappa([(one, True) for one in said]) == pytest.approx(0)
    assert kappa([(True, True)] * len(said)) == 0.0


def test_a_bootstrap_is_the_same_for_a_seed_and_holds_the_statistic() -> None:
    said = pairs(40, 6, 5, 30)
    low, high = bootstrap(said, kappa, seed=1)
    assert (low, high) == bootstrap(said, kappa, seed=1) != bootstrap(said, kappa, seed=2)
    assert low < kappa(said) < high


def test_a_bootstrap_of_a_mean_is_nearly_the_interval_of_the_normal_distribution() -> None:
    """500 coin flips: 0.5 plus and minus 1.96 * sqrt(0.25 / 500) = 0.0438."""
    low, high = bootstrap([0, 1] * 250, lambda some: sum(some) / len(some), seed=3)
    assert (low, high) == pytest.approx((0.456, 0.544), abs=0.006)


def test_a_bootstrap_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        bootstrap([], kappa, seed=1)


def test_correlation_is_pearson_s() -> None:
    """By hand; and none where one side never varies."""
    assert correlation([(1, 2), (2, 4), (3, 6)]) == pytest.approx(1)
    assert correlation([(1, 1), (2, 3), (3, 2), (4, 4)]) == pytest.approx(0.8)
    assert correlation([(1, 5), (2, 5)]) == correlation([]) == 0.0
