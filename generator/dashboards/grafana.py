"""Our few building blocks on top of grafanalib, and one pass that makes what it writes loadable by Grafana 12 and 13.

grafanalib is unmaintained: it knows no exemplars, Loki or Tempo, and emits keys that Grafana dropped. Targets and
thresholds are therefore plain dicts, and `artifact` keeps only keys of the classic schema.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from grafanalib import core

from generator import conventions as c
from generator.artifact import Artifact, notice
from generator.model import Model
from generator.promql import one_of

SCHEMA_VERSION = 42
PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}
LOKI = {"type": "loki", "uid": c.UID_LOKI}
TEMPO = {"type": "tempo", "uid": c.UID_TEMPO}
JAEGER = {"type": "jaeger", "uid": c.UID_JAEGER}
_DASHBOARD_KEYS = {
    "annotations", "description", "editable", "fiscalYearStartMonth", "graphTooltip", "id", "links", "liveNow", "panels", "refresh",
    "schemaVersion", "tags", "templating", "time", "timepicker", "timezone", "title", "uid", "version", "weekStart",
}  # fmt: skip
_PANEL_KEYS = {
    "datasource", "description", "fieldConfig", "gridPos", "id", "interval", "links", "maxDataPoints", "options", "pluginVersion",
    "repeat", "repeatDirection", "targets", "timeFrom", "timeShift", "title", "transformations", "transparent", "type", "collapsed",
    "panels",
}  # fmt: skip


def prometheus(expr: str, legend: str, ref: str, *, exemplar: bool = False, instant: bool = False) -> dict[str, Any]:
    """A Prometheus query."""
    return {
        "datasource": PROMETHEUS, "editorMode": "code", "exemplar": exemplar, "expr": expr, "format": "table" if instant else "time_series",
        "instant": instant, "legendFormat": legend, "range": not instant, "refId": ref,
    }  # fmt: skip


def loki(expr: str, ref: str = "A") -> dict[str, Any]:
    """A Loki query for log lines."""
    return {
        "datasource": LOKI, "direction": "backward", "editorMode": "code", "expr": expr, "maxLines": 200, "queryType": "range",
        "refId": ref,
    }  # fmt: skip


def tempo(query: str, ref: str = "A") -> dict[str, Any]:
    """A TraceQL search."""
    return {
        "datasource": TEMPO, "filters": [], "limit": 20, "query": query, "queryType": "traceql", "refId": ref, "spss": 10,
        "tableType": "traces",
    }  # fmt: skip


def jaeger(service: str, tags: str, ref: str = "A") -> dict[str, Any]:
    """A search of Jaeger by tags, in logfmt."""
    return {"datasource": JAEGER, "limit": 20, "queryType": "search", "refId": ref, "service": service, "tags": tags}


def timeseries(
    title: str,
    question: str,
    unit: str,
    targets: list[dict[str, Any]],
    place: tuple[int, int, int, int],
    *,
    stacked: bool = False,
    **more: Any,
) -> Any:
    """A time series; `place` is x, y, width, height in Grafana's 24 columns."""
    x, y, width, height = place
    custom = {"stacking": {"group": "A", "mode": "normal" if stacked else "none"}, "showPoints": "never"}
    return core.TimeSeries(
        title=title,
        description=question,
        dataSource=PROMETHEUS,
        targets=targets,
        gridPos=core.GridPos(h=height, w=width, x=x, y=y),
        unit=unit,
        fillOpacity=25 if stacked else 0,
        lineWidth=2,
        legendDisplayMode="list",
        legendPlacement="bottom",
        tooltipMode="multi",
        extraJson={
            "fieldConfig": {
                "defaults": {"custom": custom, **more.pop("defaults", {})},
                "overrides": more.pop("overrides", []),
            },
            **more,
        },
    )


def plain(
    kind: str,
    title: str,
    question: str,
    source: dict[str, str],
    targets: list[dict[str, Any]],
    place: tuple[int, int, int, int],
    **more: Any,
) -> dict[str, Any]:
    """A panel of a kind that grafanalib does not know, as it stands in the file."""
    x, y, width, height = place
    return {
        "datasource": source, "description": question, "fieldConfig": {"defaults": {}, "overrides": []},
        "gridPos": {"h": height, "w": width, "x": x, "y": y}, "targets": targets, "title": title, "type": kind, **more,
    }  # fmt: skip


_LOOKS = {"limit": ("red", [8, 6], "dash"), "usual": ("text", [2, 6], "dot")}


def dashed(legend: str, role: str = "limit") -> dict[str, Any]:
    """Draw one line apart from the others, unstacked: a limit dashed and red, what is usual dotted and grey."""
    color, dash, fill = _LOOKS[role]
    return {
        "matcher": {"id": "byName", "options": legend},
        "properties": [
            {"id": "custom.lineStyle", "value": {"dash": dash, "fill": fill}},
            {"id": "custom.lineWidth", "value": 1},
            {"id": "color", "value": {"fixedColor": color, "mode": "fixed"}},
            {"id": "custom.fillOpacity", "value": 0},
            {"id": "custom.stacking", "value": {"group": role, "mode": "none"}},
        ],
    }


def from_label(name: str, label: str, series: str) -> dict[str, Any]:
    """A variable with the values of a label, everything by default."""
    query = f"label_values({series}, {label})"
    return {
        "allValue": ".*", "current": {"selected": True, "text": ["All"], "value": ["$__all"]}, "datasource": PROMETHEUS, "hide": 0, "includeAll": True, "label": label, "multi": True, "name": name, "options": [],
        "query": {"query": query, "refId": name}, "refresh": 2, "regex": "", "skipUrlSync": False, "sort": 1, "type": "query",
    }  # fmt: skip


