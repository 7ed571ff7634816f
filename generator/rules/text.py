"""Labels and links that every alert carries, so that a page names its service and leads somewhere."""

from generator import conventions as c
from generator.model import Model


def literal(text: str) -> str:
    """Text inside a label or an annotation, where Prometheus would take `{{` for a template action."""
    return text.replace("{{", '{{"{{"}}')


def labels(model: Model, severity: str) -> dict[str, str]:
    """Who is told, and about which service."""
    return {"severity": severity, "service": literal(model.service.name)}


def links(model: Model, alert: str, *, by_model: bool, board: str = c.UID_GOLDEN) -> dict[str, str]:
    """`dashboard_url` and `runbook_url` annotations; Grafana where it runs, else the page that Prometheus serves."""
    chosen = "{{ $labels.model | urlquery }}"
    grafana = model.placement.get(c.GRAFANA)
    if grafana is not None:
        dashboard = f"{grafana.url}/d/{board}" + (f"?var-model={chosen}" if by_model else "")
    else:
        dashboard = f"{model.placement[c.PROMETHEUS].url}/consoles/{c.PAGE}" + (f"?model={chosen}" if by_model else "")
    return {"dashboard_url": dashboard, "runbook_url": f"{model.alerts.runbook_base.rstrip('/')}/{alert}.md"}
