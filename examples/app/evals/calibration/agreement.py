"""How far a judge and people agree on all answers, from labels of some."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

from app.evals.calibration.people import Pair
from app.evals.calibration.population import passes, stands_for, themselves
from app.evals.statistics import (
    Estimate,
    Matrix,
    Part,
    Phases,
    agreement,
    correlation,
    estimates,
    kappa,
    sensitivity,
    specificity,
)
from app.evals.store import Stratum

_SEED = 1960
"""Of the resamples: the same labels always give the same interval."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A confusion matrix of the labelled answers, named after what people and the judge say, and what follows from it for all answers."""

    both_pass: int
    both_fail: int
    judge_fails: int
    """People pass what the judge fails."""
    judge_passes: int
    """People fail what the judge passes."""
    judged: int
    """Answers with a verdict, labelled or not, for which these labels stand."""
    phases: Phases
    same: Estimate
    """Answers on which they agree."""
    kappa: Estimate
    sensitivity: Estimate
    """What people fail and the judge finds."""
    specificity: Estimate
    """What people pass and the judge spares."""
    longer_judge: float
    """Correlation of the judge's verdict with the logarithm of the answer's length: above 0 it passes what is longer."""
    longer_people: float

    @classmethod
    def of(cls, pairs: Sequence[Pair], strata: Sequence[Stratum] | None = None) -> "Agreement":
        """Of these labels, drawn from all verdicts of these strata; without any, of nothing but the labelled answers."""
        strata = themselves(pairs) if strata is None else strata
        weights = stands_for(pairs, strata)
        said = [(one.human, one.judge) for one in pairs]
        phases = Phases(passes(strata), *(_passed(pairs, weights, verdict) for verdict in (True, False)))
        same, beyond, found, spared = estimates(phases, _STATISTICS, _SEED) if pairs else _UNKNOWN
        lengths = [log1p(one.chars) for one in pairs]
        return cls(
            both_pass=said.count((True, True)),
            both_fail=said.count((False, False)),
            judge_fails=said.count((True, False)),
            judge_passes=said.count((False, True)),
            judged=sum(one.verdicts for one in strata),
            phases=phases,
            same=same,
            kappa=beyond,
            sensitivity=found,
            specificity=spared,
            longer_judge=correlation([(one.judge, chars) for one, chars in zip(pairs, lengths, strict=True)], weights),
            longer_people=correlation([(one.human, chars) for one, chars in zip(pairs, lengths, strict=True)], weights),
        )

    @property
    def labels(self) -> int:
        """Answers compared."""
        return self.both_pass + self.both_fail + self.judge_fails + self.judge_passes

    @property
    def rarer(self) -> int:
        """How many answers people gave the rarer of their two labels."""
        passed = self.both_pass + self.judge_fails
        return min(passed, self.labels - passed)

    @property
    def matrix(self) -> Matrix:
        """The same shares of all answers."""
        return self.phases.matrix()

    def corrected(self, rate: float) -> float | None:
        """The pass rate that people would find where the judge finds `rate`; None where no answer is labelled that it passed, or that it failed.

        By the shares of what the judge passes, and fails, that people pass: sensitivity and agreement go along with how many are bad.
        """
        right, spared = self.phases.right, self.phases.spared
        return rate * right.rate + (1 - rate) * spared.rate if right.of and spared.of else None


def _passed(pairs: Sequence[Pair], weights: Sequence[float], verdict: bool) -> Part:
    """What people pass of the answers with that verdict.

    All models are one stratum here. With half an observation more of each kind in every model, many models would draw the rate towards a half.
    """
    return Part.weighed((one.human, weight) for one, weight in zip(pairs, weights, strict=True) if one.judge is verdict)


def _kappa(matrix: Matrix) -> float:
    both, judge_fails, judge_passes, neither = matrix
    cells = {(True, True): both, (True, False): judge_fails, (False, True): judge_passes, (False, False): neither}
    return kappa(cells)


_STATISTICS = (agreement, _kappa, sensitivity, specificity)
_UNKNOWN = [Estimate(0.0, least, 1.0) for least in (0.0, -1.0, 0.0, 0.0)]
