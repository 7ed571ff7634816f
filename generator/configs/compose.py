"""The Compose file: pinned images, loopback ports, nobody root, nothing writable that need not be."""

import re
from dataclasses import dataclass, field
from typing import Any

from generator import conventions as c
from generator import judging
from generator.artifact import Artifact
from generator.configs.collector import APP_LOG
from generator.configs.grafana import QUIET
from generator.configs.trace_links import trace_links
from generator.model import Model
from generator.placement import Place, Placement
from generator.templating import fill
from generator.versions import PINNED

_HEALTHY, _STARTED = "service_healthy", "service_started"
_APP_USER = "10001:10001"
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL")
_JUDGE = ("JUDGE_API_KEY", "EVALS_SIMULATED_JUDGE")

_PROFILE = {name: role for role, names in c.ROLES.items() for name in names} | {c.TRAFFIC: c.TRAFFIC}
PROFILES = (*c.ROLES, c.TRAFFIC)
"""Parts of the Compose file that can be left out; `.env` switches all of them on."""


@dataclass(frozen=True)
class Container:
    """One service of the Compose file; `check` is a command inside the image, empty where the image has none to run."""

    name: str
    image: str
    user: str
    memory: str
    volumes: tuple[str, ...]
    build: bool = False
    command: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    ports: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    after: dict[str, str] = field(default_factory=dict)
    passed: tuple[str, ...] = ()
    """Variables of whoever calls Compose that it gets as they are, if they are set: keys, which no file may hold."""

    @property
    def profile(self) -> str:
        """The part of the stack that it belongs to, where the stack can do without; else empty."""
        return _PROFILE.get(self.name, "")

    @property
    def waits(self) -> list[tuple[str, str, bool]]:
        """Name, condition, and whether it goes on without where that part is left out."""
        return [(name, condition, name in _PROFILE) for name, condition in self.after.items()]

    @property
    def tmpfs(self) -> bool:
        """Whether /tmp is in memory: everywhere but where a volume is it."""
        return not any(volume.split(":")[1] == "/tmp" for volume in self.volumes)  # noqa: S108


def build(model: Model) -> list[Artifact]:
    """`compose.yaml` and `.env`, or nothing where components run without containers: then there is nothing to compose."""
    if not model.placement.contained:
        return []
    services = [*_back_ends(model), *(_example(model) if model.app.example else [])]
    volumes = sorted({volume.split(":")[0] for service in services for volume in service.volumes if volume[0] != "."})
    secrets = {receiver.kind: receiver.secret_file for receiver in model.notify if receiver.secret_file}
    if model.traces.headers_file:
        secrets["traces"] = model.traces.headers_file
    project = re.sub(r"[^a-z0-9_-]", "-", f"stackgen-{model.service.name}".lower())
    profiles = [name for name in PROFILES if any(service.profile == name for service in services)]
    return [
        fill(model, "compose.yaml", project=project, services=services, volumes=volumes, secrets=secrets),
        fill(model, ".env", profiles=profiles),
    ]


def _image(name: str) -> tuple[str, str]:
    pinned = PINNED[name]
    return f"{pinned.image}:{pinned.tag}", f"{pinned.uid}:{0 if name == c.GRAFANA else pinned.uid}"


def _published(model: Model, placement: Placement, name: str, **purposes: str) -> tuple[str, ...]:
    """`127.0.0.1:host:container` for each purpose of a component's ports; none where the component does not run."""
    if name not in placement:
        return ()
    ports = model.stack.ports
    return tuple(
        f"127.0.0.1:{ports[outside]}:{placement[name].ports[purpose]}" for purpose, outside in purposes.items()
    )


def _traces_first(placement: Placement) -> dict[str, str]:
    """The Collector starts after the store of traces; Jaeger's image has nothing that could tell whether it is healthy."""
    return {name: _HEALTHY if name == c.TEMPO else _STARTED for name in [placement.traces] if name}


