"""Whether a pass rate has surely dropped, by the two signs that the alert on it asks for."""

from math import log

from .proportion import newcombe

SURE = 4.5
"""Standard deviations: an alert looks all the time, at every model, dimension and window."""
LEAST_RECENT, LEAST_BEFORE = 30, 200
"""Effective verdicts below which a window, or the week before it, says nothing."""
MIN_DROP = 0.02
"""A smaller drop matters to nobody, however sure it is."""


def dropped(now: float, n: float, before: float, m: float, z: float = SURE, min_drop: float = MIN_DROP) -> bool:
    """Whether the alert LLMPassRateDropped fires on a rate `now` of `n` effective verdicts, after `before` of `m`.

    Newcombe's interval of the difference lies above 0, and two rates explain the verdicts `z` deviations better than one.
    """
    return (
        n >= LEAST_RECENT
        and m >= LEAST_BEFORE
        and before - now >= min_drop
        and newcombe(before, m, now, n, z)[0] > 0
        and deviance(now, n, before, m) > z * z
    )


def deviance(p1: float, n1: float, p0: float, n0: float) -> float:
    """Twice the logarithm of the likelihood ratio of two rates to one; about chi-squared with one degree of freedom.

    S. S. Wilks, Annals of Mathematical Statistics 9 (1938) 60.
    """
    pooled = (p1 * n1 + p0 * n0) / (n1 + n0) if n1 + n0 else 0.0

    def part(n: float, rate: float) -> float:
        pairs = ((rate, pooled), (1 - rate, 1 - pooled))
        return n * sum(seen * log(seen / expected) for seen, expected in pairs if seen > 0 and expected > 0)

    return 2 * (part(n1, p1) + part(n0, p0))
