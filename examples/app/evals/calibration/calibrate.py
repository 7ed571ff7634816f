"""Decides whether a judge's verdicts in a dimension count, and keeps that in the store, where metrics and alerts find it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.evals.calibration.agreement import Agreement
from app.evals.calibration.people import Opinions, Pair, opinions
from app.evals.judge.rubric import version_of
from app.evals.settings import Dimension, Settings
from app.evals.store import JSON, Store, Stratum

LABELS = 50
"""Below that an interval of agreement is more than 20 points wide."""
RARER = 10
"""Of the rarer label: a judge that always passes agrees with people who nearly always do."""
KAPPA = 0.4
"""Kappa's lower end: above it agreement is moderate or better; J. R. Landis and G. G. Koch, Biometrics 33 (1977) 159."""
AGREEMENT = 0.7
"""Its lower end. Two people agree on 81 % of such votes (Zheng et al., 2023, https://arxiv.org/abs/2306.05685, MT-Bench without ties);
a judge that is as good as one of them passes with a hundred labels."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is known of a judge in one dimension, at unix seconds `at`; `models` has the same by judged model.

    Numbers are of all answers that it judged, not of the labelled ones, of which as many failed as passed.
    """

    dimension: str
    taste: bool
    rubric: str
    judge: str
    at: float
    people: Opinions
    whole: Agreement
    models: Mapping[str, Agreement]

    @property
    def missing(self) -> list[str]:
        """What keeps it from being calibrated: `labels`, `rarer`, `kappa`, `agreement`; nothing where it is."""
        whole = self.whole
        checks = {
            "labels": whole.labels >= LABELS,
            "rarer": whole.rarer >= RARER,
            "kappa": whole.kappa.low >= KAPPA,
            "agreement": whole.same.low >= AGREEMENT,
        }
        return [name for name, fine in checks.items() if not fine]

    @property
    def calibrated(self) -> bool:
        """Enough people said that the judge is right, often enough."""
        return not self.missing

    def state(self) -> dict[str, JSON]:
        """As it is kept."""
        whole = self.whole
        return {
            "labels": whole.labels,
            "rarer": whole.rarer,
            "agreement": whole.same.value,
            "agreement_low": whole.same.low,
            "agreement_high": whole.same.high,
            "kappa": whole.kappa.value,
            "kappa_low": whole.kappa.low,
            "kappa_high": whole.kappa.high,
            "calibrated": self.calibrated,
            "missing": list(self.missing),
            "rubric": self.rubric,
            "judge": self.judge,
            "at": self.at,
        }


def calibrate(store: Store, dimension: Dimension, judge: str, now: float | None = None) -> Calibration:
    """Compare the judge of that name with people in one dimension, and keep what came out. Raises StoreError, ValueError without a rubric."""
    rubric = version_of(dimension)
    people = opinions(store, dimension.name, rubric, judge)
    # After the labels: what is labelled is among them, whatever is judged meanwhile.
    strata = store.strata(dimension.name, rubric, judge)
    models, whole = sorted({one.model for one in people.pairs}), Agreement.of(people.pairs, strata)
    alone = len({one.model for one in strata}) == 1
    found = Calibration(
        dimension.name,
        dimension.taste,
        rubric,
        judge,
        time.time() if now is None else now,
        people,
        whole,
        {name: whole if alone else _of(name, people.pairs, strata) for name in models},
    )
    store.set_state(key(dimension.name), found.state())
    return found


def _of(model: str, pairs: Sequence[Pair], strata: Sequence[Stratum]) -> Agreement:
    return Agreement.of([one for one in pairs if one.model == model], [one for one in strata if one.model == model])


def current(store: Store, dimension: Dimension, judge: str) -> Mapping[str, Any] | None:
    """The last calibration, if it is of this judge and of the rubric as it is now, else None. Raises StoreError."""
    found: Any = store.state(key(dimension.name))
    fits = isinstance(found, Mapping) and found.get("judge") == judge and found.get("rubric") == version_of(dimension)
    return found if fits else None


def expire(store: Store, settings: Settings, judge: str | None = None) -> list[str]:
    """Take back calibrations of another judge or another rubric: they say nothing of verdicts that come now. The dimensions of which that was so.

    Cheap; whoever begins to judge calls it first. Raises StoreError.
    """
    stale = []
    for dimension in settings.dimensions:
        found: Any = store.state(key(dimension.name))
        if not isinstance(found, Mapping) or current(store, dimension, judge or settings.judge.model):
            continue
        if found.get("calibrated"):
            store.set_state(key(dimension.name), {**found, "calibrated": False, "missing": ["current"]})
            stale.append(dimension.name)
    return stale


def key(dimension: str) -> str:
    """Under which the store keeps it."""
    return f"calibration/{dimension}"
