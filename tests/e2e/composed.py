"""The stack in containers for the end-to-end tests: the images that can be made here, a checkout, and the command in it."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import conventions as c
from generator.versions import PINNED
from tests.e2e.asking import asked, got
from tests.e2e.engine import Engine

SPEC = """\
service: {{name: support-bot, endpoints: [chat]}}
models: [{{name: gpt-4o-mini, provider: openai}}]
traces: {{backend: jaeger}}
notify: {{slack: {{webhook_file: secrets/slack}}}}
stack:
  scrape_interval: 1s
  ports: {{{ports}}}
"""
LEFT_OUT = ("dashboards",)
"""Grafana comes as an image or archive only: there is nothing here to make an image of."""
STAND_IN = """\
#!/bin/sh
[ "$1" = -health ] && exec wget -q -O- http://127.0.0.1:3100/health
exec /usr/bin/victoria-logs -storageDataPath=/loki -httpListenAddr=:3100 -memory.allowedBytes=64MiB
"""
"""Loki comes as an image or archive only, too; VictoriaLogs goes in its place, and takes OTLP at another path."""
TAKES = ("/otlp/v1/logs", "/insert/opentelemetry/v1/logs")
CONTEXT = ("examples/app", "docs", "requirements/app.txt", ".dockerignore")
"""What a checkout has, as far as the app's image is made of it."""


def tag(name: str) -> str:
    """The official name."""
    return f"{PINNED[name].image}:{PINNED[name].tag}"


def images(engine: Engine, promtool: Path, binaries: dict[str, dict[str, Path]]) -> None:
    """Made under their official names, of what was obtained."""

    def owned(name: str, folder: str) -> str:
        return f"COPY --chown={PINNED[name].uid}:{PINNED[name].uid} empty {folder}"

    files = {"/bin/promtool": promtool, "/bin/prometheus": promtool.with_name("prometheus")}
    engine.image(tag(c.PROMETHEUS), files, f'{owned(c.PROMETHEUS, "/prometheus")}\nENTRYPOINT ["/bin/prometheus"]')
    jaeger = {"/cmd/jaeger/jaeger-linux": binaries[c.JAEGER]["jaeger"]}
    entry = 'VOLUME ["/tmp"]\nENTRYPOINT ["/cmd/jaeger/jaeger-linux"]'
    engine.image(tag(c.JAEGER), jaeger, f"{owned(c.JAEGER, '/tmp')}\n{entry}")
    collector = {"/otelcol-contrib": binaries[c.COLLECTOR]["otelcol"]}
    engine.image(tag(c.COLLECTOR), collector, 'ENTRYPOINT ["/otelcol-contrib"]')
    alertmanager = binaries[c.ALERTMANAGER]["alertmanager"]
    # The image has busybox, whose wget the health check uses, and chmod the Collector's volume.
    busybox = engine.root / "bin/busybox"
    files = {
        "/bin/alertmanager": alertmanager, "/bin/wget": busybox, "/bin/chmod": busybox, **_libraries(alertmanager)
    }  # fmt: skip
    # The distribution's build reads its pages and templates from files.
    assets = alertmanager.parent.parent / "share/prometheus/alertmanager"
    files |= {
        f"/usr/share/prometheus/alertmanager/{file.relative_to(assets)}": file
        for file in assets.rglob("*")
        if file.is_file()
    }
    entry = 'ENTRYPOINT ["/bin/alertmanager"]'
    engine.image(tag(c.ALERTMANAGER), files, f"{owned(c.ALERTMANAGER, '/alertmanager')}\n{entry}")
    script = engine.run / "loki"
    script.write_text(STAND_IN)
    script.chmod(0o755)
    victoria = binaries[c.VICTORIA_LOGS]["victoria-logs"]
    files = {"/usr/bin/loki": script, "/usr/bin/victoria-logs": victoria, "/bin/sh": busybox, "/bin/wget": busybox}
    entry = 'ENTRYPOINT ["/usr/bin/loki"]'
    engine.image(tag(c.LOKI), files, f"{owned(c.LOKI, '/loki')}\n{entry}")
    engine.python("python:3.11-slim")


def _libraries(binary: Path) -> dict[str, Path]:
    """What a dynamically linked program needs, at the same places."""
    found = subprocess.run(["ldd", binary], capture_output=True, text=True, check=False).stdout.split()
    return {word: Path(word) for word in found if word.startswith("/")}


@dataclass
class Composed:
    """The stack in containers."""

    folder: Path
    ports: dict[str, int]
    engine: Engine

    def stackgen(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """The command, with the tests' engine."""
        return subprocess.run(
            [sys.executable, "-m", "generator", *words], cwd=self.folder, env=self.engine.environment, capture_output=True,
            text=True, check=False, timeout=600,
        )  # fmt: skip

    def containers(self) -> dict[str, dict[str, Any]]:
        """Service -> what the engine says of its container."""
        ids = self.engine.docker("ps", "--all", "--quiet").stdout.split()
        found = json.loads(self.engine.docker("inspect", *ids).stdout) if ids else []
        return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in found}

    def up(self) -> "subprocess.CompletedProcess[str]":
        """Without what cannot be had, and without demo traffic."""
        without = [word for role in LEFT_OUT for word in ("--without", role)]
        return self.stackgen("up", "--engine", "compose", "--no-traffic", *without)

    def get(self, port: str, path: str, **words: str) -> Any:
        """JSON of a component; one value a line becomes a list."""
        return got(f"http://127.0.0.1:{self.ports[port]}{path}", words, lines=port == "loki")

    def gateway(self) -> str:
        """This machine's address on the network of the containers."""
        (told,) = json.loads(self.engine.docker("network", "inspect", "stackgen-support-bot_default").stdout)
        return str(told["IPAM"]["Config"][0]["Gateway"])

    def ask(self) -> dict[str, Any]:
        """One question to the app."""
        found = asked(self.ports["app"], {"question": "how do I add a model?"})
        print(found)
        return found


def checkout(repository: Path, folder: Path) -> None:
    """A copy of what the app's image is made of."""
    for name in CONTEXT:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (repository / name).is_dir():
            shutil.copytree(repository / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(repository / name, folder / name)


def replace(file: Path, old: str, new: str) -> None:
    """One text in a file by another; it has to be there."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
