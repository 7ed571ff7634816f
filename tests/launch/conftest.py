"""A stack of its own for each test: a small spec, free ports, its own folder, always stopped at the end."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator.conventions import INTERNAL_PORTS
from generator.launch.obtain.package import Obtained

SPEC = """\
service: {{name: bot, endpoints: [chat]}}
models: [{{name: m1, provider: openai, price: {{input: 1, output: 2}}}}]
app: {app}
{more}
stack:
  scrape_interval: 1s
  ports: {{{ports}}}
"""
PORTS = (
    "prometheus", "alertmanager", "app", "simulator", "evals", "grafana", "tempo", "jaeger", "loki", "victorialogs", "collector",
    "otlp_grpc", "otlp_http",
)  # fmt: skip


def free_ports(names: tuple[str, ...] = PORTS) -> dict[str, int]:
    """Ports that were free a moment ago, all different; `internal` is the first of ten."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _name in names]
        return {name: one.getsockname()[1] for name, one in zip(names, sockets, strict=True)} | {"internal": _ten()}


def _ten() -> int:
    # Below the ports that the system hands out by itself.
    first = 20_000 + os.getpid() % 1000 * 10
    while True:
        try:
            with ExitStack() as stack:
                for port in range(first, first + INTERNAL_PORTS):
                    stack.enter_context(socket.create_server(("127.0.0.1", port)))
        except OSError:
            first += INTERNAL_PORTS
        else:
            return first


def program(tmp_path: Path, says: str) -> bytes:
    """A tiny real program that says its version."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler, and a script would not count as the program")
    source, built = tmp_path / "p.c", tmp_path / "p"
    source.write_text(f'#include <stdio.h>\nint main(void) {{ puts("{says}"); }}\n')
    subprocess.run([compiler, "-o", built, source], check=True)
    return built.read_bytes()


NATIVE = {"STACKGEN_ENGINE": "native"}
"""Docker may answer on this machine; what is tested here is the other engine."""
_DOCKER = """#!/bin/sh
echo "$*" >> {folder}/asked
case "$*" in
  "compose version --short") echo 2.26.1;;
  "compose version"*) echo "Docker Compose version v2.26.1";;
  info*) echo '{{"ServerVersion": "26.1.5"}}';;
  *" ps "*) cat {folder}/containers 2>/dev/null;;
esac
"""
CONTAINER = {"ID": "1", "Service": "app", "State": "running", "Health": "healthy", "Image": "stackgen-app:local"}


@dataclass
class Docker:
    """A `docker` that answers, starts nothing, and notes what it was asked."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """For a command that is to find it."""
        return {"PATH": f"{self.folder}:{os.environ['PATH']}", "STACKGEN_ENGINE": ""}

    def asked(self, word: str) -> list[str]:
        """What it was asked that has a word in it."""
        file = self.folder / "asked"
        return [line for line in file.read_text().splitlines() if word in line.split()] if file.exists() else []

    def runs(self, *containers: dict[str, str]) -> None:
        """What it says that runs."""
        (self.folder / "containers").write_text(json.dumps(containers))


@pytest.fixture
def docker(tmp_path: Path) -> Docker:
    """On no PATH yet."""
    folder = tmp_path / "docker"
    folder.mkdir()
    (folder / "docker").write_text(_DOCKER.format(folder=folder))
    (folder / "docker").chmod(0o755)
    return Docker(folder)


@dataclass
class Stack:
    """The command in a folder of its own."""

    folder: Path
    ports: dict[str, int]

    def spec(self, app: str = "{targets: ['127.0.0.1:1']}", more: str = "") -> None:
        """Write the spec."""
        ports = ", ".join(f"{name}: {port}" for name, port in self.ports.items())
        (self.folder / "spec.yaml").write_text(SPEC.format(app=app, more=more, ports=ports))

    def run(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """`stackgen` with these words."""
        return subprocess.run(
            [sys.executable, "-m", "generator", *words],
            cwd=self.folder, env={**os.environ, **NATIVE, **environment}, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    def up(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """The core alone: what takes minutes to build has tests of its own."""
        return self.run("up", "--core-only", *words, **environment)

    def running(self) -> dict[str, Any]:
        """The rows of `status --json`, by component."""
        return {row["component"]: row for row in json.loads(self.run("status", "--json").stdout)["components"]}

    def entries(self) -> list[dict[str, Any]]:
        """Everything that was started and not stopped, as it is noted."""
        state = self.folder / ".stackgen/state.json"
        return list(json.loads(state.read_text()).get("running", [])) if state.exists() else []

    def pids(self) -> list[int]:
        """Process ids of it."""
        return [entry["pid"] for entry in self.entries()]


@pytest.fixture
def stack(tmp_path: Path, prometheus: Obtained, alertmanager: Obtained) -> Iterator[Stack]:
    """Not launched yet."""
    assert prometheus.binaries
    assert alertmanager.binaries
    one = Stack(tmp_path, free_ports())
    one.spec()
    yield one
    one.run("down")


@pytest.fixture
def leftovers(stack: Stack) -> Callable[[], list[str]]:
    """Command lines of processes that mention the stack's folder, or work in it."""
    import psutil

    def find() -> list[str]:
        found = []
        for process in psutil.process_iter(["cmdline", "cwd"]):
            line = " ".join(process.info["cmdline"] or [])
            # Not every component has the folder among its words, but all of them work in it.
            if str(stack.folder) in line or str(process.info["cwd"] or "").startswith(str(stack.folder)):
                found.append(line)
        return found

    return find
