"""The page with the four golden signals that Prometheus serves itself: one file, no other origin, made of the same panels."""

import html
import json
from dataclasses import asdict
from typing import Any

from generator import conventions as c
from generator.artifact import Artifact, notice
from generator.model import Model
from generator.panels import golden_panels, job_matcher
from generator.templating import source

PATH = f"prometheus/consoles/{c.PAGE}"
_PARTS = {"@UPLOT_CSS@": "uplot.css", "@CSS@": "llm.css", "@UPLOT_JS@": "uplot.js", "@JS@": "llm.js"}


def build(model: Model) -> list[Artifact]:
    """`prometheus/consoles/llm.html`."""
    page = source(PATH)
    for mark, part in _PARTS.items():
        page = page.replace(mark, source(f"prometheus/consoles/{part}").strip())
    page = page.replace("@TITLE@", _in_html(model.service.name))
    page = page.replace("@CONFIG@", _in_script(_config(model)))
    if "{{" in page:
        raise ValueError("the page holds {{: Prometheus would take it for a template action")
    return [Artifact(PATH, page.replace("<html", f"<!-- {_in_html(notice(model.spec_name))} -->\n<html", 1))]


def _config(model: Model) -> dict[str, Any]:
    window = str(model.alerts.windows.detect)
    hint = "No calls in this range yet."
    hint += " Ask the app something: make traffic" if model.app.example else " Is the application running, and scraped?"
    return {
        "service": model.service.name,
        "job": job_matcher(model),
        "requests": c.requests_rate(window),
        "alerts": [c.ALERT_LATENCY, c.ALERT_ERRORS, c.ALERT_SPEND],
        "other": c.OTHER,
        "scrape": model.stack.scrape_interval.seconds,
        "refresh": max(5, model.stack.scrape_interval.seconds),
        "hint": hint,
        "panels": [_panel(panel) for panel in map(asdict, golden_panels(model))],
    }


def _panel(panel: dict[str, Any]) -> dict[str, Any]:
    # {{label}} of a legend would be an action of Go's templates here.
    queries = [query | {"legend": query["legend"].replace("{{", "{").replace("}}", "}")} for query in panel["queries"]]
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
