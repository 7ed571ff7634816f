"""`LLM quality`: what judges say of a sample of the answers."""

from generator import conventions as c
from generator.artifact import Artifact
from generator.dashboards import grafana as g
from generator.model import Model
from generator.panels import job_matcher
from generator.promql import number
from generator.rules.canonical import SLOW
from generator.sources.registry import SOURCES


def build(model: Model) -> list[Artifact]:
    """`grafana/dashboards/llm-quality.json`, or nothing without Grafana or where the dialect has no evals."""
    if c.GRAFANA not in model.placement or SOURCES[model.source].evals is None:
        return []
    job = job_matcher(model)
    results = f'{c.eval_rate(SLOW)}{{{job},{c.MODEL}=~"$model"'
    by = f"sum by ({c.DIMENSION})"
    judged = f'{by} ({results},{c.VERDICT}=~"pass|fail"}})'
    ratio = f'{by} ({results},{c.VERDICT}="pass"}}) / ({judged} > 0)'
    limit = model.evals.pass_rate_below
    panels = [
        g.timeseries(
            "Pass rate by dimension, last hour",
            f"Did the answers get worse? The dashed line is {number(limit * 100)} %. Read it together with the sample size.",
            "percentunit",
            [g.prometheus(ratio, "{{dimension}}", "A"), g.prometheus(f"vector({number(limit)})", "too low below", "B")],
            (0, 0, 12, 9),
            overrides=[g.dashed("too low below")],
            defaults={"min": 0, "max": 1},
        ),
        g.timeseries(
            "Answers judged in the last hour, by dimension",
            "How much is the pass rate worth? A drop in a handful of answers is chance.",
            "short",
            [g.prometheus(f"{judged} * 3600", "{{dimension}}", "A")],
            (12, 0, 12, 9),
        ),
        g.timeseries(
            "Judge's cost per hour",
            "What does judging cost? It stops at the daily budget.",
            "currencyUSD",
            [g.prometheus(f"{c.judge_cost(SLOW)}{{{job}}} * 3600", "USD an hour", "A")],
            (0, 9, 12, 8),
        ),
        g.timeseries(
            "Answers waiting for a judge",
            "Does judging keep up? A growing queue makes the pass rate old news.",
            "short",
            [
                g.prometheus(f"{c.EVAL_QUEUE}{{{job}}}", "waiting", "A"),
                g.prometheus(f"{c.eval_dropped(SLOW)}{{{job}}} * 3600", "not judged, an hour", "B"),
            ],
            (12, 9, 12, 8),
        ),
    ]
    series = f"{c.requests_rate(str(model.alerts.windows.detect))}{{{job}}}"
    variables = [g.data_source(), g.from_label("model", c.MODEL, series)]
    links = [g.link("Golden signals", f"/d/{c.UID_GOLDEN}")]
    return [g.artifact(model, c.UID_QUALITY, "LLM quality", panels, variables, links, [])]
