"""`LLM golden signals`: four panels on one screen."""

from generator import conventions as c
from generator.artifact import Artifact
from generator.dashboards import grafana as g
from generator.model import Model
from generator.panels import Panel, filled, golden_panels, job_matcher
from generator.sources.registry import SOURCES

_UNITS = {"req/min": "reqpm", "ms": "ms", "USD/min": "currencyUSD"}
_HEIGHT = 9


def build(model: Model) -> list[Artifact]:
    """`grafana/dashboards/llm-golden-signals.json`, or nothing where Grafana does not run."""
    if c.GRAFANA not in model.placement:
        return []
    job = job_matcher(model)
    window = str(model.alerts.windows.detect)
    series = f"{c.requests_rate(window)}{{{job}}}"
    panels = [_panel(model, panel, number) for number, panel in enumerate(golden_panels(model))]
    panels.append(
        g.plain(
            "stat",
            "Calls without a known price, per minute",
            "Is the spend above the whole truth? Calls to a model that no price is known for cost money that is not counted.",
            g.PROMETHEUS,
            [g.prometheus(f"sum({c.unpriced_rate(window)}{{{job}}}) * 60", "unpriced", "A")],
            (0, 2 * _HEIGHT, 24, 3),
            fieldConfig={
                "defaults": {
                    "color": {"mode": "thresholds"},
                    "thresholds": {
                        "mode": "absolute",
                        "steps": [{"color": "green", "value": None}, {"color": "orange", "value": 0.001}],
                    },
                    "unit": "reqpm",
                },
                "overrides": [],
            },
            options={
                "colorMode": "value",
                "graphMode": "none",
                "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
                "textMode": "value_and_name",
            },
        )
    )
    variables = [
        g.data_source(),
        g.from_label("model", c.MODEL, series),
        g.from_label("endpoint", c.ENDPOINT, series),
    ]
    links = [
        g.link("Quality", f"/d/{c.UID_QUALITY}"),
        g.link("One call", f"/d/{c.UID_CALL}"),
        g.link("Runbooks", model.alerts.runbook_base),
    ]
    return [
        g.artifact(model, c.UID_GOLDEN, "LLM golden signals", panels, variables, links, [g.alert_states(model, job)])
    ]


def _panel(model: Model, panel: Panel, number: int) -> object:
    job = job_matcher(model)
    model_only = f'{job},{c.MODEL}=~"$model"'
    both = f'{model_only},{c.ENDPOINT}=~"$endpoint"'
    targets = [
        g.prometheus(filled(query.expr, both, model_only, job), query.legend, chr(ord("A") + position))
        for position, query in enumerate(panel.queries)
    ]
    raw = SOURCES[model.source].exemplars
    if panel.key == "latency" and raw is not None and model.placement.traces:
        # Exemplars live on the raw histogram only; a recorded series has none.
        expr = f"histogram_quantile(0.95, sum by (le) (rate({raw}{{{both}}}[$__rate_interval])))"
        targets.append(g.prometheus(expr, "p95 now, with traces", "X", exemplar=True))
    limits = [g.dashed(query.legend, query.role) for query in panel.queries if query.role != "value"]
    place = (12 * (number % 2), _HEIGHT * (number // 2), 12, _HEIGHT)
    more = {"overrides": limits, "defaults": {"min": 0}}
    return g.timeseries(panel.title, panel.question, _UNITS[panel.unit], targets, place, stacked=panel.stacked, **more)
