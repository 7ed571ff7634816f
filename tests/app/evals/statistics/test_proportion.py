"""Intervals, against numbers that others have published, and against what must hold for all."""

from math import isclose

import pytest
from app.evals.statistics import clopper_pearson, effective_n, newcombe, wilson
from app.evals.statistics.binomial import at_most, exactly
from hypothesis import given
from hypothesis import strategies as st

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("passed", "n", "score", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_intervals_of_one_proportion_are_the_published_ones(
    passed: int, n: int, score: tuple[float, float], exact: tuple[float, float]
) -> None:
    """Newcombe, Stat. Med. 17 (1998) 857, table I, methods 3 and 5."""
    assert wilson(passed, n) == pytest.approx(score, abs=6e-5)
    assert clopper_pearson(passed, n) == pytest.approx(exact, abs=6e-5)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(
    first: tuple[int, int], second: tuple[int, int], expected: tuple[float, float]
) -> None:
    """Newcombe, Stat. Med. 17 (1998) 873, table II, method 10."""
    assert newcombe(first[0] / first[1], first[1], second[0] / second[1], second[1]) == pytest.approx(
        expected, abs=6e-5
    )


def test_kish_s_effective_number_is_the_number_where_all_weigh_the_same() -> None:
    assert effective_n([3.0] * 7) == pytest.approx(7)
    assert effective_n([1, 1, 2]) == pytest.approx(16 / 6)
    assert effective_n([]) == effective_n([0.0]) == 0.0


def test_members_of_a_cluster_are_one_observation() -> None:
    """As heavy as all of them; who has none stands by itself."""
    assert effective_n([2.0] * 6, ["a", "a", "b", "b", "c", "c"]) == pytest.approx(3)
    assert effective_n([1, 1, 1, 2], ["a", "a", None, None]) == pytest.approx(25 / 9)
    assert effective_n([1, 2, 3], [None] * 3) == effective_n([1, 2, 3])


def test_no_observation_says_nothing_and_an_impossible_one_is_refused() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert newcombe(0.0, 0, 0.0, 0) == (-1.0, 1.0)
    for passed, n in ((3, 2), (-1, 5)):
        with pytest.raises(ValueError, match="no proportion"):
            wilson(passed, n)


@given(counts, st.floats(0.5, 5))
def test_an_interval_holds_what_was_seen_and_mirrors(seen: tuple[int, int], z: float) -> None:
    """The interval of failures is the one of passes, seen from the other side."""
    passed, n = seen
    low, high = wilson(passed, n, z)
    assert 0 <= low <= passed / n <= high <= 1
    other_low, other_high = wilson(n - passed, n, z)
    assert isclose(low, 1 - other_high, abs_tol=1e-9)
    assert isclose(high, 1 - other_low, abs_tol=1e-9)


@given(counts, st.floats(0.5, 4), st.integers(2, 5))
def test_more_of_the_same_narrows_an_interval_and_more_deviations_widen_it(
    seen: tuple[int, int], z: float, times: int
) -> None:
    passed, n = seen
    low, high = wilson(passed, n, z)
    narrow_low, narrow_high = wilson(passed * times, n * times, z)
    wide_low, wide_high = wilson(passed, n, z + 0.5)
    assert low - 1e-12 <= narrow_low
    assert narrow_high <= high + 1e-12
    assert wide_low <= low
    assert high <= wide_high


@given(counts, counts, st.floats(0.5, 5))
def test_a_difference_lies_within_its_interval_and_the_other_way_round_it_is_its_mirror(
    first: tuple[int, int], second: tuple[int, int], z: float
) -> None:
    p1, p0 = first[0] / first[1], second[0] / second[1]
    low, high = newcombe(p1, first[1], p0, second[1], z)
    assert -1 <= low <= p1 - p0 + 1e-12
    assert p1 - p0 - 1e-12 <= high <= 1
    assert newcombe(p0, second[1], p1, first[1], z) == pytest.approx((-high, -low), abs=1e-9)


@given(st.integers(1, 60), st.floats(0, 1))
def test_the_binomial_adds_up(n: int, p: float) -> None:
    """The sum of its terms is 1, and the tail is the sum of its terms."""
    terms = [exactly(k, n, p) for k in range(n + 1)]
    assert isclose(sum(terms), 1, rel_tol=1e-9)
    for k in range(n + 1):
        assert isclose(at_most(k, n, p), sum(terms[: k + 1]), rel_tol=1e-9, abs_tol=1e-12)


def test_the_binomial_is_right_far_out_in_the_tails_of_many() -> None:
    """P(X <= 40) of 100 with p = 0.5 is 0.028444 (published tables), and a million takes no time."""
    assert at_most(40, 100, 0.5) == pytest.approx(0.0284439668, abs=1e-9)
    assert at_most(500_000, 1_000_000, 0.5) == pytest.approx(0.5004, abs=1e-4)
    assert at_most(0, 100, 0.5) == pytest.approx(0.5**100)


@given(counts)
def test_the_exact_interval_covers_more_than_the_score_interval(seen: tuple[int, int]) -> None:
    """Its ends are where so extreme a result has a probability of 2.5 %."""
    passed, n = seen
    low, high = clopper_pearson(passed, n)
    if passed:
        assert 1 - at_most(passed - 1, n, low) == pytest.approx(0.025, abs=1e-6)
    if passed < n:
        assert at_most(passed, n, high) == pytest.approx(0.025, abs=1e-6)
