"""The same questions, answered before and after a change."""

from collections import Counter
from collections.abc import Iterable
from math import sqrt

from .binomial import at_most
from .proportion import Z, wilson


def mcnemar(better: int, worse: int) -> float:
    """Two-sided p of so many questions better and worse, if the change does nothing: the exact (binomial) test.

    Q. McNemar, Psychometrika 12 (1947) 153; exact as in A. Agresti, Categorical Data Analysis, section 10.1.
    """
    return min(1.0, 2 * at_most(min(better, worse), better + worse, 0.5))


def paired_difference(pairs: Iterable[tuple[bool, bool]], z: float = Z) -> tuple[float, float, float]:
    """Pass rate after less pass rate before, and its interval; one pair (before, after) a question.

    (0, -1, 1) for no pair. Wilson's intervals of both rates, squared and added, less what the correlation takes away:
    R. G. Newcombe, Stat. Med. 17 (1998) 2635, method 10.
    """
    seen = Counter((bool(before), bool(after)) for before, after in pairs)
    n = seen.total()
    if not n:
        return 0.0, -1.0, 1.0
    both, better, worse, neither = seen[True, True], seen[False, True], seen[True, False], seen[False, False]
    after, before = (both + better) / n, (both + worse) / n
    low1, high1 = wilson(both + better, n, z)
    low0, high0 = wilson(both + worse, n, z)
    together = _phi(both, better, worse, neither)

    def reach(one: float, other: float) -> float:
        return sqrt(max(0.0, one * one - 2 * together * one * other + other * other))

    difference = after - before
    low = difference - reach(after - low1, high0 - before)
    high = difference + reach(high1 - after, before - low0)
    return difference, max(-1.0, low), min(1.0, high)


def _phi(both: int, better: int, worse: int, neither: int) -> float:
    """The correlation of the pairs, corrected for continuity where it is positive, as method 10 asks."""
    margins = (both + better) * (worse + neither) * (both + worse) * (better + neither)
    if not margins:
        return 0.0
    cross = both * neither - better * worse
    half = (both + better + worse + neither) / 2
    return (cross if cross < 0 else max(cross - half, 0.0)) / sqrt(margins)
