"""What a metric dialect must say about itself so that the rest needs to know only the canonical series."""

from collections.abc import Callable
from dataclasses import dataclass

Rate = Callable[[str, str, tuple[str, ...]], str]
"""(matchers, window, labels) -> PromQL: a per-second rate, summed by `labels`."""


@dataclass(frozen=True)
class Judged:
    """What a dialect says of judged answers. `results`, `weight` and `squared_weight` by model, dimension and verdict.

    `dropped`, `judge_cost` and `changes` are rates as well; the others are levels, those of the judge by dimension.
    """

    results: Rate
    weight: Rate
    squared_weight: Rate
    dropped: Rate
    changes: Rate
    judge_cost: Rate
    queue: Rate
    oldest: Rate
    budget_left: Rate
    judge_simulated: Rate
    labels: Rate
    agreement: Rate
    kappa_low: Rate
    calibrated: Rate
    control_size: Rate
    control_changed: Rate
    ruler_changed: Rate


@dataclass(frozen=True)
class Source:
    """One dialect: for each signal the PromQL of its rate, or None where the dialect cannot measure it.

    `scraped` is there, with any value, while calls were counted within the window.
    Labels asked for are canonical names; a dialect whose labels differ renames them inside its expression. Latencies are
    milliseconds, spend is USD. `exemplars` names the raw histogram that carries exemplars, with its `_bucket` suffix.
    """

    name: str
    requests: Rate
    scraped: Rate
    errors: Rate
    latency_buckets: Rate
    spend: Rate | None
    tokens: Rate | None
    ttft_buckets: Rate | None
    unpriced: Rate | None
    outcomes: Rate | None
    evals: Judged | None
    exemplars: str | None
