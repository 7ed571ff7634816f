"""What the native engine starts, with which command; and what it cannot start yet, with what is lost."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator import __version__
from generator import conventions as c
from generator.configs.collector import APP_LOG
from generator.launch.obtain.package import Obtained
from generator.launch.state import State
from generator.model import Model
from generator.placement import Placement

EXAMPLES = Path(__file__).parent.parent.parent / "examples"

MISSING = {
    c.GRAFANA: "dashboards; the page that Prometheus serves has the same four panels",
    c.TEMPO: "stored traces; calls keep their trace ids in logs and exemplars",
    c.LOKI: "searchable logs; the log lines are in the app's log file",
    c.COLLECTOR: "OTLP for other applications, redaction and sampling of traces",
}
"""What only the Compose form runs, and what is lost without it."""


@dataclass(frozen=True)
class Component:
    """One process; `ready` is the URL that answers 200 when it is, `config` the rendered folders it reads."""

    name: str
    version: str
    command: list[str]
    ready: str = ""
    url: str = ""
    port: int = 0
    config: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    reloads: bool = False
    folder: Path | None = None
    after: tuple[str, ...] = ()


def components(model: Model, state: State, obtained: Mapping[str, Obtained], *, demo_traffic: bool) -> list[Component]:
    """Everything to start, in the order of the table."""
    found = [_prometheus(model, obtained[c.PROMETHEUS]), _alertmanager(model.placement, obtained[c.ALERTMANAGER])]
    if model.app.example:
        found += _example(model, state, demo_traffic=demo_traffic)
    return found


def dotted(version: tuple[int, ...]) -> str:
    """As people write it."""
    return ".".join(map(str, version))


def _prometheus(model: Model, obtained: Obtained) -> Component:
    here = model.placement[c.PROMETHEUS]
    command = [
        str(obtained.binaries["prometheus"]),
        f"--config.file={here.etc}/prometheus.yml",
        f"--storage.tsdb.path={here.data}",
        f"--web.listen-address={here.bind()}",
        f"--web.external-url={here.url}",
        f"--web.console.templates={here.etc}/consoles",
        f"--web.console.libraries={here.etc}/consoles",
        "--enable-feature=exemplar-storage",
    ]
    if here.version < (3, 11, 0):
        command.append(f"--storage.tsdb.retention.time={model.stack.retention}")
    if here.version >= (3, 0, 0):
        command.append("--web.enable-otlp-receiver")
    return Component(c.PROMETHEUS, dotted(here.version), command, f"{here.url}/-/ready", f"{here.url}/consoles/{c.PAGE}",
                     here.ports["http"], ("prometheus",), reloads=True)  # fmt: skip


def _alertmanager(placement: Placement, obtained: Obtained) -> Component:
    here = placement[c.ALERTMANAGER]
    command = [
        str(obtained.binaries["alertmanager"]),
        f"--config.file={here.etc}/alertmanager.yml",
        f"--storage.path={here.data}",
        f"--web.listen-address={here.bind()}",
        f"--web.external-url={here.url}",
        "--cluster.listen-address=",
    ]
    return Component(c.ALERTMANAGER, dotted(here.version), command, f"{here.url}/-/ready", here.url,
                     here.ports["http"], ("alertmanager",), reloads=True, folder=obtained.folder)  # fmt: skip


def _example(model: Model, state: State, *, demo_traffic: bool) -> list[Component]:
    app, simulator = model.placement[c.APP], model.placement[c.SIMULATOR]
    common = {
        "LLM_CONTRACT": f"{app.etc}/contract.json",
        "LLM_SIMULATOR_URL": simulator.url,
        "PYTHONPATH": str(EXAMPLES),
        "PYTHONUNBUFFERED": "1",
    }
    collector = model.placement.get(c.COLLECTOR)
    exported = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{collector.address('otlp_http')}"} if collector else {}

    def python(module: str) -> list[str]:
        return [sys.executable, "-m", module]

    found = [
        Component(
            c.SIMULATOR, __version__, python("app.simulator"), f"{simulator.url}/readyz", simulator.url, simulator.ports["http"],
            ("app",), common | {"SIMULATOR_HOST": simulator.listen, "SIMULATOR_PORT": str(simulator.ports["http"])},
        ),
        Component(
            c.APP, __version__, python("app.server"), f"{app.url}/readyz", app.url, app.ports["http"], ("app",),
            common | exported | {
                "APP_BLOBS": str(state.data(c.APP) / "blobs"), "APP_HOST": app.listen, "APP_PORT": str(app.ports["http"]),
                "APP_LOG_FILE": str(state.data(c.APP) / APP_LOG),
            },
        ),
    ]  # fmt: skip
    if demo_traffic:
        environment = common | {"TRAFFIC_TARGET": app.url}
        found.append(Component(c.TRAFFIC, __version__, python("app.traffic"), config=("app",), environment=environment))
    return found
