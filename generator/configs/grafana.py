"""Grafana: data sources with fixed uids that link metrics, traces and logs; dashboards from files."""

from generator import conventions as c
from generator.artifact import Artifact
from generator.model import Model
from generator.templating import fill


def build(model: Model) -> list[Artifact]:
    """Provisioning files, or nothing where Grafana does not run."""
    placement = model.placement
    here = placement.get(c.GRAFANA)
    if here is None:
        return []
    detect = str(model.alerts.windows.detect)
    return [
        fill(
            model,
            "grafana/provisioning/datasources/datasources.yml",
            prometheus=placement[c.PROMETHEUS],
            tempo=placement.get(c.TEMPO),
            loki=placement.get(c.LOKI),
            uid={"prometheus": c.UID_PROMETHEUS, "tempo": c.UID_TEMPO, "loki": c.UID_LOKI},
            exemplar=c.EXEMPLAR_TRACE_LABEL,
            requests=c.requests_rate(detect),
            p95=c.latency_p95(detect),
        ),
        fill(model, "grafana/provisioning/dashboards/dashboards.yml", here=here),
    ]
