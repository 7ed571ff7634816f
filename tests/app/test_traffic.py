"""The day that `make traffic` drives."""

import itertools
import random

from app.traffic.day import level, visits


def test_a_day_has_a_night_and_a_noon() -> None:
    """Quiet at three, busy before noon, never silent."""
    assert level(3) < 0.2
    assert level(11) > 0.8
    assert all(0 < level(hour / 4) <= 1 for hour in range(96))


def test_the_same_seed_gives_the_same_day() -> None:
    """Demonstrations and tests can be repeated."""
    first, second = (
        list(itertools.islice(visits(3, 1, ["chat", "search"], random.Random(7)), 50)) for _run in range(2)
    )
    assert first == second


def test_speed_moves_the_clock_and_not_the_rate() -> None:
    """At a thousand times the speed, a minute of questions spans more than half a day; at noon there are as many."""
    day = list(itertools.islice(visits(3, 1000, ["chat"], random.Random(1)), 3000))
    assert len({visit.conversation_id.split("-")[2] for visit in day}) > 12
    assert sum(visit.after for visit in day[:30]) / 30 < 1
