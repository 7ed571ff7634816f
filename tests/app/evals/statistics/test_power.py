"""How many verdicts show which drop: by formula, and by playing it."""

import random

import pytest
from app.evals.statistics import detection_power, dropped, newcombe, power, sample_size
from app.evals.statistics.drop import deviance


def test_the_sample_size_is_the_published_one() -> None:
    """The example of R's power.prop.test: 0.50 against 0.75 with a power of 0.90 takes 76.7 of each, so 77."""
    assert sample_size(0.50, 0.75, power=0.90) == 77
    assert power(0.50, 0.75, 76.7) == pytest.approx(0.90, abs=1e-3)


def test_unequal_weights_take_as_many_times_more() -> None:
    assert sample_size(0.95, 0.85, spread=3.0) == pytest.approx(3 * sample_size(0.95, 0.85), abs=3)


def test_rates_that_are_equal_or_none_are_refused() -> None:
    for rates in ((0.9, 0.9), (1.2, 0.9)):
        with pytest.raises(ValueError, match="two different rates"):
            sample_size(*rates)


@pytest.mark.parametrize(
    ("p0", "p1", "n", "m"), [(0.95, 0.85, 300, 3000), (0.9, 0.6, 90, 1500), (0.99, 0.95, 900, 9000)]
)
def test_the_alert_s_power_is_what_playing_it_gives(p0: float, p1: float, n: int, m: int) -> None:
    """2,000 seeded drops: the share on which the rule fires."""
    draw = random.Random(7)
    fired = sum(dropped(sum(draw.random() < p1 for _ in range(n)) / n, n, normal(draw, p0, m), m) for _ in range(2000))
    assert detection_power(p0, p1, n, m) == pytest.approx(fired / 2000, abs=0.04)


def normal(draw: random.Random, p: float, m: int) -> float:
    """A rate of so many that is normal around `p`: to count thousands takes long."""
    return min(1.0, max(0.0, draw.gauss(p, (p * (1 - p) / m) ** 0.5)))


def test_the_alert_needs_verdicts_and_a_drop_that_matters() -> None:
    """By each floor on its own."""
    assert dropped(0.5, 30, 0.95, 200)
    assert not dropped(0.5, 29, 0.95, 200)
    assert not dropped(0.5, 30, 0.95, 199)
    assert dropped(0.96, 100_000, 0.99, 1_000_000)
    assert not dropped(0.975, 100_000, 0.99, 1_000_000)


def test_few_failures_where_one_in_a_hundred_is_usual_do_not_fire_it() -> None:
    """Newcombe's interval alone would: the likelihood ratio keeps it."""
    assert newcombe(0.99, 10_000, 27 / 30, 30, 4.5)[0] > 0
    assert deviance(27 / 30, 30, 0.99, 10_000) < 3**2
    assert not dropped(27 / 30, 30, 0.99, 10_000)


def test_nothing_happening_hardly_ever_fires_it() -> None:
    assert detection_power(0.95, 0.95, 500, 14_000) < 1e-4
    assert detection_power(0.99, 0.99, 83, 14_000) < 1e-3


def test_more_verdicts_show_more_and_none_show_nothing() -> None:
    found = [detection_power(0.95, 0.85, n, 14_000) for n in (0, 30, 100, 300, 1000)]
    assert found == sorted(found)
    assert found[0] == 0.0
    assert found[-1] > 0.999
