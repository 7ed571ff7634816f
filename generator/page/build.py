"""The pages that Prometheus serves itself: each one file, no other origin, made of the same panels as the dashboards."""

import html
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from generator import conventions as c
from generator import eval_names as e
from generator.artifact import Artifact, notice
from generator.configs.trace_links import trace_links
from generator.judging import worker
from generator.model import Model
from generator.panels import Panel, golden_panels, job_matcher
from generator.promql import one_of
from generator.quality_panels import (
    NOT_CALIBRATED,
    TICKETS,
    changes,
    dimensions_table,
    quality_panels,
    rulers,
    simulated,
)
from generator.sources.registry import SOURCES
from generator.templating import source

FOLDER = "prometheus/consoles"
PATH = f"{FOLDER}/{c.PAGE}"
QUALITY = f"{c.UID_QUALITY}.html"
"""Name of the page about the quality of answers, beside the other one."""
_PARTS = {"@UPLOT_CSS@": ("uplot.css",), "@UPLOT_JS@": ("uplot.js",)}
_FAILURES = 20


def build(model: Model) -> list[Artifact]:
    """`prometheus/consoles/llm.html`, and `llm-quality.html` where the dialect has evals."""
    pages = [_page(model, c.PAGE, "golden signals", ("llm.css",), ("llm.js", "panel.js"), _config(model))]
    if _judged(model):
        styles, scripts = ("llm.css", "quality.css"), ("llm.js", "panel.js", "quality.js", "failures.js")
        pages.append(_page(model, QUALITY, "quality of answers", styles, scripts, _quality(model)))
    return pages


def _judged(model: Model) -> bool:
    return SOURCES[model.source].evals is not None


def _page(
    model: Model, name: str, about: str, styles: Sequence[str], scripts: Sequence[str], config: dict[str, Any]
) -> Artifact:
    page = source(PATH)
    for mark, parts in {**_PARTS, "@CSS@": styles, "@JS@": scripts}.items():
        page = page.replace(mark, "\n".join(source(f"{FOLDER}/{part}").strip() for part in parts))
    page = page.replace("@TITLE@", _in_html(model.service.name)).replace("@ABOUT@", about)
    page = page.replace("@CONFIG@", _in_script(config))
    if "{{" in page:
        raise ValueError("the page holds {{: Prometheus would take it for a template action")
    return Artifact(
        f"{FOLDER}/{name}", page.replace("<html", f"<!-- {_in_html(notice(model.spec_name))} -->\n<html", 1)
    )


def _config(model: Model) -> dict[str, Any]:
    hint = "No calls in this range yet."
    hint += " Ask the app something: make traffic" if model.app.example else " Is the application running, and scraped?"
    return _common(model, golden_panels(model)) | {
        "alerts": [c.ALERT_LATENCY, c.ALERT_ERRORS, c.ALERT_SPEND],
        "hint": hint,
        "range": 3600,
        "filters": ["model", "endpoint"],
        "other_page": {"href": QUALITY, "name": "Quality"} if _judged(model) else None,
    }


def _quality(model: Model) -> dict[str, Any]:
    judge, grafana = worker(model), model.placement.get(c.GRAFANA)
    hint = "No answer was judged in this range yet."
    hint += "" if model.evals.enabled else " Evals are off: `evals: {sample: 0%}` in the spec."
    return _common(model, quality_panels(model)) | {
        "alerts": list(TICKETS),
        "hint": hint,
        "range": 86400,
        "filters": ["model"],
        "other_page": {"href": c.PAGE, "name": "Golden signals"},
        "notice": asdict(simulated(model)),
        "table": _columns(),
        "dimensions": [one.name for one in model.evals.dimensions],
        "tastes": list(model.evals.tastes),
        "not_calibrated": NOT_CALIBRATED,
        "changes": {"expr": changes(), "legend": "{kind} changed: {model}"},
        "rulers": {"expr": rulers(), "legend": "judge or rubric of {dimension} changed"},
        "fired": {
            "expr": f'{c.ALERTS}{{@J@,{c.ALERTSTATE}="firing",{one_of(c.ALERTNAME, TICKETS)}}}',
            "legend": f"{{{c.ALERTNAME}}}",
        },
        "failures": f"{judge.url}/failures?limit={_FAILURES}" if judge else None,
        "call": f"{grafana.url}/d/{c.UID_CALL}?var-call_id={{call_id}}" if grafana else None,
        "trace": next(iter(_traces(model)), None),
    }


def _traces(model: Model) -> list[str]:
    """Where a trace can be seen here: Tempo has no page of its own, so in Grafana."""
    links = trace_links(model)
    if c.GRAFANA in model.placement and c.TEMPO in model.placement:
        return links[:1]
    return links[-1:] if c.JAEGER in model.placement else []


def _common(model: Model, panels: Sequence[Panel]) -> dict[str, Any]:
    return {
        "service": model.service.name,
        "job": job_matcher(model),
        "requests": c.requests_rate(str(model.alerts.windows.detect)),
        "other": c.OTHER,
        "scrape": model.stack.scrape_interval.seconds,
        "refresh": max(5, model.stack.scrape_interval.seconds),
        "panels": [_panel(panel) for panel in map(asdict, panels)],
    }


def _columns() -> dict[str, Any]:
    table = dimensions_table()
    return {
        "title": table.title,
        "question": table.question,
        "by": e.DIMENSION,
        "columns": list(map(asdict, table.columns)),
    }


def _panel(panel: dict[str, Any]) -> dict[str, Any]:
    # {{label}} of a legend would be an action of Go's templates here.
    queries = [
        {
            "expr": query["expr"],
            "legend": query["legend"].replace("{{", "{").replace("}}", "}"),
            "role": query["aspect"] or query["role"],
        }
        for query in panel["queries"]
    ]
    return panel | {"queries": queries}


def _in_html(text: str) -> str:
    """Text that can neither be an element nor a template action."""
    return html.escape(text).replace("{", "&#123;")


def _in_script(data: dict[str, Any]) -> str:
    """JSON that can end neither its script element nor start a template action."""
    text = json.dumps(data, ensure_ascii=True, sort_keys=True)
    for hostile in ("<", ">", "&"):
        text = text.replace(hostile, f"\\u{ord(hostile):04x}")
    return text.replace("{{", "\\u007b\\u007b")
