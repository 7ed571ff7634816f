"""Intervals of a calibration hold the truth as often as they say, from the draw of answers to the report."""

import pytest

from benchmarks.evals_labels import MIXED, World, found, repetition, steady

REPETITIONS, LEAST = 40, 33
"""Of 40 intervals that hold the truth with 95 %, at least so many do with a probability of 0.999."""


@pytest.mark.e2e
@pytest.mark.parametrize("world", [steady(0.95, 0.85), MIXED], ids=lambda world: world.name)
def test_a_95_percent_interval_holds_the_truth_where_nearly_all_answers_are_good(world: World) -> None:
    """As many that failed as passed are labelled, though few fail."""
    held = dict.fromkeys(world.truth, 0)
    for seed in range(REPETITIONS):
        told = found(repetition(world, seed, 400, 60).whole)
        for name, truth in world.truth.items():
            held[name] += told[name].low <= truth <= told[name].high
    assert min(held.values()) >= LEAST, held
