"""Where components run in the Compose form of the stack: the form that `stack/` holds."""

from collections.abc import Mapping

from generator import conventions as c
from generator.model import Place, Placement
from generator.versions import PINNED

_INSIDE = {
    c.PROMETHEUS: ({"http": 9090}, "/etc/prometheus", "/prometheus", "prometheus"),
    c.ALERTMANAGER: ({"http": 9093}, "/etc/alertmanager", "/alertmanager", "alertmanager"),
    c.GRAFANA: ({"http": 3000}, "/etc/grafana", "/var/lib/grafana", "grafana"),
    c.TEMPO: ({"http": 3200, "otlp_grpc": 4317, "otlp_http": 4318}, "/etc/tempo", "/var/tempo", "tempo"),
    c.LOKI: ({"http": 3100, "grpc": 9095}, "/etc/loki", "/loki", "loki"),
    c.COLLECTOR: (
        {"http": 8888, "health": 13133, "otlp_grpc": 4317, "otlp_http": 4318},
        "/etc/otelcol",
        "/tmp/otelcol",  # noqa: S108  # the one place that the image lets its user write
        "collector",
    ),
    c.APP: ({"http": 8080}, "/etc/app", "/var/lib/app", "app"),
    c.SIMULATOR: ({"http": 8081}, "/etc/app", "/tmp", "simulator"),  # noqa: S108  # the container's own tmpfs
}


def compose_placement(published: Mapping[str, int], *, example_app: bool) -> Placement:
    """Place every component in its own container: service names as hosts, `published` ports on the person's loopback."""
    places = {}
    for name, (ports, etc, data, port_name) in _INSIDE.items():
        if name in (c.APP, c.SIMULATOR) and not example_app:
            continue
        pinned = PINNED.get(name)
        places[name] = Place(
            listen="0.0.0.0",  # noqa: S104  # inside the container; Compose publishes it on loopback only
            host=name,
            ports=ports,
            url=f"http://127.0.0.1:{published[port_name]}",
            etc=etc,
            data=data,
            secrets="/run/secrets",
            version=pinned.version if pinned else (0, 0, 0),
        )
    return Placement(places)
