"""How many verdicts show which drop."""

from functools import lru_cache
from math import ceil, sqrt
from statistics import NormalDist

from .binomial import at_most
from .drop import MIN_DROP, SURE, dropped
from .proportion import Z

_SLICES = 41


def sample_size(p0: float, p1: float, z: float = Z, power: float = 0.8, spread: float = 1.0) -> int:
    """Verdicts that each of two samples needs to tell a pass rate `p1` from `p0` with that power.

    `spread` is the mean of the squared weights over the square of the mean weight (1 for equal weights):
    so many times more are needed. J. L. Fleiss, Statistical Methods for Rates and Proportions (1981), formula 3.14.

    Raises:
        ValueError: the rates are equal, or one is not within 0 and 1.
    """
    if p0 == p1 or not (0 <= p0 <= 1 and 0 <= p1 <= 1):
        raise ValueError(f"{p0} and {p1} cannot be told apart: give two different rates from 0 to 1")
    middle = (p0 + p1) / 2
    under_null = z * sqrt(2 * middle * (1 - middle))
    under_change = NormalDist().inv_cdf(power) * sqrt(p0 * (1 - p0) + p1 * (1 - p1))
    return ceil(((under_null + under_change) / (p1 - p0)) ** 2 * spread)


def power(p0: float, p1: float, n: float, z: float = Z) -> float:
    """Probability that two samples of `n` tell `p1` from `p0`: `sample_size` read the other way round."""
    if n <= 0:
        return 0.0
    middle = (p0 + p1) / 2
    room = abs(p1 - p0) * sqrt(n) - z * sqrt(2 * middle * (1 - middle))
    noise = sqrt(p0 * (1 - p0) + p1 * (1 - p1))
    return NormalDist().cdf(room / noise) if noise else float(room > 0)


def detection_power(
    p0: float, p1: float, recent: float, before: float, z: float = SURE, min_drop: float = MIN_DROP
) -> float:
    """Probability that the alert LLMPassRateDropped sees a drop from `p0` to `p1` in one look.

    `recent` and `before` are the (effective) numbers of verdicts in the window and in the week before it. The recent passes are
    binomial, exactly; the rate before is taken as normal, in 41 slices of equal probability, so that the false alarm rate
    (`p1` equal to `p0`) is right to an order of magnitude only.
    """
    n, m = int(recent), int(before)
    if n < 1 or m < 1:
        return 0.0
    noise = sqrt(p0 * (1 - p0) / m)
    seen = 0.0
    for part in range(_SLICES):
        rate = p0 + noise * NormalDist().inv_cdf((part + 0.5) / _SLICES)
        seen += at_most(_most_passes(min(1.0, max(0.0, rate)), n, m, z, min_drop), n, p1)
    return seen / _SLICES


@lru_cache(maxsize=4096)
def _most_passes(before: float, n: int, m: int, z: float, min_drop: float) -> int:
    """The most passes out of `n` on which the alert fires; -1 where it would on none."""
    low, high = -1, n
    while low < high:
        middle = (low + high + 1) // 2
        if dropped(middle / n, n, before, m, z, min_drop):
            low = middle
        else:
            high = middle - 1
    return low
