"""Judged answers by chance: how many in each quarter of an hour, and how many of them pass."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from generator import conventions as c
from generator import eval_names as e
from generator.model import Model
from generator.promql import quote

STEP = 900
"""Seconds between samples."""
HOUR, DAY = 4, 96
"""In steps."""
WEIGHT = 100
NIGHT = 0.6
"""How far the calls of an hour lie above and below the day's mean."""


@dataclass(frozen=True)
class Verdicts:
    """Counts of each step; the first step has none."""

    judged: list[int]
    passed: list[int]


def answers(
    chance: random.Random, judged_a_day: Sequence[float], rates: Sequence[float], night: float = NIGHT
) -> Verdicts:
    """Poisson many verdicts a step, more by day than by night unless `night` is 0; each passes with the step's rate."""
    judged, passed = [0], [0]
    for at in range(1, len(rates)):
        mean = judged_a_day[at] / DAY * (1 + night * math.sin(2 * math.pi * at / DAY))
        many = _poisson(chance, mean)
        judged.append(many)
        passed.append(sum(chance.random() < rates[at] for _ in range(many)))
    return Verdicts(judged, passed)


def _poisson(chance: random.Random, mean: float) -> int:
    """By counting exponential gaps; as exact as the generator, and quick enough for means of tens."""
    count, left = -1, mean
    while left >= 0:
        left -= chance.expovariate(1)
        count += 1
    return count


def series(model: Model, verdicts: Verdicts) -> list[dict[str, str]]:
    """The worker's counters of these verdicts, as promtool reads them."""
    failed = [judged - passed for judged, passed in zip(verdicts.judged, verdicts.passed, strict=True)]
    lines = []
    for verdict, counts in ((e.PASS, verdicts.passed), (e.FAIL, failed)):
        for metric, each in (
            (e.KIT_EVAL_RESULTS, 1),
            (e.KIT_EVAL_WEIGHT, WEIGHT),
            (e.KIT_EVAL_SQUARED_WEIGHT, WEIGHT**2),
        ):
            labels = {
                c.JOB: model.service.name,
                c.MODEL: model.models[0].name,
                e.DIMENSION: e.BUILT_IN[0],
                e.VERDICT: verdict,
            }
            text = ",".join(f"{label}={quote(value)}" for label, value in labels.items())
            total, values = 0, []
            for count in counts:
                total += count * each
                values.append(str(total))
            lines.append({"series": f"{metric}{{{text}}}", "values": " ".join(values)})
    return lines
