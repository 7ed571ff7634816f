"""Raw dialect -> canonical recorded series: the only place that a renamed metric has to be mended in."""

from collections.abc import Callable

from generator import conventions as c
from generator import eval_names as e
from generator.model import Model
from generator.promql import equals, selector
from generator.rules.group import Group, Recording
from generator.sources.base import Judged, Rate
from generator.sources.registry import SOURCES

SLOW = "1h"
"""Range of what is sampled."""


def groups(model: Model) -> list[Group]:
    """The series that panels read, over the detection window; signals that the dialect cannot measure are left out.

    No rule of these reads another, so each histogram, which is most of the work, has a group of its own (benchmarks/rules.py).
    """
    source = SOURCES[model.source]
    window = str(model.alerts.windows.detect)
    matchers = selector(equals(c.JOB, model.service.name))
    plan: tuple[tuple[Callable[[str], str], Rate | None, tuple[str, ...]], ...] = (
        (c.requests_rate, source.requests, (c.MODEL, c.ENDPOINT)),
        (c.errors_rate, source.errors, (c.MODEL, c.ENDPOINT, c.KIND)),
        (c.spend_rate, source.spend, (c.MODEL, c.ENDPOINT)),
        (c.tokens_rate, source.tokens, (c.MODEL, c.DIRECTION)),
        (c.unpriced_rate, source.unpriced, (c.MODEL,)),
        (c.outcomes_rate, source.outcomes, (c.MODEL, c.ENDPOINT, c.OUTCOME)),
    )
    rules = [
        Recording(name(window), rate(matchers, window, (c.JOB, *labels)))
        for name, rate, labels in plan
        if rate is not None
    ]
    by_bucket = (c.JOB, c.MODEL, c.ENDPOINT, c.LE)
    latency = [Recording(c.latency_bucket_rate(window), source.latency_buckets(matchers, window, by_bucket))]
    ttft = source.ttft_buckets
    first_token = [Recording(c.ttft_bucket_rate(window), ttft(matchers, window, by_bucket))] if ttft else []
    return [
        Group("llm-canonical", rules),
        Group("llm-canonical-latency", latency),
        Group("llm-canonical-ttft", first_token),
    ]


def judged(evals: Judged, matchers: str) -> list[Recording]:
    """Judged answers are a sample, so a window of minutes would hold next to none of them."""
    by_verdict, by_dimension = (c.MODEL, e.DIMENSION, e.VERDICT), (e.DIMENSION,)
    plan: tuple[tuple[str, Rate, tuple[str, ...]], ...] = (
        (e.eval_rate(SLOW), evals.results, by_verdict),
        (e.eval_weight_rate(SLOW), evals.weight, by_verdict),
        (e.eval_squared_weight_rate(SLOW), evals.squared_weight, by_verdict),
        (e.eval_dropped(SLOW), evals.dropped, (e.REASON,)),
        (e.eval_changes(SLOW), evals.changes, (c.MODEL, c.KIND)),
        (e.judge_cost(SLOW), evals.judge_cost, ()),
        (e.EVAL_QUEUE, evals.queue, ()),
        (e.EVAL_OLDEST_MAX, evals.oldest, ()),
        (e.EVAL_BUDGET_LEFT, evals.budget_left, ()),
        (e.EVAL_JUDGE_SIMULATED, evals.judge_simulated, ()),
        (e.EVAL_LABELS, evals.labels, by_dimension),
        (e.EVAL_AGREEMENT, evals.agreement, by_dimension),
        (e.EVAL_KAPPA_LOW, evals.kappa_low, by_dimension),
        (e.EVAL_CALIBRATED, evals.calibrated, by_dimension),
        (e.EVAL_CONTROL_SIZE, evals.control_size, by_dimension),
        (e.EVAL_CONTROL_CHANGED, evals.control_changed, by_dimension),
        (e.EVAL_RULER_CHANGED, evals.ruler_changed, by_dimension),
    )
    return [Recording(name, rate(matchers, SLOW, (c.JOB, *labels))) for name, rate, labels in plan]
