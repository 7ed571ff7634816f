"""The command of each back end, for the version that was obtained."""

from collections.abc import Callable

from generator import conventions as c
from generator.configs.grafana import QUIET
from generator.launch.component import Component
from generator.launch.obtain.package import Obtained, Version
from generator.model import Model

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
                     tuple(here.ports.values()), ("prometheus",), reloads=True)  # fmt: skip


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
                     tuple(here.ports.values()), ("alertmanager",), reloads=True, folder=obtained.folder)  # fmt: skip


def _collector(model: Model, obtained: Obtained) -> Component:
    here = model.placement[c.COLLECTOR]
    command = [str(obtained.binaries["otelcol"]), f"--config={here.etc}/collector.yaml"]
    return Component(
        c.COLLECTOR, dotted(here.version), command, f"http://{here.address('health')}/", f"http://{here.address('otlp_http')}",
        tuple(here.ports.values()), ("collector",), {"GOMEMLIMIT": "400MiB"}, reloads=True, core=False,
    )  # fmt: skip


def _tempo(model: Model, obtained: Obtained) -> Component:
    here = model.placement[c.TEMPO]
    command = [str(obtained.binaries["tempo"]), f"-config.file={here.etc}/tempo.yaml"]
    return Component(c.TEMPO, dotted(here.version), command, f"{here.url}/ready", here.url, tuple(here.ports.values()), ("tempo",),
                     core=False)  # fmt: skip


def _jaeger(model: Model, obtained: Obtained) -> Component:
    here = model.placement[c.JAEGER]
    command = [str(obtained.binaries["jaeger"]), f"--config={here.etc}/jaeger.yaml"]
    return Component(c.JAEGER, dotted(here.version), command, f"http://{here.address('health')}/status", here.url,
                     tuple(here.ports.values()), ("jaeger",), core=False)  # fmt: skip


def _loki(model: Model, obtained: Obtained) -> Component:
    here = model.placement[c.LOKI]
    command = [str(obtained.binaries["loki"]), f"-config.file={here.etc}/loki.yaml"]
    return Component(c.LOKI, dotted(here.version), command, f"{here.url}/ready", here.url, tuple(here.ports.values()), ("loki",),
                     core=False)  # fmt: skip


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
    c.TEMPO: _tempo,
    c.JAEGER: _jaeger,
    c.LOKI: _loki,
    c.VICTORIA_LOGS: _victoria_logs,
    c.GRAFANA: _grafana,
}


def dotted(version: Version) -> str:
    """As people write it."""
    return ".".join(map(str, version))
