"""How far two raters agree."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from math import sqrt
from typing import TypeVar

Said = TypeVar("Said", bound=Hashable)
_NOTHING = 1e-12


def kappa(cells: Mapping[tuple[Said, Said], float]) -> float:
    """Agreement beyond chance of two raters, from how often they said which pair of labels: 1 is perfect, 0 is what chance gives.

    0 where both only ever gave one and the same label: then nothing beyond chance can be shown.
    J. Cohen, Educ. Psychol. Meas. 20 (1960) 37.
    """
    n = sum(cells.values())
    first: defaultdict[Said, float] = defaultdict(float)
    second: defaultdict[Said, float] = defaultdict(float)
    for (one, other), count in cells.items():
        first[one] += count
        second[other] += count
    same = sum(count for (one, other), count in cells.items() if one == other)
    chance = sum(count * second[label] for label, count in first.items())
    # Shares do not add up to the last digit, and a rest of that is no disagreement.
    return (same * n - chance) / (n * n - chance) if n * n - chance > _NOTHING * n * n else 0.0


def correlation(pairs: Sequence[tuple[float, float]], weights: Sequence[float] | None = None) -> float:
    """Pearson's r of two measures, one pair an item, from -1 to 1; each item weighs as told. 0 where one of them never varies."""
    weights = [1.0] * len(pairs) if weights is None else weights
    n = sum(weights)
    if not n:
        return 0.0
    told = [(weight, x, y) for weight, (x, y) in zip(weights, pairs, strict=True)]
    x0, y0 = sum(w * x for w, x, _ in told) / n, sum(w * y for w, _, y in told) / n
    spread = sqrt(sum(w * (x - x0) ** 2 for w, x, _ in told)) * sqrt(sum(w * (y - y0) ** 2 for w, _, y in told))
    return max(-1.0, min(1.0, sum(w * (x - x0) * (y - y0) for w, x, y in told) / spread)) if spread else 0.0
