"""The component versions that rendered configs are written for and that images are pinned to."""

from dataclasses import dataclass

from generator import conventions as c


@dataclass(frozen=True)
class Component:
    """A pinned component; `image` lacks the tag, `tag` as the registry spells it, `uid` the image's user."""

    name: str
    version: tuple[int, int, int]
    image: str
    tag: str
    uid: int

    @property
    def dotted(self) -> str:
        """The version as people write it."""
        return ".".join(map(str, self.version))


PINNED = {
    component.name: component
    for component in (
        Component(c.PROMETHEUS, (3, 16, 0), "prom/prometheus", "v3.16.0", 65534),
        Component(c.ALERTMANAGER, (0, 34, 2), "prom/alertmanager", "v0.34.2", 65534),
        Component(c.GRAFANA, (13, 2, 2), "grafana/grafana", "13.2.2", 472),
        Component(c.TEMPO, (3, 0, 3), "grafana/tempo", "3.0.3", 10001),
        Component(c.JAEGER, (2, 20, 0), "jaegertracing/jaeger", "2.20.0", 10001),
        Component(c.LOKI, (3, 7, 8), "grafana/loki", "3.7.8", 10001),
        Component(c.VICTORIA_LOGS, (1, 52, 1), "victoriametrics/victoria-logs", "v1.52.1", 65534),
        Component(c.COLLECTOR, (0, 165, 0), "otel/opentelemetry-collector-contrib", "0.165.0", 10001),
    )
}
