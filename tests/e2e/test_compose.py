"""The Compose form with a real engine: one question found everywhere, nothing on the outside, back after a kill."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator import conventions as c
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.versions import PINNED
from tests import promtools
from tests.e2e.engine import Engine, unpacked
from tests.e2e.whole import until
from tests.launch.conftest import free_ports

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.timeout(1800)]

SPEC = """\
service: {{name: support-bot, endpoints: [chat]}}
models: [{{name: gpt-4o-mini, provider: openai}}]
traces: {{backend: jaeger}}
notify: {{slack: {{webhook_file: secrets/slack}}}}
stack:
  scrape_interval: 1s
  ports: {{{ports}}}
"""
LEFT_OUT = ("logs", "dashboards")
"""Loki and Grafana come as images or archives only: there is nothing here to make an image of."""


def tag(name: str) -> str:
    """The official name."""
    return f"{PINNED[name].image}:{PINNED[name].tag}"


@pytest.fixture(scope="module")
def engine(repository: Path) -> Iterator[Engine]:
    """Running, with the images that can be made here."""
    # The path of a socket must be short.
    run = Path(tempfile.mkdtemp(prefix="sg-", dir="/tmp"))
    one = None
    try:
        one = Engine(unpacked(), run)
        promtool = promtools.promtool("newest")
        binaries = {name: ensure(PACKAGES[name], print).binaries for name in (c.JAEGER, c.COLLECTOR, c.ALERTMANAGER)}
        one.start()
        _images(one, promtool, binaries, repository)
        yield one
    except CannotBeHad as error:
        pytest.skip(str(error))
    finally:
        if one:
            one.stop()
        shutil.rmtree(run, ignore_errors=True)


def _images(engine: Engine, promtool: Path, binaries: dict[str, dict[str, Path]], repository: Path) -> None:
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
    # The image has busybox, whose wget the health check uses.
    files = {"/bin/alertmanager": alertmanager, "/bin/wget": engine.root / "bin/busybox", **_libraries(alertmanager)}
    # The distribution's build reads its pages and templates from files.
    assets = alertmanager.parent.parent / "share/prometheus/alertmanager"
    files |= {
        f"/usr/share/prometheus/alertmanager/{file.relative_to(assets)}": file
        for file in assets.rglob("*")
        if file.is_file()
    }
    entry = 'ENTRYPOINT ["/bin/alertmanager"]'
    engine.image(tag(c.ALERTMANAGER), files, f"{owned(c.ALERTMANAGER, '/alertmanager')}\n{entry}")
    engine.python("python:3.11-slim")
    words = (
        "build",
        "--network",
        "host",
        "--tag",
        "stackgen-app:local",
        "--file",
        repository / "examples/app/Dockerfile",
    )
    done = engine.docker(*words, repository, seconds=600)
    assert done.returncode == 0, done.stderr


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

    def get(self, port: str, path: str, **words: str) -> Any:
        """JSON of a component."""
        url = f"http://127.0.0.1:{self.ports[port]}{path}?{urllib.parse.urlencode(words)}"
        with urllib.request.urlopen(url, timeout=10) as response:
            return json.load(response)

    def ask(self) -> dict[str, Any]:
        """One question to the app."""
        body = json.dumps({"question": "how do I add a model?"}).encode()
        url = f"http://127.0.0.1:{self.ports['app']}/ask"
        request = urllib.request.Request(url, body, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                found: dict[str, Any] = json.load(response)
        except urllib.error.HTTPError as error:
            # A failed call is an answer too.
            found = json.load(error)
        print(found)
        return found


@pytest.fixture(scope="module")
def composed(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """Up, without what cannot be had; down at the end."""
    folder, ports = tmp_path_factory.mktemp("composed"), free_ports()
    (folder / "spec.yaml").write_text(SPEC.format(ports=", ".join(f"{name}: {port}" for name, port in ports.items())))
    one = Composed(folder, ports, engine)
    assert one.stackgen("render").returncode == 0
    without = [word for role in LEFT_OUT for word in ("--without", role)]
    done = one.stackgen("up", "--engine", "compose", "--no-traffic", *without)
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"prometheus +running +\S+ +\d+\.\d +\d+ MB", done.stdout), done.stdout
        print(f"left out, as no image can be made here: {', '.join(LEFT_OUT)}")
        yield one
    finally:
        one.stackgen("down")


def test_one_question_is_counted_and_traced(composed: Composed) -> None:
    """Through app, Collector and store, in containers that know each other by name."""
    answer = composed.ask()

    def counted() -> bool:
        found = composed.get("prometheus", "/api/v1/query", query="sum(llm_requests_total)")["data"]["result"]
        return bool(found) and float(found[0]["value"][1]) >= 1

    until(counted, 40, "the metric")
    path = f"/api/v3/traces/{answer['trace_id']}"

    def spans() -> list[Any]:
        found = composed.get("jaeger", path)["result"]["resourceSpans"]
        return [span for one in found for scope in one["scopeSpans"] for span in scope["spans"]]

    until(lambda: len(spans()) == 4, 60, "the trace")
    names = '{__name__=~"traces_span_metrics_calls_total",span_name="llm.generate"}'
    until(
        lambda: composed.get("prometheus", "/api/v1/query", query=names)["data"]["result"], 90, "span metrics by OTLP"
    )


def test_the_containers_are_as_tight_as_the_file_says(composed: Composed) -> None:
    """Nobody is root, nothing can be written, nothing is published beyond loopback, memory is bounded, the secret is a file."""
    found = composed.containers()
    assert set(found) == {"prometheus", "alertmanager", "jaeger", "collector", "simulator", "app", "evals"}
    for name, one in found.items():
        host = one["HostConfig"]
        assert one["State"]["Status"] == "running", name
        assert one["Config"]["User"].split(":")[0] not in {"", "0", "root"}, name
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert host["Memory"] > 0, name
        addresses = {bound["HostIp"] for ports in host["PortBindings"].values() for bound in ports}
        assert addresses <= {"127.0.0.1"}, name
    assert "/run/secrets/slack" in {mount["Destination"] for mount in found["alertmanager"]["Mounts"]}


def test_what_is_killed_comes_back(composed: Composed) -> None:
    """The engine restarts it, the app answers all the while, and the trace of a question asked meanwhile arrives."""
    before = composed.containers()["jaeger"]["State"]["Pid"]
    os.kill(before, 9)
    answer = composed.ask()
    until(lambda: composed.containers()["jaeger"]["State"]["Pid"] not in {0, before}, 30, "a new process")
    until(lambda: composed.get("jaeger", f"/api/v3/traces/{answer['trace_id']}")["result"], 90, "the trace")


def test_up_again_is_quick_and_status_shows_it(composed: Composed) -> None:
    """Nothing restarts; the table has every container."""
    before = {name: one["State"]["Pid"] for name, one in composed.containers().items()}
    without = [word for role in LEFT_OUT for word in ("--without", role)]
    began = time.monotonic()
    done = composed.stackgen("up", "--engine", "compose", "--no-traffic", *without)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 20
    assert {name: one["State"]["Pid"] for name, one in composed.containers().items()} == before
    rows = json.loads(composed.stackgen("status", "--json").stdout)["components"]
    assert {row["component"]: row["state"] for row in rows} == dict.fromkeys(before, "running")
    assert all(5e6 < row["memory"] < 500e6 for row in rows), rows


def test_down_leaves_no_container(composed: Composed) -> None:
    """Of any profile."""
    assert composed.stackgen("down").returncode == 0
    assert composed.containers() == {}