def _back_ends(model: Model) -> list[Container]:
    place = model.placement
    found = []
    for name, memory, volumes, command, environment, ports, check, after in (
        (
            c.PROMETHEUS,
            "1g",
            ("./prometheus:/etc/prometheus:ro", "prometheus:/prometheus"),
            (
                "--config.file=/etc/prometheus/prometheus.yml",
                "--storage.tsdb.path=/prometheus",
                "--web.console.templates=/etc/prometheus/consoles",
                "--web.console.libraries=/etc/prometheus/consoles",
                "--web.enable-otlp-receiver",
                "--enable-feature=exemplar-storage",
                f"--web.external-url={place[c.PROMETHEUS].url}",
            ),
            {},
            _published(model, place, c.PROMETHEUS, http="prometheus"),
            ("/bin/promtool", "check", "ready", "--url=http://localhost:9090"),
            {c.ALERTMANAGER: _HEALTHY},
        ),
        (
            c.ALERTMANAGER,
            "128m",
            ("./alertmanager:/etc/alertmanager:ro", "alertmanager:/alertmanager"),
            (
                "--config.file=/etc/alertmanager/alertmanager.yml",
                "--storage.path=/alertmanager",
                "--cluster.listen-address=",
                f"--web.external-url={place[c.ALERTMANAGER].url}",
            ),
            {},
            _published(model, place, c.ALERTMANAGER, http="alertmanager"),
            ("wget", "-q", "-O-", "http://localhost:9093/-/ready"),
            {},
        ),
        (
            c.TEMPO,
            "1g",
            ("./tempo/tempo.yaml:/etc/tempo/tempo.yaml:ro", "tempo:/var/tempo"),
            ("-config.file=/etc/tempo/tempo.yaml",),
            {},
            _published(model, place, c.TEMPO, http="tempo"),
            ("/tempo", "-health"),
            {},
        ),
        (
            c.JAEGER,
            "1g",
            ("./jaeger/jaeger.yaml:/etc/jaeger/jaeger.yaml:ro", "jaeger:/tmp"),
            ("--config=/etc/jaeger/jaeger.yaml",),
            {},
            _published(model, place, c.JAEGER, http="jaeger"),
            (),
            {},
        ),
        (
            c.LOKI,
            "1g",
            ("./loki/loki.yaml:/etc/loki/loki.yaml:ro", "loki:/loki"),
            ("-config.file=/etc/loki/loki.yaml",),
            {},
            _published(model, place, c.LOKI, http="loki"),
            ("/usr/bin/loki", "-health"),
            {},
        ),
        (
            c.GRAFANA,
            "512m",
            (
                "./grafana/provisioning:/etc/grafana/provisioning:ro",
                "./grafana/dashboards:/etc/grafana/dashboards:ro",
                "grafana:/var/lib/grafana",
            ),
            (),
            QUIET,
            _published(model, place, c.GRAFANA, http="grafana"),
            ("curl", "-fsS", "http://localhost:3000/api/health"),
            {c.PROMETHEUS: _HEALTHY},
        ),
        (
            c.COLLECTOR,
            "512m",
            (
                "./collector/collector.yaml:/etc/otelcol/collector.yaml:ro",
                *(("app:/var/lib/app:ro",) if model.app.example else ()),
            ),
            ("--config=/etc/otelcol/collector.yaml",),
            {"GOMEMLIMIT": "400MiB"},
            _published(model, place, c.COLLECTOR, otlp_grpc="otlp_grpc", otlp_http="otlp_http", http="collector"),
            (),
            {**_traces_first(place), c.LOKI: _HEALTHY},
        ),
    ):
        if name not in place:
            continue
        image, user = _image(name)
        secrets: tuple[str, ...] = ()
        if name == c.ALERTMANAGER:
            secrets = tuple(receiver.kind for receiver in model.notify if receiver.secret_file)
        if name == c.COLLECTOR and model.traces.headers_file:
            secrets = ("traces",)
        found.append(
            Container(name, image, user, memory, volumes, False, command, environment, ports, secrets, check, after)
        )
    return found


def _example(model: Model) -> list[Container]:
    place = model.placement
    simulator, app, collector = place[c.SIMULATOR], place[c.APP], place[c.COLLECTOR]
    shared: dict[str, Any] = {"image": f"stackgen-{c.APP}:local", "user": _APP_USER, "build": True}
    contract, judge = "./app:/etc/app:ro", judging.worker(model)
    endpoint = f"http://{collector.address('otlp_http')}"

    def alive(port: int) -> tuple[str, ...]:
        return ("python", "-c", f"import urllib.request as u; u.urlopen('http://127.0.0.1:{port}/readyz', timeout=2)")

    return [
        Container(
            c.SIMULATOR, memory="256m", volumes=(contract,), command=("python", "-m", "app.simulator"),
            environment={"LLM_CONTRACT": "/etc/app/contract.json", "SIMULATOR_HOST": simulator.listen,
                         "SIMULATOR_PORT": str(simulator.ports["http"])},
            ports=_published(model, place, c.SIMULATOR, http="simulator"), check=alive(simulator.ports["http"]), **shared,
        ),
        Container(
            c.APP, memory="512m", volumes=(contract, "app:/var/lib/app"), command=("python", "-m", "app.server"),
            environment={
                "APP_BLOBS": f"{app.data}/blobs", "APP_HOST": app.listen, "APP_LOG_FILE": f"{app.data}/{APP_LOG}",
                "APP_PORT": str(app.ports["http"]), "APP_TRACE_URLS": " ".join(trace_links(model)[:1]), "LLM_CONTRACT": "/etc/app/contract.json",
                "LLM_SIMULATOR_URL": f"http://{simulator.address()}",
                "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, **judging.spool(model),
            },
            passed=_KEYS, ports=_published(model, place, c.APP, http="app"), check=alive(app.ports["http"]),
            after={c.SIMULATOR: _HEALTHY, c.COLLECTOR: _STARTED}, **shared,
        ),
        *([_judge(model, judge, endpoint, shared, alive(judge.ports["http"]))] if judge else []),
        Container(
            c.TRAFFIC, memory="128m", volumes=(contract,), command=("python", "-m", "app.traffic"),
            environment={"LLM_CONTRACT": "/etc/app/contract.json", "TRAFFIC_TARGET": f"http://{app.address()}",
                         "TRAFFIC_ANY_HOST": "1"},
            after={c.APP: _HEALTHY}, **shared,
        ),
    ]  # fmt: skip


def _judge(model: Model, here: Place, endpoint: str, shared: dict[str, Any], check: tuple[str, ...]) -> Container:
    """Beside the app, with its volume: the spool is there, and the log that the Collector reads."""
    return Container(
        c.EVALS, memory="256m", volumes=("./app:/etc/app:ro", "app:/var/lib/app"), command=("python", "-m", "app.evals", "worker"),
        environment={
            **judging.environment(model, here), "LLM_CONTRACT": "/etc/app/contract.json",
            "LLM_SIMULATOR_URL": f"http://{model.placement[c.SIMULATOR].address()}", "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        },
        passed=(*_KEYS, *_JUDGE), ports=_published(model, model.placement, c.EVALS, http="evals"), check=check, after={c.APP: _STARTED}, **shared,
    )  # fmt: skip
