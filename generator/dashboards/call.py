"""`LLM call`: everything about one call, found by its call_id."""

from typing import Any

from generator import conventions as c
from generator.artifact import Artifact
from generator.dashboards import grafana as g
from generator.dashboards.verdicts import verdicts
from generator.model import Model
from generator.promql import quote


def build(model: Model) -> list[Artifact]:
    """`grafana/dashboards/llm-call.json`, or nothing without Grafana and Loki; no trace where none is stored here."""
    if any(name not in model.placement for name in (c.GRAFANA, c.LOKI)):
        return []
    stream = f"{{service_name={quote(model.service.name)}}}"
    logs_options = {
        "dedupStrategy": "none", "enableLogDetails": True, "prettifyLogMessage": True, "showTime": True, "sortOrder": "Ascending",
        "wrapLogMessage": True,
    }  # fmt: skip
    panels: list[Any] = [
        g.plain(
            "logs", "Log lines of the call", "What was asked, what was answered, what did it cost?", g.LOKI,
            [g.loki(f'{stream} | call_id = "$call_id"')], (0, 0, 24, 10), options=logs_options,
        ),
        *_trace(model),
        verdicts(model, "Verdicts on the answer", "What did the judges say, and why?", 'call_id = "$call_id"', (0, 17, 24, 6)),
    ]  # fmt: skip
    variable = {
        "current": {"selected": True, "text": "", "value": ""}, "hide": 0, "label": "call_id", "name": "call_id", "options": [],
        "query": "", "skipUrlSync": False, "type": "textbox",
    }  # fmt: skip
    links = [g.link("Golden signals", f"/d/{c.UID_GOLDEN}"), g.link("Quality", f"/d/{c.UID_QUALITY}")]
    return [g.artifact(model, c.UID_CALL, "LLM call", panels, [variable], links, [])]


def _trace(model: Model) -> list[Any]:
    store = model.placement.traces
    if not store:
        return []
    if store == c.TEMPO:
        service = quote(model.service.name)
        source, target = g.TEMPO, g.tempo(f'{{ resource.service.name = {service} && span.llm.call_id = "$call_id" }}')
    else:
        source, target = g.JAEGER, g.jaeger(model.service.name, "llm.call_id=$call_id")
    question = "Where did the time go: retrieve, rerank or generate? A click opens the trace."
    return [
        g.plain("table", "Trace of the call", question, source, [target], (0, 10, 24, 7), options={"showHeader": True})
    ]
