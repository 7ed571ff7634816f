"""What holds for all answers where the judge has judged many and people have labelled some of those that it passed, and some that it failed.

Two-phase sampling with the judge's verdict as stratum: J. Neyman, JASA 33 (1938) 101; W. G. Cochran, Sampling Techniques (1977), chapter 12.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from .proportion import effective_n

RESAMPLES = 2000


class Matrix(NamedTuple):
    """Shares of all answers by what people and the judge say of them; together they are 1."""

    both_pass: float
    judge_fails: float
    """People pass what the judge fails."""
    judge_passes: float
    """People fail what the judge passes."""
    both_fail: float


@dataclass(frozen=True, slots=True)
class Part:
    """`part` of `of` observations, both in effective numbers where these weigh differently."""

    part: float
    of: float

    @classmethod
    def weighed(cls, said: Iterable[tuple[bool, float]]) -> "Part":
        """Of yes and no, each with its weight; the effective number is Kish's."""
        told = list(said)
        total, n = sum(weight for _, weight in told), effective_n(weight for _, weight in told)
        return cls(n * sum(weight for yes, weight in told if yes) / total if total else 0.0, n)

    @property
    def rate(self) -> float:
        """A half of nothing: then nothing is known."""
        return self.part / self.of if self.of else 0.5

    def drawn(self, draw: Random) -> float:
        """A rate that the observations allow, with half a one more of each kind: Jeffreys's posterior.

        So none is 0 or 1, however few there are; L. Brown, T. Cai and A. DasGupta, Statistical Science 16 (2001) 101.
        """
        return draw.betavariate(self.part + 0.5, max(0.0, self.of - self.part) + 0.5)


@dataclass(frozen=True, slots=True)
class Phases:
    """How often the judge passes an answer, and how often people pass what it passes, and what it fails."""

    passes: Part
    right: Part
    spared: Part

    def matrix(self) -> Matrix:
        """As it was found."""
        return _matrix(self.passes.rate, self.right.rate, self.spared.rate)

    def drawn(self, seed: int, count: int = RESAMPLES) -> Iterator[Matrix]:
        """As it might truly be."""
        draw = Random(seed)  # noqa: S311  # reproducible on purpose
        for _ in range(count):
            yield _matrix(self.passes.drawn(draw), self.right.drawn(draw), self.spared.drawn(draw))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that holds for all answers, and its 95 % interval."""

    value: float
    low: float
    high: float


def estimates(
    phases: Phases, statistics: Sequence[Callable[[Matrix], float]], seed: int, level: float = 0.95
) -> list[Estimate]:
    """One for each statistic of the matrix; the same for a seed.

    The interval is the middle `level` of a Bayesian bootstrap within the strata (D. B. Rubin, Annals of Statistics 9 (1981) 130) with Jeffreys's
    prior, 2,000 resamples; it is widened to hold the value itself, which the prior can leave outside where all labels agree.
    """
    found, drawn = phases.matrix(), list(phases.drawn(seed))
    tail = (1 - level) / 2
    told = []
    for statistic in statistics:
        value, spread = statistic(found), sorted(map(statistic, drawn))
        told.append(Estimate(value, min(value, _quantile(spread, tail)), max(value, _quantile(spread, 1 - tail))))
    return told


def agreement(matrix: Matrix) -> float:
    """On which share of the answers they agree."""
    return matrix.both_pass + matrix.both_fail


def sensitivity(matrix: Matrix) -> float:
    """How much of what people fail the judge finds; 0 where they fail nothing."""
    return _share(matrix.both_fail, matrix.judge_passes)


def specificity(matrix: Matrix) -> float:
    """How much of what people pass the judge spares; 0 where they pass nothing."""
    return _share(matrix.both_pass, matrix.judge_fails)


def _share(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest else 0.0


def _matrix(passes: float, right: float, spared: float) -> Matrix:
    fails = 1 - passes
    return Matrix(passes * right, fails * spared, passes * (1 - right), fails * (1 - spared))


def _quantile(ordered: Sequence[float], q: float) -> float:
    """Linear between neighbours: the seventh of Hyndman and Fan, Am. Stat. 50 (1996) 361."""
    place = q * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
