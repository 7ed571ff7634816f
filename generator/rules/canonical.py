"""Raw dialect -> canonical recorded series: the only place that a renamed metric has to be mended in."""

from collections.abc import Callable

from generator import conventions as c
from generator.model import Model
from generator.promql import equals, selector
from generator.rules.group import Group, Recording
from generator.sources.base import Rate
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
    # Judged answers are a sample, so a window of minutes would hold next to none of them.
    slow: tuple[tuple[str, Rate | None, tuple[str, ...]], ...] = (
        (c.eval_rate(SLOW), source.evals, (c.MODEL, c.DIMENSION, c.VERDICT)),
        (c.EVAL_QUEUE, source.eval_queue, ()),
        (c.eval_dropped(SLOW), source.eval_dropped, ()),
        (c.judge_cost(SLOW), source.judge_cost, ()),
    )
    rules += [
        Recording(name, rate(matchers, SLOW, (c.JOB, *labels))) for name, rate, labels in slow if rate is not None
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
