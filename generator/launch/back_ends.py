"""The command of each back end, for the version that was obtained."""

from collections.abc import Callable

from generator import conventions as c
from generator.configs.grafana import QUIET
from generator.launch.component import Component
from generator.launch.obtain.package import Obtained, Version
from generator.model import Model
from generator.placement import Place

Starter = Callable[[Model, Obtained], Component]


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
    # How the Collector hands over what it derives from spans.
    command.append("--web.enable-otlp-receiver" if here.version >= (3, 0, 0) else "--web.enable-remote-write-receiver")
    return Component(c.PROMETHEUS, dotted(here.version), command, f"{here.url}/-/ready", f"{here.url}/consoles/{c.PAGE}",
                     tuple(here.ports.values()), ("prometheus",), reloads=True, tells=f"{here.url}/metrics")  # fmt: skip


def _alertmanager(model: Model, obtained: Obtained) -> Component:
    here = model.placement[c.ALERTMANAGER]
    command = [
        str(obtained.binaries["alertmanager"]),
        f"--config.file={here.etc}/alertmanager.yml",
        f"--storage.path={here.data}",
        f"--web.listen-address={here.bind()}",
        f"--web.external-url={here.url}",
        "--cluster.listen-address=",
    ]
    return Component(c.ALERTMANAGER, dotted(here.version), command, f"{here.url}/-/ready", here.url,
                     tuple(here.ports.values()), ("alertmanager",), reloads=True, tells=f"{here.url}/metrics", folder=obtained.folder)  # fmt: skip


def _collector(model: Model, obtained: Obtained) -> Component:
    here = model.placement[c.COLLECTOR]
    command = [str(obtained.binaries["otelcol"]), f"--config={here.etc}/collector.yaml"]
    return Component(
        c.COLLECTOR, dotted(here.version), command, f"http://{here.address('health')}/", f"http://{here.address('otlp_http')}",
        tuple(here.ports.values()), ("collector",), {"GOMEMLIMIT": "400MiB"}, secrets=("traces",) if model.traces.headers_file else (),
        reloads=True, reloaded="Everything is ready", core=False,
    )  # fmt: skip


def _store(name: str, flag: str, ready: Callable[[Place], str]) -> Starter:
    """A store that reads one file, `NAME.yaml`, and is named as its program."""

    def start(model: Model, obtained: Obtained) -> Component:
        here = model.placement[name]
        command = [str(obtained.binaries[name]), f"{flag}={here.etc}/{name}.yaml"]
        ports = tuple(here.ports.values())
        return Component(name, dotted(here.version), command, ready(here), here.url, ports, (name,), core=False)

    return start


def _says_ready(here: Place) -> str:
    return f"{here.url}/ready"


def _victoria_logs(model: Model, obtained: Obtained) -> Component:
    here = model.placement[c.VICTORIA_LOGS]
    command = [
        str(obtained.binaries["victoria-logs"]),
        f"-storageDataPath={here.data}",
        f"-httpListenAddr={here.bind()}",
        f"-retentionPeriod={model.logs.retention.hours}",
        # It takes most of the machine's memory as cache otherwise.
        "-memory.allowedBytes=128MiB",
    ]
    return Component(c.VICTORIA_LOGS, dotted(here.version), command, f"{here.url}/health", f"{here.url}/select/vmui",
                     tuple(here.ports.values()), core=False)  # fmt: skip


def _grafana(model: Model, obtained: Obtained) -> Component:
    here, binary = model.placement[c.GRAFANA], obtained.binaries["grafana"]
    environment = QUIET | {
        "GF_PATHS_DATA": here.data,
        "GF_PATHS_LOGS": f"{here.data}/log",
        "GF_PATHS_PROVISIONING": f"{here.etc}/provisioning",
        "GF_SERVER_HTTP_ADDR": here.listen,
        "GF_SERVER_HTTP_PORT": str(here.ports["http"]),
        "GF_SERVER_ROOT_URL": here.url,
    }
    # The binary is in bin/ of the archive, and needs what lies beside that folder.
    command = [str(binary), "server", f"--homepath={binary.parent.parent}"]
    return Component(c.GRAFANA, dotted(here.version), command, f"{here.url}/api/health", f"{here.url}/d/{c.UID_GOLDEN}",
                     tuple(here.ports.values()), ("grafana",), environment, core=False)  # fmt: skip


STARTERS: dict[str, Starter] = {
    c.PROMETHEUS: _prometheus,
    c.ALERTMANAGER: _alertmanager,
    c.COLLECTOR: _collector,
    c.TEMPO: _store(c.TEMPO, "-config.file", _says_ready),
    c.JAEGER: _store(c.JAEGER, "--config", lambda here: f"http://{here.address('health')}/status"),
    c.LOKI: _store(c.LOKI, "-config.file", _says_ready),
    c.VICTORIA_LOGS: _victoria_logs,
    c.GRAFANA: _grafana,
}


def dotted(version: Version) -> str:
    """As people write it."""
    return ".".join(map(str, version))
