"""The real Collector with a rendered config, between what the tests send and a back end of their own that looks at what arrives."""

import gzip
import json
import re
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from generator import conventions as c
from generator.configs import collector
from generator.launch.obtain.package import Obtained
from generator.launch.placement import native_placement
from generator.launch.state import State
from generator.resolve import resolve
from generator.spec.load import parse
from tests.launch.conftest import free_ports

SPEC = """\
service: {{name: bot}}
models: [{{name: m1, provider: x, price: {{input: 1, output: 2}}}}]
app: {{targets: ['127.0.0.1:1'], log_files: ['{log}']}}
traces: {{backend: otlp, endpoint: "{endpoint}", {traces}}}
stack: {{ports: {{{ports}}}}}
"""
LOGS = "/insert/opentelemetry/v1/logs"


class BackEnd:
    """Takes spans as a vendor's endpoint does and log lines as VictoriaLogs does; `down` answers 503."""

    def __init__(self) -> None:
        self.traces: list[tuple[dict[str, str], ExportTraceServiceRequest]] = []
        self.logs: list[ExportLogsServiceRequest] = []
        self.down, self.refused = False, {"/v1/traces": 0, LOGS: 0}
        back_end = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                if back_end.down:
                    back_end.refused[self.path] += 1
                elif self.path == LOGS:
                    back_end.logs.append(ExportLogsServiceRequest.FromString(body))
                else:
                    assert self.path == "/v1/traces"
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    back_end.traces.append((headers, ExportTraceServiceRequest.FromString(body)))
                self.send_response(503 if back_end.down else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def spans(self) -> list[Span]:
        """All that arrived."""
        sent = [resource for _headers, request in list(self.traces) for resource in request.resource_spans]
        return [span for resource in sent for scope in resource.scope_spans for span in scope.spans]

    @property
    def lines(self) -> list[LogRecord]:
        """All that arrived."""
        sent = [resource for request in list(self.logs) for resource in request.resource_logs]
        return [line for resource in sent for scope in resource.scope_logs for line in scope.log_records]


class Collecting:
    """One Collector, with its folder; `log` is the application's file of lines that it reads."""

    def __init__(self, folder: Path, back_end: BackEnd, obtained: Obtained) -> None:
        self.folder, self.back_end, self.obtained = folder, back_end, obtained
        self.ports = free_ports()
        # VictoriaLogs is played by the back end.
        self.ports["victorialogs"] = back_end.server.server_port
        self.log, self.own_log = folder / "app.jsonl", folder / "collector.log"
        self.process: subprocess.Popen[bytes] | None = None

    def configure(self, traces: str = "sample: 100%", change: Callable[[str], str] = str, headers: str = "") -> None:
        """Render for `traces` of a spec; `change` is for what a test cannot wait for."""
        state = State(self.folder / "state")
        listed = ", ".join(f"{name}: {port}" for name, port in self.ports.items())
        endpoint = f"http://127.0.0.1:{self.back_end.server.server_port}"
        text = SPEC.format(endpoint=endpoint, ports=listed, log=self.log, traces=traces)
        spec, _tree = parse(text, "spec.yaml")
        obtained = {
            c.PROMETHEUS: Obtained(c.PROMETHEUS, (2, 42, 0), "test", {}), c.COLLECTOR: self.obtained,
            c.VICTORIA_LOGS: Obtained(c.VICTORIA_LOGS, (1, 52, 1), "test", {}),
        }  # fmt: skip
        placement = native_placement(state, spec.stack.ports.model_dump(), obtained, example_app=False)
        (artifact,) = collector.build(resolve(spec, spec_name="spec.yaml", placement=placement))
        for folder in (state.etc / "secrets", state.data(c.COLLECTOR)):
            folder.mkdir(parents=True)
        (state.etc / "secrets/traces").write_text(headers)
        (self.folder / "collector.yaml").write_text(change(artifact.text))

    def start(self) -> None:
        """Until it takes spans."""
        with self.own_log.open("ab") as log:
            command = [self.obtained.binaries["otelcol"], f"--config={self.folder / 'collector.yaml'}"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(lambda: self.post("traces", {"resourceSpans": []}), 30)

    def kill(self) -> None:
        """At once, as when memory runs out."""
        assert self.process
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> None:
        """In order, unless it has ended."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def post(self, kind: str, body: bytes | dict[str, Any]) -> bool:
        """OTLP over HTTP as an application sends it: `traces` or `logs`, protobuf or JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        form = "application/x-protobuf" if isinstance(body, bytes) else "application/json"
        url = f"http://127.0.0.1:{self.ports['otlp_http']}/v1/{kind}"
        urllib.request.urlopen(urllib.request.Request(url, data, {"content-type": form}), timeout=10).close()
        return True

    def write(self, *lines: str) -> None:
        """Append to the application's log."""
        with self.log.open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def count(self, metric: str) -> float:
        """A counter of the Collector's own, over all its labels."""
        url = f"http://127.0.0.1:{self.ports['collector']}/metrics"
        with urllib.request.urlopen(url, timeout=10) as response:
            text = response.read().decode()
        return sum(float(value) for value in re.findall(rf"^{metric}(?:_total)?\{{.*\}} (\S+)$", text, re.MULTILINE))


def impatient(text: str) -> str:
    """The config with a hundredth of every exporter's patience and a ten-thousandth of its queue's bytes, also where it leaves them to the defaults."""
    tree = yaml.safe_load(text)
    for exporter in tree["exporters"].values():
        if queue := exporter.get("sending_queue"):
            retry = exporter.setdefault("retry_on_failure", {})
            retry |= {"initial_interval": "50ms", "max_interval": "300ms"}
            retry.setdefault("max_elapsed_time", "3s")
            # The default counts requests, and the smallest number of them is one a consumer.
            queue["queue_size"] = queue.get("queue_size", 100_000) // 10_000
            if batch := queue.get("batch"):
                batch |= {"min_size": batch["min_size"] // 10_000, "max_size": 20_000}
    for name, receiver in tree["receivers"].items():
        if name.startswith("file_log") and "retry_on_failure" in receiver:
            receiver["retry_on_failure"] |= {"initial_interval": "50ms", "max_interval": "300ms"}
    return yaml.safe_dump(tree)


def hasty(text: str) -> str:
    """The config with a fifth of every wait for a decision, so that a second of a test is five."""
    return re.sub(r"(decision_wait\w*): (\d+)s", lambda found: f"{found[1]}: {int(found[2]) // 5}s", text)


def until(condition: Callable[[], object], seconds: float = 40.0) -> None:
    """Wait for it; who does not answer yet is waited for, too."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except OSError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)
