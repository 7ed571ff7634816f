"""A whole stack for the end-to-end tests of joined signals: ask it, and look into its stores."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.asking import asked, got
from tests.launch.conftest import NATIVE

SPEC = """\
service: {{name: support-bot, endpoints: [chat, search]}}
models:
  - {{name: gpt-4o-mini, provider: openai}}
  - {{name: claude-haiku-4-5, provider: anthropic}}
stack:
  scrape_interval: 1s
  ports: {{{ports}}}
"""


@dataclass
class Whole:
    """All roles that can be had here natively, without demo traffic."""

    folder: Path
    ports: dict[str, int]

    def stackgen(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """The command, in the stack's folder, without anybody's key."""
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")} | NATIVE
        return subprocess.run(
            [sys.executable, "-m", "generator", *words], cwd=self.folder, env=environment, capture_output=True, text=True,
            check=False, timeout=1500,
        )  # fmt: skip

    def rows(self) -> dict[str, dict[str, Any]]:
        """The table of `status`, by component."""
        return {row["component"]: row for row in json.loads(self.stackgen("status", "--json").stdout)["components"]}

    def noted(self) -> dict[str, Any]:
        """What the stack's state says."""
        found: dict[str, Any] = json.loads((self.folder / ".stackgen/state.json").read_text())
        return found

    def has(self, component: str) -> bool:
        """Whether it was started; quicker than the table."""
        return component in {entry["name"] for entry in self.noted()["running"]}

    def pid(self, component: str) -> int:
        """Its process id."""
        (found,) = [entry["pid"] for entry in self.noted()["running"] if entry["name"] == component]
        return int(found)

    def killed(self, component: str, seconds: float) -> tuple[float, float]:
        """Kill it, let the outage last, and wait until it is back by itself; when it began and ended, since the epoch."""
        keeper, before, began = self.noted()["keeper"][0], self.pid(component), time.time()
        # What starts it again would do so at once.
        os.kill(keeper, signal.SIGSTOP)
        try:
            os.kill(before, signal.SIGKILL)
            time.sleep(seconds)
            ended = time.time()
        finally:
            os.kill(keeper, signal.SIGCONT)
        until(lambda: self.pid(component) != before, 60, f"{component} is started again")
        until(lambda: self.rows()[component]["state"] == "running", 120, f"{component} is ready")
        return began, ended

    def get(self, port: str, path: str, **words: str) -> Any:
        """JSON of a component; one value a line becomes a list."""
        return got(f"http://127.0.0.1:{self.ports[port]}{path}", words, lines=port == "victorialogs")

    def ask(self, question: str, model: str = "gpt-4o-mini") -> dict[str, Any]:
        """One question to the app."""
        return asked(self.ports["app"], {"question": question, "endpoint": "chat", "model": model})

    def query(self, expression: str) -> list[dict[str, Any]]:
        """An instant query."""
        found: list[dict[str, Any]] = self.get("prometheus", "/api/v1/query", query=expression)["data"]["result"]
        return found

    def exemplars(self, metric: str) -> set[str]:
        """Trace ids of the last minutes' exemplars."""
        now = time.time()
        found = self.get("prometheus", "/api/v1/query_exemplars", query=metric, start=str(now - 300), end=str(now + 1))
        return {one["labels"]["trace_id"] for series in found["data"] for one in series["exemplars"]}

    def spans(self, trace_id: str) -> list[dict[str, Any]]:
        """The stored spans of a trace, as OTLP JSON; none while it has not arrived."""
        jaeger = self.has("jaeger")
        path = f"/api/v3/traces/{trace_id}" if jaeger else f"/api/traces/{trace_id}"
        try:
            found = self.get("jaeger" if jaeger else "tempo", path)
        except urllib.error.HTTPError:
            return []
        batches = found["result"]["resourceSpans"] if jaeger else found["batches"]
        return [span for batch in batches for scope in batch["scopeSpans"] for span in scope["spans"]]

    def links(self, span: str) -> set[tuple[str, str]]:
        """Trace and span ids that recent spans of this name link to; with Jaeger only."""
        now = time.time()
        least, most = (datetime.fromtimestamp(at, UTC).isoformat() for at in (now - 600, now + 5))
        words = {"service_name": "support-bot", "operation_name": span, "start_time_min": least, "start_time_max": most}
        found = self.get("jaeger", "/api/v3/traces", **{f"query.{name}": word for name, word in words.items()})
        batches = found["result"]["resourceSpans"]
        spans = [one for batch in batches for scope in batch["scopeSpans"] for one in scope["spans"]]
        return {(link["traceId"], link["spanId"]) for one in spans for link in one.get("links", [])}

    def lines(self, **fields: str) -> list[dict[str, str]]:
        """Stored log lines that have these fields, each with its labels and the rest of its fields."""
        if self.has("victorialogs"):
            words = " ".join(f'{name}:="{value}"' for name, value in fields.items())
            found: list[dict[str, str]] = self.get("victorialogs", "/select/logsql/query", query=words)
            return found
        words = "".join(f' | {name}="{value}"' for name, value in fields.items())
        query = f'{{service_name="support-bot"}}{words}'
        result = self.get("loki", "/loki/api/v1/query_range", query=query, limit="5000")["data"]["result"]
        return [stream["stream"] | {"_msg": line} for stream in result for _at, line in stream["values"]]


def until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """What the condition gives once it gives something; a component that does not answer yet is no failure."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except OSError:
            pass
        time.sleep(0.5)
    pytest.fail(f"{what}: not within {seconds:.0f} s")
