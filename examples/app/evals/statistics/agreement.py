"""How far two raters agree, and how sure that is."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from math import sqrt
from random import Random
from typing import TypeVar

Value = TypeVar("Value")


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """Agreement beyond chance of two raters, one pair of their labels an item: 1 is perfect, 0 is what chance gives.

    0 where both only ever gave one and the same label: then nothing beyond chance can be shown.
    J. Cohen, Educ. Psychol. Meas. 20 (1960) 37.
    """
    n = len(pairs)
    cells = Counter(pairs)
    first: Counter[Hashable] = Counter()
    second: Counter[Hashable] = Counter()
    for (one, other), count in cells.items():
        first[one] += count
        second[other] += count
    same = sum(count for (one, other), count in cells.items() if one == other)
    chance = sum(count * second[label] for label, count in first.items())
    return (same * n - chance) / (n * n - chance) if n * n > chance else 0.0


def bootstrap(
    values: Sequence[Value],
    statistic: Callable[[Sequence[Value]], float],
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile interval of a statistic: its middle `level` over samples drawn with replacement, the same for a seed.

    B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values: an interval needs at least one")
    draw = Random(seed)  # noqa: S311  # reproducible on purpose
    found = sorted(statistic(draw.choices(values, k=len(values))) for _ in range(resamples))
    tail = (1 - level) / 2
    return _quantile(found, tail), _quantile(found, 1 - tail)


def correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Pearson's r of two measures, one pair an item, from -1 to 1; 0 where one of them never varies."""
    n = len(pairs)
    if not n:
        return 0.0
    x0, y0 = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    spread = sqrt(sum((x - x0) ** 2 for x, _ in pairs)) * sqrt(sum((y - y0) ** 2 for _, y in pairs))
    return max(-1.0, min(1.0, sum((x - x0) * (y - y0) for x, y in pairs) / spread)) if spread else 0.0


def _quantile(ordered: Sequence[float], q: float) -> float:
    """Linear between neighbours: the seventh of Hyndman and Fan, Am. Stat. 50 (1996) 361."""
    place = q * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
