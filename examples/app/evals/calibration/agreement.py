"""How far a judge and people agree, on some answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

from app.evals.calibration.people import Pair
from app.evals.statistics import bootstrap, correlation, kappa, wilson

_SEED = 1960
"""Of the resamples: the same labels always give the same interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """`of` so many, with Wilson's 95 % interval."""

    part: int
    of: int

    @property
    def rate(self) -> float:
        """0.0 of nothing."""
        return self.part / self.of if self.of else 0.0

    @property
    def low(self) -> float:
        """The lower end."""
        return wilson(self.part, self.of)[0]

    @property
    def high(self) -> float:
        """The upper end."""
        return wilson(self.part, self.of)[1]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A confusion matrix, named after what people and the judge say, and what follows from it."""

    both_pass: int
    both_fail: int
    judge_fails: int
    """People pass what the judge fails."""
    judge_passes: int
    """People fail what the judge passes."""
    kappa: float
    kappa_low: float
    kappa_high: float
    longer_judge: float
    """Correlation of the judge's verdict with the logarithm of the answer's length: above 0 it passes what is longer."""
    longer_people: float

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> "Agreement":
        """Of these answers; kappa's interval is by 2,000 resamples."""
        said = [(one.human, one.judge) for one in pairs]
        low, high = bootstrap(said, kappa, _SEED) if said else (-1.0, 1.0)
        lengths = [log1p(one.chars) for one in pairs]
        return cls(
            both_pass=said.count((True, True)),
            both_fail=said.count((False, False)),
            judge_fails=said.count((True, False)),
            judge_passes=said.count((False, True)),
            kappa=kappa(said),
            kappa_low=low,
            kappa_high=high,
            longer_judge=correlation([(float(one.judge), chars) for one, chars in zip(pairs, lengths, strict=True)]),
            longer_people=correlation([(float(one.human), chars) for one, chars in zip(pairs, lengths, strict=True)]),
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
    def same(self) -> Share:
        """Answers on which they agree."""
        return Share(self.both_pass + self.both_fail, self.labels)

    @property
    def sensitivity(self) -> Share:
        """What people fail and the judge finds."""
        return Share(self.both_fail, self.both_fail + self.judge_passes)

    @property
    def specificity(self) -> Share:
        """What people pass and the judge spares."""
        return Share(self.both_pass, self.both_pass + self.judge_fails)

    def corrected(self, rate: float) -> float | None:
        """The pass rate that people would find where the judge finds `rate`; None where it never passed, or never failed, an answer.

        By the shares of what the judge passes, and fails, that people pass: unlike sensitivity and agreement they stay the same when as many
        answers of either verdict are labelled, as `label` has it.
        """
        passed, failed = self.both_pass + self.judge_passes, self.both_fail + self.judge_fails
        if not passed or not failed:
            return None
        return rate * self.both_pass / passed + (1 - rate) * self.judge_fails / failed
