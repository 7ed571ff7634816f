"""The Compose file: pinned images, loopback ports, nobody root, nothing writable that need not be."""

import re

from generator import conventions as c
from generator.artifact import Artifact
from generator.configs import outside
from generator.configs.compose_app import STORE, example
from generator.configs.container import DONE, HEALTHY, QUEUE, STARTED, Container, published
from generator.configs.grafana import QUIET
from generator.model import Model
from generator.placement import Placement
from generator.templating import fill
from generator.versions import PINNED

_QUEUE_FOLDER = "/var/lib/otelcol"
PROFILES = (*c.ROLES, c.TRAFFIC)
"""Parts of the Compose file that can be left out; `.env` switches all of them on."""


def build(model: Model) -> list[Artifact]:
    """`compose.yaml` and `.env`, or nothing where components run without containers: then there is nothing to compose."""
    if not model.placement.contained:
        return []
    services = [*_back_ends(model), *(example(model) if model.app.example else [])]
    volumes = sorted(
        {volume.split(":")[0] for service in services for volume in service.volumes if volume[0] not in "./"}
    )
    told = [STORE] if any(STORE[0] in service.secrets for service in services) else []
    project = re.sub(r"[^a-z0-9_-]", "-", f"stackgen-{model.service.name}".lower())
    profiles = [name for name in PROFILES if any(service.profile == name for service in services)]
    return [
        fill(
            model,
            "compose.yaml",
            project=project,
            services=services,
            volumes=volumes,
            secrets={name: _beside(file) for name, file in secret_files(model).items()},
            told=told,
        ),
        fill(model, ".env", profiles=profiles),
    ]


def secret_files(model: Model) -> dict[str, str]:
    """File of each secret of the spec by its name, as the spec has it: relative to the spec, or absolute."""
    found = {receiver.kind: receiver.secret_file for receiver in model.notify if receiver.secret_file}
    return found | ({"traces": model.traces.headers_file} if model.traces.headers_file else {})


def _beside(file: str) -> str:
    """As the Compose file names it, which is one folder below the spec."""
    return file if file.startswith("/") else f"../{file}"


def _image(name: str) -> tuple[str, str]:
    pinned = PINNED[name]
    return f"{pinned.image}:{pinned.tag}", f"{pinned.uid}:{0 if name == c.GRAFANA else pinned.uid}"


def _traces_first(placement: Placement) -> dict[str, str]:
    """The Collector starts after the store of traces; Jaeger's image has nothing that could tell whether it is healthy."""
    return {name: HEALTHY if name == c.TEMPO else STARTED for name in [placement.traces] if name}


def _back_ends(model: Model) -> list[Container]:
    place = model.placement
    beyond = dict(zip((c.PROMETHEUS, c.COLLECTOR), outside.on_loopback(model), strict=True))
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
            published(model, c.PROMETHEUS, http="prometheus"),
            ("/bin/promtool", "check", "ready", "--url=http://localhost:9090"),
            {c.ALERTMANAGER: HEALTHY},
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
            published(model, c.ALERTMANAGER, http="alertmanager"),
            ("wget", "-q", "-O-", "http://localhost:9093/-/ready"),
            {},
        ),
        (
            c.TEMPO,
            "1g",
            ("./tempo/tempo.yaml:/etc/tempo/tempo.yaml:ro", "tempo:/var/tempo"),
            ("-config.file=/etc/tempo/tempo.yaml",),
            {},
            published(model, c.TEMPO, http="tempo"),
            ("/tempo", "-health"),
            {},
        ),
        (
            c.JAEGER,
            "1g",
            ("./jaeger/jaeger.yaml:/etc/jaeger/jaeger.yaml:ro", "jaeger:/tmp"),
            ("--config=/etc/jaeger/jaeger.yaml",),
            {},
            published(model, c.JAEGER, http="jaeger"),
            (),
            {},
        ),
        (
            c.LOKI,
            "1g",
            ("./loki/loki.yaml:/etc/loki/loki.yaml:ro", "loki:/loki"),
            ("-config.file=/etc/loki/loki.yaml",),
            {},
            published(model, c.LOKI, http="loki"),
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
            published(model, c.GRAFANA, http="grafana"),
            ("curl", "-fsS", "http://localhost:3000/api/health"),
            {c.PROMETHEUS: HEALTHY},
        ),
        (
            c.COLLECTOR,
            "512m",
            (
                "./collector/collector.yaml:/etc/otelcol/collector.yaml:ro",
                f"collector:{_QUEUE_FOLDER}",
                *(("app:/var/lib/app:ro",) if model.app.example else outside.log_mounts(model)),
            ),
            ("--config=/etc/otelcol/collector.yaml",),
            {"GOMEMLIMIT": "400MiB"},
            published(model, c.COLLECTOR, otlp_grpc="otlp_grpc", otlp_http="otlp_http", http="collector"),
            (),
            {QUEUE: DONE, **_traces_first(place), c.LOKI: HEALTHY},
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
            Container(
                name, image, user, memory, volumes, "", command, environment, ports, secrets, check, after,
                hosts=(outside.GATEWAY,) if beyond.get(name) else (),
            )
        )  # fmt: skip
    return [*found, _queue()] if c.COLLECTOR in place else found


def _queue() -> Container:
    """Docker hands a new volume to root, unless the folder that it is mounted on is somebody's in the image: then to them.

    No folder of the Collector's image is; Alertmanager's own is, and its owner may let the Collector in. Nobody is root for it.
    """
    image, user = _image(c.ALERTMANAGER)
    return Container(
        QUEUE, image, user, "32m", ("collector:/alertmanager",), entrypoint=("/bin/chmod", "0777", "/alertmanager"), restart="no"
    )  # fmt: skip
