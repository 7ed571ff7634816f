"""The ticket on a drop, where whole conversations are judged: their turns are alike, and steady quality must raise nothing."""

import math
from collections.abc import Sequence
from itertools import accumulate
from random import Random

from app.evals.statistics import dropped
from app.evals.store.totals import RESULT, total

QUARTERS, WEEK = 96, 7 * 96
WINDOWS = (4, 24, 96)
TURNS, LIKE = 10, 0.6
"""Turns of a conversation, and how often one goes as the whole conversation goes."""
Quarter = tuple[int, int, float]
"""Passes, verdicts, and the sum of squared weights as the store counts it, of fifteen minutes."""


def quarters(days: int, seed: int, rate: float = 0.95, later: float = 0.95, per_day: int = 2_000) -> list[Quarter]:
    """So many verdicts a day, in whole conversations; of the rate `later` from the tenth day on."""
    chance = Random(seed)
    squares = sum(total("w", RESULT, weight=1.0, before=float(turn))["squared_weight"] for turn in range(TURNS))
    found = []
    for quarter in range(days * QUARTERS):
        now = rate if quarter < 9 * QUARTERS else later
        passes = verdicts = 0
        for _conversation in range(arrivals(chance, per_day / QUARTERS / TURNS)):
            whole = chance.random() < now
            turns = [whole if chance.random() < LIKE else chance.random() < now for _turn in range(TURNS)]
            passes, verdicts = passes + sum(turns), verdicts + TURNS
        found.append((passes, verdicts, squares * verdicts / TURNS))
    return found


def arrivals(chance: Random, mean: float) -> int:
    """Of Poisson's distribution."""
    number, left, least = 0, chance.random(), math.exp(-mean)
    while left > least:
        number, left = number + 1, left * chance.random()
    return number


def tickets(told: Sequence[Quarter], clustered: bool) -> list[int]:
    """The quarters at which the ticket begins to fire, from the ninth day on; with each verdict for itself, or by conversations."""
    passed, judged, squared = ([0, *accumulate(column)] for column in zip(*told, strict=True))
    begun, last = [], -99
    for end in range(8 * QUARTERS + 1, len(told) + 1):
        for window in WINDOWS:
            middle, start = end - window, end - window - WEEK + 4
            n, m = judged[end] - judged[middle], judged[middle] - judged[start]
            now, before = (passed[end] - passed[middle]) / max(1, n), (passed[middle] - passed[start]) / max(1, m)
            if clustered:
                n, m = (
                    n * n / max(1, squared[end] - squared[middle]),
                    m * m / max(1, squared[middle] - squared[start]),
                )
            if dropped(now, n, before, m):
                if end - last > 4:
                    begun.append(end)
                last = end
    return begun


def test_steady_conversations_raise_nothing() -> None:
    """In two months of 2,000 verdicts a day; where each turn counted for itself, they raised many."""
    months = [quarters(38, seed) for seed in range(2)]
    assert [len(tickets(month, clustered=True)) for month in months] == [0, 0]
    assert all(len(tickets(month, clustered=False)) > 10 for month in months)


def test_a_real_drop_of_conversations_is_told() -> None:
    """From 95 to 85 %, two hundred conversations a day: within four days in most worlds, and never before it."""
    found = [tickets(quarters(13, seed, later=0.85), clustered=True) for seed in range(10)]
    assert all(begun[0] > 9 * QUARTERS for begun in found if begun)
    assert sum(bool(begun) for begun in found) >= 8
