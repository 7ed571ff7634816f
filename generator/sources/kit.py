"""The `kit` dialect: what the reference app's telemetry kit exposes."""

from generator import conventions as c
from generator import eval_names as e
from generator.sources.base import Judged, Rate, Source


def _rate(metric: str) -> Rate:
    def expression(matchers: str, window: str, labels: tuple[str, ...]) -> str:
        return f"sum by ({', '.join(labels)}) (rate({metric}{matchers}[{window}]))"

    return expression


def _level(metric: str, over: str = "max") -> Rate:
    """Of a gauge that several processes expose alike."""

    def expression(matchers: str, _window: str, labels: tuple[str, ...]) -> str:
        return f"{over} by ({', '.join(labels)}) ({metric}{matchers})"

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
    evals=Judged(
        results=_rate(e.KIT_EVAL_RESULTS),
        weight=_rate(e.KIT_EVAL_WEIGHT),
        squared_weight=_rate(e.KIT_EVAL_SQUARED_WEIGHT),
        dropped=_rate(e.KIT_EVAL_DROPPED),
        changes=_rate(e.KIT_EVAL_CHANGES),
        judge_cost=_rate(e.KIT_EVAL_JUDGE_COST),
        queue=_level(e.KIT_EVAL_QUEUE_DEPTH),
        oldest=_level(e.KIT_EVAL_OLDEST),
        budget_left=_level(e.KIT_EVAL_BUDGET_LEFT, "min"),
        judge_simulated=_level(e.KIT_EVAL_JUDGE_SIMULATED),
        labels=_level(e.KIT_EVAL_LABELS),
        agreement=_level(e.KIT_EVAL_AGREEMENT),
        kappa_low=_level(e.KIT_EVAL_KAPPA_LOW),
        calibrated=_level(e.KIT_EVAL_CALIBRATED),
        control_size=_level(e.KIT_EVAL_CONTROL_SIZE),
        control_changed=_level(e.KIT_EVAL_CONTROL_CHANGED),
        ruler_changed=_level(e.KIT_EVAL_RULER_CHANGED),
    ),
    exemplars=f"{c.KIT_LATENCY}_bucket",
)
