"""Where components run, as one value that builders receive; here for the Compose form, the one that `stack/` holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator import conventions as c
from generator.versions import PINNED


@dataclass(frozen=True)
class Place:
    """Where one component runs, as builders need to know it.

    `listen` is the address it binds, `host` the name by which the other components reach it, `ports` its ports by purpose
    (`http`, `grpc`, `otlp_http`, ...), `url` what a person opens. `etc`, `data` and `secrets` are folders as the
    component's own process sees them. `version` is the version that its config is written for.
    """

    listen: str
    host: str
    ports: Mapping[str, int]
    url: str
    etc: str
    data: str
    secrets: str
    version: tuple[int, int, int]

    def address(self, purpose: str = "http") -> str:
        """`host:port` for the other components."""
        return f"{self.host}:{self.ports[purpose]}"

    def bind(self, purpose: str = "http") -> str:
        """`address:port` that the component listens on."""
        return f"{self.listen}:{self.ports[purpose]}"


@dataclass(frozen=True)
class Placement:
    """Every component of one running form of the stack, by name; a component that is not there is not in the mapping."""

    places: Mapping[str, Place]
    contained: bool = False
    """Whether each component runs in a container of its own."""

    def __contains__(self, component: str) -> bool:
        return component in self.places

    def __getitem__(self, component: str) -> Place:
        return self.places[component]

    @property
    def traces(self) -> str:
        """The component that stores traces here, empty where none does."""
        return next((name for name in (c.TEMPO, c.JAEGER) if name in self.places), "")

    def get(self, component: str) -> Place | None:
        """The component's place, or None where this form of the stack goes without it."""
        return self.places.get(component)


_INSIDE = {
    c.PROMETHEUS: ({"http": 9090}, "/etc/prometheus", "/prometheus", "prometheus"),
    c.ALERTMANAGER: ({"http": 9093}, "/etc/alertmanager", "/alertmanager", "alertmanager"),
    c.GRAFANA: ({"http": 3000}, "/etc/grafana", "/var/lib/grafana", "grafana"),
    c.TEMPO: ({"http": 3200, "otlp_grpc": 4317, "otlp_http": 4318, "grpc": 9095}, "/etc/tempo", "/var/tempo", "tempo"),
    c.JAEGER: (
        {"http": 16686, "otlp_grpc": 4317, "otlp_http": 4318, "grpc": 16685, "health": 13133},
        "/etc/jaeger",
        "/tmp/jaeger",  # noqa: S108  # the one place that the image lets its user write; a volume keeps it
        "jaeger",
    ),
    c.LOKI: ({"http": 3100, "grpc": 9095}, "/etc/loki", "/loki", "loki"),
    c.COLLECTOR: (
        {"http": 8888, "health": 13133, "otlp_grpc": 4317, "otlp_http": 4318},
        "/etc/otelcol",
        "/var/lib/otelcol",
        "collector",
    ),
    c.APP: ({"http": 8080}, "/etc/app", "/var/lib/app", "app"),
    c.SIMULATOR: ({"http": 8081}, "/etc/app", "/tmp", "simulator"),  # noqa: S108  # the container's own tmpfs
    # Below the app's folder: both write to one spool, so both have one volume.
    c.EVALS: ({"http": 8082}, "/etc/app", "/var/lib/app/evals", "evals"),
}


def compose_placement(published: Mapping[str, int], *, example_app: bool, traces: str = c.TEMPO) -> Placement:
    """Place every component in its own container: service names as hosts, `published` ports on the person's loopback.

    `traces` is the component that stores them, empty where they go elsewhere.
    """
    without = {c.TEMPO, c.JAEGER} - {traces} | (set() if example_app else {c.APP, c.SIMULATOR, c.EVALS})
    places = {}
    for name, (ports, etc, data, port_name) in _INSIDE.items():
        if name in without:
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
    return Placement(places, contained=True)
