"""Intervals of one proportion and of the difference of two."""

from collections.abc import Callable, Hashable, Iterable
from math import sqrt

from .binomial import at_most

Z = 1.959963984540054
"""Standard deviations of a two-sided 95 % interval."""


def wilson(passed: float, n: float, z: float = Z) -> tuple[float, float]:
    """Interval of a pass rate, from `passed` of `n`; both may be weighted, then `n` is the effective number.

    (0, 1) for no observation. E. B. Wilson, JASA 22 (1927); best of seven in Newcombe, Stat. Med. 17 (1998) 857.

    Raises:
        ValueError: `passed` is not within 0 and `n`.
    """
    if not 0 <= passed <= n:
        raise ValueError(f"{passed} of {n} is no proportion: it must be from 0 to {n}")
    if n == 0:
        return 0.0, 1.0
    rate, z2 = passed / n, z * z
    middle = rate + z2 / (2 * n)
    reach = z * sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    # At both ends the formula is exact and floating point is not.
    low = 0.0 if passed == 0 else max(0.0, (middle - reach) / (1 + z2 / n))
    high = 1.0 if passed == n else min(1.0, (middle + reach) / (1 + z2 / n))
    return low, high


def newcombe(p1: float, n1: float, p0: float, n0: float, z: float = Z) -> tuple[float, float]:
    """Interval of `p1 - p0`, two independent pass rates out of `n1` and `n0` (effective numbers where weighted).

    The hybrid score interval: R. G. Newcombe, Stat. Med. 17 (1998) 873, method 10.

    Raises:
        ValueError: a rate is not within 0 and 1.
    """
    low1, high1 = wilson(p1 * n1, n1, z)
    low0, high0 = wilson(p0 * n0, n0, z)
    difference = p1 - p0
    low = difference - sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2)
    high = difference + sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2)
    return max(-1.0, low), min(1.0, high)


def effective_n(weights: Iterable[float], clusters: Iterable[Hashable | None] | None = None) -> float:
    """How many equally weighted observations tell as much: (sum w)^2 / sum w^2. L. Kish, Survey Sampling (1965).

    Observations of one of the `clusters`, of which each has one (None: it stands by itself), are taken to say all the same, so that the sum
    of squares is that of the clusters' sums. Careful: it is exact for an intraclass correlation of 1.

    >>> effective_n([1, 1, 1, 1]), effective_n([1, 1, 1, 1], ["a", "a", "b", "b"])
    (4.0, 2.0)
    """
    alone, total, together = 0.0, 0.0, dict[Hashable, float]()
    pairs = ((weight, None) for weight in weights) if clusters is None else zip(weights, clusters, strict=True)
    for weight, cluster in pairs:
        total += weight
        if cluster is None:
            alone += weight * weight
        else:
            together[cluster] = together.get(cluster, 0.0) + weight
    squared = alone + sum(weight * weight for weight in together.values())
    return total * total / squared if squared else 0.0


def clopper_pearson(passed: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a pass rate: never covers less than `level`, and is wider than Wilson's for that.

    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404; found by bisection to 1e-12.

    Raises:
        ValueError: `passed` is not within 0 and `n`.
    """
    if not 0 <= passed <= n:
        raise ValueError(f"{passed} of {n} is no proportion: it must be from 0 to {n}")
    tail = (1 - level) / 2
    low = 0.0 if passed == 0 else _root(lambda p: 1 - at_most(passed - 1, n, p) < tail)
    high = 1.0 if passed == n else _root(lambda p: at_most(passed, n, p) > tail)
    return low, high


def _root(below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2
