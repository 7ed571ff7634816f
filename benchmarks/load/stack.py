"""The stack under load: every role that can be had here, several app processes of our own, one simulator."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parent.parent.parent
MODELS = ("gpt-4o-mini", "claude-haiku-4-5")
_FIRST_PORT = 17_000
_NAMES = ("prometheus", "alertmanager", "grafana", "tempo", "jaeger", "loki", "victorialogs", "collector", "otlp_grpc", "otlp_http", "app", "simulator")  # fmt: skip
_SPEC = """\
service: {{name: load, endpoints: [chat]}}
models:
  - {{name: gpt-4o-mini, provider: openai}}
  - {{name: claude-haiku-4-5, provider: anthropic}}
app: {{targets: {targets}, log_files: {files}}}
stack: {{scrape_interval: 5s, ports: {ports}}}
"""


@dataclass(frozen=True)
class LoadStack:
    """In a folder of its own; `instances` app processes, of which Prometheus and the Collector know."""

    folder: Path
    instances: int
    pace: float

    @property
    def ports(self) -> dict[str, int]:
        """By the spec's names."""
        named = {name: _FIRST_PORT + number for number, name in enumerate(_NAMES)}
        return named | {"internal": _FIRST_PORT + 50}

    def url(self, name: str) -> str:
        """Where a component answers."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def log_file(self, instance: int) -> Path:
        """Where an instance writes its lines."""
        return self.folder / f"app-{instance}.jsonl"

    @contextmanager
    def up(self) -> Iterator[None]:
        """Back ends and simulator, stopped at the end."""
        targets = [f"127.0.0.1:{_FIRST_PORT + 100 + number}" for number in range(self.instances)]
        files = [str(self.log_file(number)) for number in range(self.instances)]
        text = _SPEC.format(targets=json.dumps(targets), files=json.dumps(files), ports=json.dumps(self.ports))
        (self.folder / "spec.yaml").write_text(text, encoding="utf-8")
        self._stackgen("render")
        try:
            self._stackgen("up", "--wait", "all")
            environment = {
                "SIMULATOR_PORT": str(self.ports["simulator"]),
                "SIMULATOR_PACE": str(self.pace),
                "SIMULATOR_WORDS_AT_ONCE": "1000",
            }
            with self._python("app.simulator", f"{self.url('simulator')}/readyz", environment):
                yield
        finally:
            self._stackgen("down")

    @contextmanager
    def apps(self, *, observed: bool) -> Iterator[list[str]]:
        """App processes, by URL: with everything shipped, or with nothing (no spans, no texts kept, lines to nowhere)."""
        contract = json.loads((self.folder / "stack/app/contract.json").read_text(encoding="utf-8"))
        contract["logs"]["capture_content"] = observed
        path = self.folder / f"contract-{observed}.json"
        path.write_text(json.dumps(contract), encoding="utf-8")
        with ExitStack() as stack:
            urls = []
            for number in range(self.instances):
                port = _FIRST_PORT + (100 if observed else 200) + number
                urls.append(f"http://127.0.0.1:{port}")
                environment = {
                    "LLM_CONTRACT": str(path),
                    "LLM_SIMULATOR_URL": self.url("simulator"),
                    "APP_PORT": str(port),
                    "APP_BLOBS": str(self.folder / "blobs"),
                    "APP_LOG_FILE": str(self.log_file(number)) if observed else os.devnull,
                }
                environment |= (
                    {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url("otlp_http")}
                    if observed
                    else {"OTEL_SDK_DISABLED": "true"}
                )
                stack.enter_context(self._python("app.server", f"{urls[-1]}/readyz", environment))
            yield urls

    def processes(self) -> dict[str, psutil.Process]:
        """What `stackgen up` started, by name."""
        listed = json.loads((self.folder / ".stackgen/state.json").read_text(encoding="utf-8"))["running"]
        return {entry["name"]: psutil.Process(entry["pid"]) for entry in listed}

    @contextmanager
    def _python(self, module: str, ready: str, more: dict[str, str]) -> Iterator[None]:
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
        environment |= {"PYTHONPATH": str(ROOT / "examples"), **more}
        with subprocess.Popen([sys.executable, "-m", module], env=environment, cwd=self.folder) as process:
            try:
                _until_ready(ready, process)
                yield
            finally:
                process.terminate()

    def _stackgen(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "generator", *words], cwd=self.folder, check=False, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "STACKGEN_ENGINE": "native"},
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"stackgen {' '.join(words)}:\n{done.stdout}{done.stderr}")


def _until_ready(url: str, process: "subprocess.Popen[Any]") -> None:
    for _turn in range(300):
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r}: ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise SystemExit(f"{url}: not ready within a minute")
