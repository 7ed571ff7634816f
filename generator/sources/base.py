"""What a metric dialect must say about itself so that the rest needs to know only the canonical series."""

from collections.abc import Callable
from dataclasses import dataclass

Rate = Callable[[str, str, tuple[str, ...]], str]
"""(matchers, window, labels) -> PromQL: a per-second rate, summed by `labels`."""


@dataclass(frozen=True)
class Source:
    """One dialect: for each signal the PromQL of its rate, or None where the dialect cannot measure it.

    `eval_queue` is a level, not a rate; `scraped` is there, with any value, while calls were counted within the window.
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
    evals: Rate | None
    eval_queue: Rate | None
    eval_dropped: Rate | None
    judge_cost: Rate | None
    exemplars: str | None
