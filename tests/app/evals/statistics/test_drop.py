"""How soon a drop is told, and that a steady month tells none: what docs/benchmarks.md says, at a smaller size."""

from app.evals.statistics.drop import MIN_DROP

from benchmarks.evals_drop import false_tickets, times


def test_a_drop_from_95_to_85_percent_is_told_within_a_shift() -> None:
    """1 % of 200,000 calls a day, in ten worlds of days and nights; the benchmark's worst of 60 is 7.25 hours, the power table's 95 % 4.5."""
    hours = [one for one in times(10, 200_000, 0.95, 0.85, MIN_DROP) if one is not None]
    assert len(hours) == 10
    assert max(hours) <= 8
    assert sorted(hours)[5] <= 4.5


def test_a_month_of_steady_quality_tells_nothing() -> None:
    """Three sizes of traffic and three pass rates."""
    assert false_tickets(1, 0.0, MIN_DROP) == (0, 9)
