"""Grafana: data sources with fixed uids that link metrics, traces and logs; dashboards from files."""

from generator import conventions as c
from generator.artifact import Artifact
from generator.model import Model
from generator.templating import fill

QUIET = {
    "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    "GF_ANALYTICS_REPORTING_ENABLED": "false",
    "GF_AUTH_ANONYMOUS_ENABLED": "true",  # on loopback, and only to look
    "GF_AUTH_ANONYMOUS_ORG_ROLE": "Viewer",
    "GF_NEWS_NEWS_FEED_ENABLED": "false",
    # With a read-only root the updater would remove the data source plugins that are in the image.
    "GF_PLUGINS_PREINSTALL_AUTO_UPDATE": "false",
    "GF_PLUGINS_PREINSTALL_DISABLED": "true",
    "GF_SECURITY_DISABLE_GRAVATAR": "true",
    "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true",
    "GF_USERS_ALLOW_SIGN_UP": "false",
}
"""Environment variables: nobody is called, nobody signs up, whoever sees the page may look."""


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
            jaeger=placement.get(c.JAEGER),
            traces={c.TEMPO: c.UID_TEMPO, c.JAEGER: c.UID_JAEGER}.get(placement.traces),
            loki=placement.get(c.LOKI),
            uid={
                "prometheus": c.UID_PROMETHEUS,
                "tempo": c.UID_TEMPO,
                "jaeger": c.UID_JAEGER,
                "loki": c.UID_LOKI,
            },
            exemplar=c.EXEMPLAR_TRACE_LABEL,
            requests=c.requests_rate(detect),
            p95=c.latency_p95(detect),
        ),
        fill(model, "grafana/provisioning/dashboards/dashboards.yml", here=here),
    ]
