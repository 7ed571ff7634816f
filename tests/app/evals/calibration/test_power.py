"""The table of which drop is seen when."""

import pytest
from app.evals.calibration.power import Plan, hours_until, power_after, table


def test_a_large_drop_is_seen_in_an_hour_and_a_small_one_needs_a_day() -> None:
    """200,000 calls a day, one in a hundred judged: 83 verdicts an hour."""
    plan = Plan(200_000, 0.01)
    assert hours_until(plan, 0.95, 0.6, 0.8) < 1  # type: ignore[operator]
    middle = hours_until(plan, 0.95, 0.85, 0.8)
    assert middle is not None
    assert 1 < middle < 6
    assert 12 < hours_until(plan, 0.95, 0.90, 0.95) < 24  # type: ignore[operator]
    assert hours_until(plan, 0.95, 0.94, 0.5) is None


def test_unequal_weights_are_worth_fewer_verdicts() -> None:
    assert Plan(1000, 0.5, spread=2.0).worth(24) == pytest.approx(250)


def test_what_is_not_there_yet_dilutes_a_window() -> None:
    """An hour after it began, a day's window has seen one part in 24 of it."""
    plan = Plan(200_000, 0.01)
    found = power_after(plan, 0.95, 0.55, 1.0)
    assert found["1h"] > 0.99
    assert found["1d"] < 0.1


def test_the_table_marks_the_drop_that_was_asked_for() -> None:
    told = table(Plan(200_000, 0.01), 0.95, 0.85)
    assert "2,000 effective verdicts a day, 83.3 an hour" in told
    assert next(line for line in told.splitlines() if line.endswith(" <")).startswith("95.0% to 85.0%")
