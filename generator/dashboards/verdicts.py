"""A table of verdicts, made of the log lines that the judge's worker writes."""

from typing import Any

from generator import conventions as c
from generator.dashboards import grafana as g
from generator.model import Model
from generator.promql import quote

# `model` and `call_id` are names of their own in the store of logs; what stands deeper in the line is taken out of it.
_FIELDS = {
    "dimension": 'evaluation["gen_ai.evaluation.name"]',
    "label": 'evaluation["gen_ai.evaluation.score.label"]',
    "score": 'evaluation["gen_ai.evaluation.score.value"]',
    "reason": 'evaluation["gen_ai.evaluation.explanation"]',
    "model": "metadata.model",
    "prompt": "metadata.prompt_version",
}
# Grafana's source of logs calls the time by either name, depending on its version.
_COLUMNS = {
    "Time": "time", "timestamp": "time", "model": "model", "dimension": "dimension", "label": "verdict", "score": "score", "reason": "reason",
    "prompt": "prompt version", "call_id": "call",
}  # fmt: skip


def verdicts(model: Model, title: str, question: str, only: str, place: tuple[int, int, int, int]) -> dict[str, Any]:
    """Verdicts for which the LogQL condition `only` holds, the newest first; a click on a call opens `LLM call`."""
    taken = ", ".join(f"{name}={quote(path)}" for name, path in _FIELDS.items())
    stream = f"{{service_name={quote(model.service.name)}}} | event = {quote(c.LOG_EVALUATION)}"
    order = {name: at for at, name in enumerate(_COLUMNS)}
    names = list(_COLUMNS)
    transformations = [
        {"id": "extractFields", "options": {"format": "json", "keepTime": True, "replace": True, "source": "labels"}},
        {"id": "filterFieldsByName", "options": {"include": {"names": names}}},
        {"id": "organize", "options": {"excludeByName": {}, "indexByName": order, "renameByName": _COLUMNS}},
    ]
    overrides = [
        g.said(
            "verdict", {"pass": ("pass", "green"), "fail": ("fail", "red"), "error": ("error", "orange")}, ("", "text")
        ),
        g.leads_to("call", "Open the call", f"/d/{c.UID_CALL}?var-call_id=${{__value.text}}"),
        {"matcher": {"id": "byName", "options": "reason"}, "properties": [{"id": "custom.width", "value": 600}]},
    ]
    return g.plain(
        "table", title, question, g.LOKI, [g.loki(f"{stream} | json {taken} | {only}")], place,
        transformations=transformations, fieldConfig={"defaults": {}, "overrides": overrides}, options={"showHeader": True},
    )  # fmt: skip
