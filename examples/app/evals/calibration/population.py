"""How many answers each labelled one stands for: `label` draws as many that failed as passed, and as many of each model, whatever their shares are."""

from collections import defaultdict
from collections.abc import Sequence

from app.evals.calibration.people import Pair
from app.evals.statistics import Part
from app.evals.store import Stratum


def stands_for(pairs: Sequence[Pair], strata: Sequence[Stratum]) -> list[float]:
    """A weight for each label: those of one model and verdict weigh together as all such answers do, each of them as its verdict does.

    Post-stratification: Cochran, Sampling Techniques (1977), section 5A.9. Where nobody labelled any of a model and verdict, the labels of
    other models with that verdict stand for it, too.
    """
    judged = {(one.model, one.label == "pass"): one.weight for one in strata}
    labelled: defaultdict[tuple[str, bool], float] = defaultdict(float)
    for one in pairs:
        labelled[one.model, one.judge] += one.weight
    times = {cell: judged.get(cell, 0.0) / weight for cell, weight in labelled.items() if weight}
    whole = {verdict: sum(w for (_, passed), w in judged.items() if passed is verdict) for verdict in (True, False)}
    known = {verdict: sum(judged.get(cell, 0.0) for cell in times if cell[1] is verdict) for verdict in (True, False)}
    return [
        one.weight * times.get((one.model, one.judge), 0.0) * whole[one.judge] / (known[one.judge] or 1.0)
        for one in pairs
    ]


def passes(strata: Sequence[Stratum]) -> Part:
    """How many of all answers the judge passes; the effective number is Kish's."""
    weight = sum(one.weight for one in strata)
    squared = sum(one.squared_weight for one in strata)
    if not weight or not squared:
        return Part(0.0, 0.0)
    n = weight * weight / squared
    return Part(n * sum(one.weight for one in strata if one.label == "pass") / weight, n)


def themselves(pairs: Sequence[Pair]) -> list[Stratum]:
    """The strata of labels that stand for nothing but themselves."""
    found: defaultdict[tuple[str, bool], list[float]] = defaultdict(list)
    for one in pairs:
        found[one.model, one.judge].append(one.weight)
    return [
        Stratum(model, "pass" if passed else "fail", len(told), sum(told), sum(w * w for w in told))
        for (model, passed), told in found.items()
    ]
