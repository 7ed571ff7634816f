"""One real stack for all end-to-end tests: every window scaled down, brisk traffic, its own ports and folder."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator import conventions as c
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.launch.obtain.package import Obtained
from tests.e2e.collecting import BackEnd, Collecting
from tests.launch.conftest import NATIVE, free_ports

SPEC = """\
service: {{name: support-bot, endpoints: [chat, search]}}
models:
  - {{name: gpt-4o-mini, provider: openai}}
  - {{name: claude-haiku-4-5, provider: anthropic}}
alerts:
  window: 8s
  hold: 10m
  latency: {{factor: 2, baseline: 40s, for: 4s, min_requests: 5}}
  errors: {{above: 10%, for: 4s, min_requests: 5}}
  spend: {{factor: 3, baseline: 40s, for: 4s, min_usd_per_hour: 0.01}}
stack:
  scrape_interval: 1s
  ports: {{{ports}}}
"""


@dataclass
class Running:
    """A stack that is up, with traffic."""

    folder: Path
    ports: dict[str, int]

    @property
    def page(self) -> str:
        """The four golden signals."""
        return f"http://127.0.0.1:{self.ports['prometheus']}/consoles/llm.html"

    def query(self, expression: str) -> list[dict[str, Any]]:
        """An instant query to the real Prometheus."""
        words = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/query?{words}") as response:
            found: list[dict[str, Any]] = json.load(response)["data"]["result"]
        return found

    def notified(self) -> set[str]:
        """Names of the alerts that the real Alertmanager holds as active."""
        url = f"http://127.0.0.1:{self.ports['alertmanager']}/api/v2/alerts?active=true"
        with urllib.request.urlopen(url) as response:
            return {alert["labels"]["alertname"] for alert in json.load(response)}

    def chaos(self, *words: str) -> None:
        """`make chaos ARGS=...` for this stack."""
        environment = {
            **os.environ, "LLM_SIMULATOR_URL": f"http://127.0.0.1:{self.ports['simulator']}",
            "PYTHONPATH": str(Path(__file__).parent.parent.parent / "examples"),
        }  # fmt: skip
        subprocess.run([sys.executable, "-m", "app.simulator.chaos", *words], env=environment, check=True)

    def wait(self, condition: Callable[[], object], seconds: float, what: str) -> float:
        """Until the condition holds; seconds that it took."""
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            try:
                if condition():
                    return time.monotonic() - began
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(0.25)
        pytest.fail(f"{what}: not within {seconds:.0f} s")


@pytest.fixture(scope="session")
def running(
    tmp_path_factory: pytest.TempPathFactory, prometheus: Obtained, alertmanager: Obtained
) -> Iterator[Running]:
    """Up; stopped at the end, whatever happened."""
    folder = tmp_path_factory.mktemp("stack")
    ports = free_ports(("prometheus", "alertmanager", "app", "simulator", "evals"))
    listed = ", ".join(f"{name}: {port}" for name, port in ports.items())
    (folder / "spec.yaml").write_text(SPEC.format(ports=listed))
    environment = {**os.environ, "TRAFFIC_RATE": "12", **NATIVE}
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "JUDGE_API_KEY"):
        environment.pop(name, None)

    def stackgen(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "generator", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )  # fmt: skip

    done = stackgen("up", "--core-only")
    try:
        assert done.returncode == 0, done.stderr
        yield Running(folder, ports)
    finally:
        stackgen("down")


@pytest.fixture
def back_end() -> Iterator[BackEnd]:
    """Of the test's own."""
    one = BackEnd()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def collecting(back_end: BackEnd, tmp_path: Path) -> Iterator[Collecting]:
    """A Collector in front of it, neither configured nor started; stopped at the end."""
    try:
        one = Collecting(tmp_path, back_end, ensure(PACKAGES[c.COLLECTOR], print))
    except CannotBeHad as error:
        pytest.skip(str(error))
    yield one
    one.stop()
