"""Where components run natively: loopback, the spec's ports, folders below the state folder."""

from collections.abc import Mapping

from generator import conventions as c
from generator.launch.obtain.package import Obtained
from generator.launch.state import State
from generator.placement import Place, Placement

LOOPBACK = "127.0.0.1"

_PUBLISHED = {
    c.PROMETHEUS: {"http": "prometheus"},
    c.ALERTMANAGER: {"http": "alertmanager"},
    c.GRAFANA: {"http": "grafana"},
    c.TEMPO: {"http": "tempo"},
    c.JAEGER: {"http": "jaeger"},
    c.LOKI: {"http": "loki"},
    c.VICTORIA_LOGS: {"http": "victorialogs"},
    c.COLLECTOR: {"http": "collector", "otlp_grpc": "otlp_grpc", "otlp_http": "otlp_http"},
    c.APP: {"http": "app"},
    c.SIMULATOR: {"http": "simulator"},
    c.EVALS: {"http": "evals"},
}
"""The spec's name for each port of a component, by what the port is for."""

_INTERNAL = {
    c.COLLECTOR: ("health",),
    c.TEMPO: ("otlp_grpc", "otlp_http", "grpc"),
    c.JAEGER: ("otlp_grpc", "otlp_http", "grpc", "health"),
    c.LOKI: ("grpc",),
}
"""What components use among each other: counted up from the spec's `internal`; two stores of one kind never run at once."""
_FIRST = {c.COLLECTOR: 0, c.TEMPO: 1, c.JAEGER: 1, c.LOKI: 5}


def native_placement(
    state: State, ports: Mapping[str, int], obtained: Mapping[str, Obtained], *, example_app: bool
) -> Placement:
    """Places of what can run here: what was obtained, and the reference app where it is used."""
    names = [*obtained, *((c.APP, c.SIMULATOR, c.EVALS) if example_app else ())]
    places = {}
    for name in names:
        folder = c.APP if name in {c.SIMULATOR, c.EVALS} else name
        own = {purpose: ports[told] for purpose, told in _PUBLISHED[name].items()}
        own |= {
            purpose: ports["internal"] + _FIRST[name] + number for number, purpose in enumerate(_INTERNAL.get(name, ()))
        }
        places[name] = Place(
            listen=LOOPBACK,
            host=LOOPBACK,
            ports=own,
            url=f"http://{LOOPBACK}:{own['http']}",
            etc=str(state.etc / folder),
            data=str(state.data(c.APP if name == c.SIMULATOR else name)),
            secrets=str(state.etc / "secrets"),
            version=obtained[name].version if name in obtained else (0, 0, 0),
        )
    return Placement(places)
