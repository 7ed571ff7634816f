"""The `kit` dialect: what the reference app's telemetry kit exposes."""

from generator import conventions as c
from generator.sources.base import Rate, Source


def _rate(metric: str) -> Rate:
    def expression(matchers: str, window: str, labels: tuple[str, ...]) -> str:
        return f"sum by ({', '.join(labels)}) (rate({metric}{matchers}[{window}]))"

    return expression


def _level(metric: str) -> Rate:
    def expression(matchers: str, _window: str, labels: tuple[str, ...]) -> str:
        return f"sum by ({', '.join(labels)}) ({metric}{matchers})"

    return expression


def _scraped(metric: str) -> Rate:
    def expression(matchers: str, window: str, labels: tuple[str, ...]) -> str:
        return f"count by ({', '.join(labels)}) (last_over_time({metric}{matchers}[{window}]))"

    return expression


KIT = Source(
    name="kit",
    requests=_rate(c.KIT_REQUESTS),
    scraped=_scraped(c.KIT_REQUESTS),
    errors=_rate(c.KIT_ERRORS),
    latency_buckets=_rate(f"{c.KIT_LATENCY}_bucket"),
    spend=_rate(c.KIT_COST),
    tokens=_rate(c.KIT_TOKENS),
    ttft_buckets=_rate(f"{c.KIT_TTFT}_bucket"),
    unpriced=_rate(c.KIT_UNPRICED),
    outcomes=_rate(c.KIT_OUTCOMES),
    evals=_rate(c.KIT_EVAL_RESULTS),
    eval_queue=_level(c.KIT_EVAL_QUEUE_DEPTH),
    eval_dropped=_rate(c.KIT_EVAL_DROPPED),
    judge_cost=_rate(c.KIT_EVAL_JUDGE_COST),
    exemplars=f"{c.KIT_LATENCY}_bucket",
)