def data_source() -> dict[str, Any]:
    """The variable that chooses a Prometheus."""
    return {
        "current": {"selected": True, "text": "Prometheus", "value": c.UID_PROMETHEUS}, "hide": 0, "includeAll": False,
        "label": "data source", "multi": False, "name": "datasource", "options": [], "query": "prometheus", "refresh": 1, "regex": "",
        "skipUrlSync": False, "type": "datasource",
    }  # fmt: skip


def colored(name: str, color: str) -> dict[str, Any]:
    """Give one line its own colour in every panel."""
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": "color", "value": {"fixedColor": color, "mode": "fixed"}}],
    }


def unit(column: str, name: str) -> dict[str, Any]:
    """The unit of a table's column."""
    return {"matcher": {"id": "byName", "options": column}, "properties": [{"id": "unit", "value": name}]}


def words(of: Mapping[str, tuple[str, str]], nothing: tuple[str, str]) -> list[dict[str, Any]]:
    """Mappings to words with a colour, of values and of no value."""
    options = {
        value: {"color": color, "index": at, "text": text} for at, (value, (text, color)) in enumerate(of.items())
    }
    text, color = nothing
    null = {"match": "null", "result": {"color": color, "index": len(of), "text": text}}
    return [{"options": options, "type": "value"}, {"options": null, "type": "special"}]


def said(column: str, of: Mapping[str, tuple[str, str]], nothing: tuple[str, str]) -> dict[str, Any]:
    """Words instead of a column's values, and instead of no value."""
    return {
        "matcher": {"id": "byName", "options": column},
        "properties": [
            {"id": "mappings", "value": words(of, nothing)},
            {"id": "custom.cellOptions", "value": {"type": "color-text"}},
        ],
    }


def leads_to(column: str, title: str, url: str) -> dict[str, Any]:
    """A link on every cell of a column; `url` may hold `${__value.text}`."""
    link_ = {"targetBlank": False, "title": title, "url": url}
    return {"matcher": {"id": "byName", "options": column}, "properties": [{"id": "links", "value": [link_]}]}


def alert_states(model: Model, matcher: str, names: Sequence[str] = ()) -> dict[str, Any]:
    """Firing alerts as annotations on every panel; of those names, or all."""
    only = f",{one_of(c.ALERTNAME, names)}" if names else ""
    expr = f'{c.ALERTS}{{{matcher}{only},{c.ALERTSTATE}="firing"}}'
    return marks(model, "Alerts", expr, "{{alertname}}", "{{model}}", "red") | {"tagKeys": "severity"}


def marks(model: Model, name: str, expr: str, title: str, text: str, color: str) -> dict[str, Any]:
    """An annotation wherever a query has a value."""
    return {
        "datasource": PROMETHEUS, "enable": True, "hide": False, "iconColor": color, "name": name,
        "target": {"expr": expr, "interval": str(model.stack.scrape_interval), "refId": name},
        "textFormat": text, "titleFormat": title,
    }  # fmt: skip


def link(title: str, url: str) -> dict[str, Any]:
    """A link in the dashboard's head."""
    return {
        "asDropdown": False, "icon": "external link", "includeVars": True, "keepTime": True, "tags": [], "targetBlank": True,
        "title": title, "tooltip": "", "type": "link", "url": url,
    }  # fmt: skip


def artifact(
    model: Model,
    uid: str,
    title: str,
    panels: list[Any],
    variables: list[dict[str, Any]],
    links: list[dict[str, Any]],
    annotations: list[dict[str, Any]],
    *,
    since: str = "now-1h",
) -> Artifact:
    """The dashboard as a file that Grafana provisions; `since` is where its time axis begins."""
    built = core.Dashboard(
        title=title, uid=uid, tags=["llm", "generated"], timezone="browser", schemaVersion=SCHEMA_VERSION,
        time=core.Time(since, "now"), refresh="30s", editable=False, panels=[], sharedCrosshair=True,
    ).to_json_data()  # fmt: skip
    raw = {**built, "graphTooltip": 1, "id": None, "description": notice(model.spec_name), "links": links}
    raw["templating"] = {"list": variables}
    raw["annotations"] = {"list": annotations}
    raw["timepicker"] = {"refresh_intervals": ["10s", "30s", "1m", "5m"]}
    raw["panels"] = [_panel(number, panel) for number, panel in enumerate(panels, start=1)]
    kept = _without_none({key: value for key, value in raw.items() if key in _DASHBOARD_KEYS})
    text = json.dumps(kept, indent=1, sort_keys=True, default=_encode, ensure_ascii=True)
    return Artifact(f"grafana/dashboards/{uid}.json", text + "\n")


def _panel(number: int, panel: Any) -> dict[str, Any]:
    raw = panel if isinstance(panel, dict) else panel.to_json_data()
    kept = {key: value for key, value in raw.items() if key in _PANEL_KEYS and value is not None}
    kept.pop("maxDataPoints", None)
    if legend := kept.get("options", {}).get("legend"):
        # Without it Grafana hides the legend; grafanalib does not know the key.
        kept["options"] = {**kept["options"], "legend": {"showLegend": True, **legend}}
    return {**kept, "id": number}


def _encode(value: Any) -> Any:
    return value.to_json_data()


def _without_none(value: Any) -> Any:
    if hasattr(value, "to_json_data"):
        value = value.to_json_data()
    if isinstance(value, dict):
        # The first step of a threshold has no lower end: null is its value.
        return {key: _without_none(item) for key, item in value.items() if item is not None or key == "value"}
    return [_without_none(item) for item in value] if isinstance(value, (list, tuple)) else value
