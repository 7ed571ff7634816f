"""`LLM call`: everything about one call, found by its call_id."""

from typing import Any

from generator import conventions as c
from generator.artifact import Artifact
from generator.dashboards import grafana as g
from generator.model import Model
from generator.promql import quote


def build(model: Model) -> list[Artifact]:
    """`grafana/dashboards/llm-call.json`, or nothing without Grafana, Loki and Tempo."""
    if any(name not in model.placement for name in (c.GRAFANA, c.LOKI, c.TEMPO)):
        return []
    stream = f"{{service_name={quote(model.service.name)}}}"
    traceql = f'{{ resource.service.name = {quote(model.service.name)} && span.llm.call_id = "$call_id" }}'
    logs_options = {
        "dedupStrategy": "none", "enableLogDetails": True, "prettifyLogMessage": True, "showTime": True, "sortOrder": "Ascending",
        "wrapLogMessage": True,
    }  # fmt: skip
    panels: list[Any] = [
        g.plain(
            "logs", "Log lines of the call", "What was asked, what was answered, what did it cost?", g.LOKI,
            [g.loki(f'{stream} | call_id = "$call_id"')], (0, 0, 24, 10), options=logs_options,
        ),
        g.plain(
            "table", "Trace of the call", "Where did the time go: retrieve, rerank or generate? A click opens the trace.", g.TEMPO,
            [g.tempo(traceql)], (0, 10, 24, 7), options={"showHeader": True},
        ),
        g.plain(
            "logs", "Verdicts on the answer", "What did the judges say, and why?", g.LOKI,
            [g.loki(f'{stream} | event = "gen_ai.evaluation.result" | call_id = "$call_id"')], (0, 17, 24, 6), options=logs_options,
        ),
    ]  # fmt: skip
    variable = {
        "current": {"selected": True, "text": "", "value": ""}, "hide": 0, "label": "call_id", "name": "call_id", "options": [],
        "query": "", "skipUrlSync": False, "type": "textbox",
    }  # fmt: skip
    links = [g.link("Golden signals", f"/d/{c.UID_GOLDEN}")]
    return [g.artifact(model, c.UID_CALL, "LLM call", panels, [variable], links, [])]
