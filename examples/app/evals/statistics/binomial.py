"""The binomial distribution, exact up to rounding, in constant memory."""

from math import exp, lgamma, log, log1p, sqrt


def exactly(k: int, n: int, p: float) -> float:
    """Probability of `k` passes out of `n`, each with probability `p`."""
    if p <= 0 or p >= 1:
        return float(k == (0 if p <= 0 else n))
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(p) + (n - k) * log1p(-p))


def at_most(k: int, n: int, p: float) -> float:
    """Probability of `k` or fewer passes out of `n`."""
    if k < 0:
        return 0.0
    if k >= n:
        return 1.0
    # The shorter tail is summed, outward from k: its terms shrink, and those too small to matter are left out.
    if k <= n * p:
        return min(1.0, _tail(k, n, p))
    return max(0.0, 1 - _tail(n - k - 1, n, 1 - p))


def _tail(k: int, n: int, p: float) -> float:
    """Sum of the terms k, k-1, ... 0."""
    if p <= 0 or p >= 1:
        return float(p <= 0)
    term = total = exactly(k, n, p)
    ratio = (1 - p) / p
    far = k - 40 * sqrt(n * p * (1 - p)) - 40
    while k > 0 and k > far and term > total * 1e-17:
        term *= ratio * k / (n - k + 1)
        total += term
        k -= 1
    return total
