"""`LLM quality`: what judges say of a sample of the answers, and whether they are to be trusted."""

from typing import Any

from generator import conventions as c
from generator.artifact import Artifact
from generator.dashboards import grafana as g
from generator.dashboards.bands import COLORS, bands
from generator.dashboards.verdicts import verdicts
from generator.model import Model
from generator.panels import Panel, Query, filled, job_matcher
from generator.quality_panels import (
    NOT_CALIBRATED,
    TICKETS,
    Notice,
    Table,
    changes,
    dimensions_table,
    quality_panels,
    rulers,
    simulated,
)
from generator.sources.registry import SOURCES

_UNITS = {"share": "percentunit", "answers": "short", "USD": "currencyUSD", "s": "s"}
_COLUMN_UNITS = {"share": "percentunit", "number": "short", "calibrated": "short"}
_PLACES = {
    "pass": (0, 3, 14, 11), "sample": (14, 3, 10, 6), "verdicts": (14, 9, 10, 5), "cost": (0, 19, 6, 7), "queue": (6, 19, 6, 7),
    "oldest": (12, 19, 6, 7), "dropped": (18, 19, 6, 7),
}  # fmt: skip


def build(model: Model) -> list[Artifact]:
    """`grafana/dashboards/llm-quality.json`, or nothing without Grafana or where the dialect has no evals."""
    if c.GRAFANA not in model.placement or SOURCES[model.source].evals is None:
        return []
    job = job_matcher(model)
    panels = [_panel(model, panel) for panel in quality_panels(model)]
    panels.insert(3, _table(model, dimensions_table()))
    panels.insert(0, _notice(model, simulated(model)))
    if c.LOKI in model.placement:
        question = "Which answers failed, and why? A click on the call shows its question, answer and trace."
        panels.append(verdicts(model, "Answers that failed", question, 'label = "fail"', (0, 26, 24, 10)))
    series = f"{c.requests_rate(str(model.alerts.windows.detect))}{{{job}}}"
    variables = [g.data_source(), g.from_label("model", c.MODEL, series)]
    links = [g.link("Golden signals", f"/d/{c.UID_GOLDEN}"), g.link("One call", f"/d/{c.UID_CALL}")]
    marks = [g.alert_states(model, job, TICKETS), _changes(model), _rulers(model)]
    return [g.artifact(model, c.UID_QUALITY, "LLM quality", panels, variables, links, marks, since="now-24h")]


def _filled(model: Model, expr: str) -> str:
    job = job_matcher(model)
    model_only = f'{job},{c.MODEL}=~"$model"'
    return filled(expr, model_only, model_only, job)


def _panel(model: Model, panel: Panel) -> Any:
    names = {"low": " at least", "high": " at most"}
    targets = [
        g.prometheus(_filled(model, query.expr), query.legend + names.get(query.aspect, ""), chr(ord("A") + place))
        for place, query in enumerate(panel.queries)
    ]
    overrides = [g.dashed(query.legend) for query in panel.queries if query.role == "limit"]
    by_dimension = any("{{dimension}}" in query.legend for query in panel.queries)
    for place, dimension in enumerate(model.evals.dimensions if by_dimension else ()):
        color = COLORS[place % len(COLORS)]
        overrides += bands(dimension.name, color, names["low"], names["high"]) if _has_band(panel.queries) else []
        overrides += [g.colored(dimension.name, color)]
        overrides += [g.dashed(f"{dimension.name}, {NOT_CALIBRATED}", "usual")] if dimension.taste else []
    defaults = {"max": 1} if panel.unit == "share" else {"min": 0}
    return g.timeseries(
        panel.title, panel.question, _UNITS[panel.unit], targets, _PLACES[panel.key], stacked=panel.stacked, overrides=overrides, defaults=defaults
    )  # fmt: skip


def _has_band(queries: tuple[Query, ...]) -> bool:
    return any(query.aspect == "high" for query in queries)


def _notice(model: Model, notice: Notice) -> dict[str, Any]:
    """A row that is orange while there is something to be said, and plain otherwise."""
    said = g.words({"1": (notice.text, "orange"), "0": (notice.otherwise, "text")}, ("no worker tells", "text"))
    return g.plain(
        "stat", notice.title, notice.question, g.PROMETHEUS, [g.prometheus(_filled(model, notice.expr), "", "A")], (0, 0, 24, 3),
        fieldConfig={"defaults": {"mappings": said}, "overrides": []},
        options={
            "colorMode": "value", "graphMode": "none", "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "text": {"valueSize": 18}, "textMode": "value",
        },
    )  # fmt: skip


def _table(model: Model, table: Table) -> dict[str, Any]:
    refs = [chr(ord("A") + place) for place in range(len(table.columns))]
    targets = [
        g.prometheus(_filled(model, column.expr), "", ref, instant=True)
        for ref, column in zip(refs, table.columns, strict=True)
    ]
    renamed = {f"Value #{ref}": column.title for ref, column in zip(refs, table.columns, strict=True)}
    order = {name: place for place, name in enumerate(("dimension", *renamed))}
    transformations = [
        {"id": "merge", "options": {}},
        {"id": "organize", "options": {"excludeByName": {"Time": True}, "indexByName": order, "renameByName": renamed}},
    ]
    overrides = [g.unit(column.title, _COLUMN_UNITS[column.unit]) for column in table.columns]
    overrides += [
        g.said(
            column.title, {"1": ("yes", "green"), "0": (NOT_CALIBRATED, "orange")}, ("nobody has labelled yet", "text")
        )
        for column in table.columns
        if column.unit == "calibrated"
    ]
    return g.plain(
        "table", table.title, table.question, g.PROMETHEUS, targets, (0, 14, 24, 5), transformations=transformations,
        fieldConfig={"defaults": {"decimals": 2}, "overrides": overrides}, options={"showHeader": True},
    )  # fmt: skip


def _changes(model: Model) -> dict[str, Any]:
    return g.marks(model, "Changes", _filled(model, changes()), "{{kind}} changed", "{{model}}", "blue")


def _rulers(model: Model) -> dict[str, Any]:
    title = "judge or rubric of {{dimension}} changed"
    return g.marks(model, "Judge or rubric", _filled(model, rulers()), title, "", "purple")
