"""A believable day of judged answers, as recorded series: one dimension gets worse after a new prompt, one was never calibrated."""

import math
import random
from collections.abc import Iterator
from pathlib import Path

from generator import conventions as c
from generator import eval_names as e
from generator.model import Model
from generator.promql import equals, selector
from generator.rules.canonical import SLOW

STEP, DAY = 240, 86400
FELL = 6 * 3600
"""How long ago, in seconds, groundedness got worse."""
REPLACED = 15 * 3600
"""How long ago the rubric of refusals became another one."""
PASSES = {"groundedness": 0.97, "refusal": 0.985, "tone": 0.9}
FALLEN = {"groundedness": 0.8}
CALIBRATED = {
    "groundedness": (1, 120, 0.93, 0.71),
    "refusal": (1, 80, 0.96, 0.78),
    "tone": (0, 40, 0.7, 0.12),
}
SHARES = {"gpt-4o-mini": 60, "claude-haiku-4-5": 35, "local-llama": 12}
"""Answers judged an hour at noon, by model."""

Sample = tuple[str, dict[str, str], int, float]


def write(file: Path, model: Model, now: int) -> None:
    """OpenMetrics that promtool imports, up to `now` (seconds since the epoch)."""
    found: dict[str, list[tuple[dict[str, str], int, float]]] = {}
    for name, labels, at, value in _samples(model, now):
        found.setdefault(name, []).append(({c.JOB: model.service.name, **labels}, at, value))
    with file.open("w") as out:
        for name, samples in found.items():
            out.write(f"# TYPE {name} gauge\n")
            for labels, at, value in sorted(samples, key=lambda one: (sorted(one[0].items()), one[1])):
                out.write(f"{name}{selector(*(equals(*label) for label in labels.items()))} {value:.9g} {at}\n")
        out.write("# EOF\n")


def _samples(model: Model, now: int) -> Iterator[Sample]:
    random.seed(3)
    detect = str(model.alerts.windows.detect)
    drift: dict[tuple[str, ...], float] = {}
    for at in range(now - DAY - 2 * STEP, now + 1, STEP):
        hour = (at % DAY) / 3600
        busy = 0.55 + 0.45 * math.sin((hour - 8) / 24 * 2 * math.pi)
        fell = at >= now - FELL
        for llm, an_hour in SHARES.items():
            yield c.requests_rate(detect), {c.MODEL: llm, c.ENDPOINT: "chat"}, at, an_hour / 36
            for dimension, usual in PASSES.items():
                yield from _verdicts(
                    llm, dimension, at, an_hour * busy, FALLEN.get(dimension, usual) if fell else usual, drift
                )
        fresh = now - FELL <= at < now - FELL + 3600
        yield e.eval_changes(SLOW), {c.MODEL: "gpt-4o-mini", c.KIND: "prompt"}, at, 1 / 3600 if fresh else 0
        spent = 3.1 * hour / 24
        yield e.EVAL_BUDGET_LEFT, {}, at, model.evals.judge.max_usd_per_day - spent
        yield e.judge_cost(SLOW), {}, at, 3.1 / DAY
        yield e.EVAL_JUDGE_SIMULATED, {}, at, 0
        waiting = 4 + 60 * max(0.0, math.sin(hour / 2)) ** 8
        yield e.EVAL_QUEUE, {}, at, round(waiting)
        yield e.EVAL_OLDEST_MAX, {}, at, waiting * 4
        for reason in e.DROPPED_REASONS:
            yield e.eval_dropped(SLOW), {e.REASON: reason}, at, 3 / 3600 if reason == "dead" and fresh else 0
        for dimension, numbers in CALIBRATED.items():
            for series, value in zip(
                (e.EVAL_CALIBRATED, e.EVAL_LABELS, e.EVAL_AGREEMENT, e.EVAL_KAPPA_LOW), numbers, strict=True
            ):
                yield series, {e.DIMENSION: dimension}, at, value
            yield e.EVAL_CONTROL_SIZE, {e.DIMENSION: dimension}, at, 40
            yield e.EVAL_CONTROL_CHANGED, {e.DIMENSION: dimension}, at, 1 if dimension == "refusal" else 0
            replaced = dimension == "refusal" and at >= now - REPLACED
            yield e.EVAL_RULER_CHANGED, {e.DIMENSION: dimension}, at, now - REPLACED if replaced else 0


def _verdicts(
    llm: str, dimension: str, at: int, an_hour: float, passing: float, drift: dict[tuple[str, ...], float]
) -> Iterator[Sample]:
    # What the last hour holds changes slowly, not from sample to sample.
    key = (llm, dimension)
    drift[key] = 0.9 * drift.get(key, 0.0) + random.gauss(0, 0.25 / math.sqrt(max(4.0, an_hour)) * 0.4)
    share = min(1.0, max(0.0, passing + drift[key]))
    counts = {"pass": an_hour * share, "fail": an_hour * (1 - share), "error": 0.4 if llm == "local-llama" else 0}
    weight = 20 if llm == "local-llama" else 100
    for verdict, count in counts.items():
        labels = {c.MODEL: llm, e.DIMENSION: dimension, e.VERDICT: verdict}
        yield e.eval_rate(SLOW), labels, at, count / 3600
        yield e.eval_weight_rate(SLOW), labels, at, count * weight / 3600
        yield e.eval_squared_weight_rate(SLOW), labels, at, count * weight**2 / 3600
