"""The real app, the real SDKs and the real simulator, in threads on free ports; and an OTLP/HTTP receiver."""

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from app.answering import generate
from app.server import create as create_app
from app.simulator.behaviour import Behaviour
from app.simulator.server import create as create_simulator
from app.telemetry import Telemetry
from app.telemetry.contract import Contract
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass
class Live:
    """What is running, and what it left behind."""

    app: str
    simulator: str
    telemetry: Telemetry
    log: Path
    blobs: Path
    exports: list[ExportTraceServiceRequest] = field(default_factory=list)

    def ask(self, question: str = "What is a baseline?", **more: Any) -> dict[str, Any]:
        """One question; the answer's body, whatever its status."""
        return request(f"{self.app}/ask", {"question": question, **more})

    def chaos(self, **settings: Any) -> None:
        """Make the simulator misbehave."""
        request(f"{self.simulator}/chaos", settings)

    def recover(self) -> None:
        """Behave again."""
        request(f"{self.simulator}/chaos", method="DELETE")

    def lines(self) -> list[dict[str, Any]]:
        """Everything logged so far."""
        self.telemetry.flush()
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def spans(self) -> list[Any]:
        """Everything exported so far."""
        return [
            span for export in self.exports for resource in export.resource_spans
            for scope in resource.scope_spans for span in scope.spans
        ]  # fmt: skip

    def value(self, name: str, **labels: str) -> float | None:
        """One sample of the app's metrics."""
        found: float | None = self.telemetry.metrics.registry.get_sample_value(name, labels)
        return found


def request(url: str, body: dict[str, Any] | None = None, method: str | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=20) as response:
            answer: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as error:
        answer = json.load(error)
    return answer


def _serve(application: Any) -> tuple[uvicorn.Server, threading.Thread, str]:
    # asyncio turns Nagle's delay of 40 ms off only where a socket says that it is TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    server = uvicorn.Server(uvicorn.Config(application, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    return server, thread, f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="session")
def contract(repository: Path) -> Contract:
    """The committed contract."""
    return Contract.load(repository / "stack/app/contract.json")


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Iterator[Live]:
    """Up once for all tests; no key, so the SDKs talk to the simulator."""
    folder = tmp_path_factory.mktemp("app")
    exports: list[ExportTraceServiceRequest] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            exports.append(ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            patch.delenv(name, raising=False)
        patch.setattr(generate, "TIMEOUT_SECONDS", 2.5)
        simulator, simulator_thread, simulator_url = _serve(create_simulator(Behaviour(1, flawless=True)))
        telemetry = Telemetry(
            contract,
            log_file=folder / "app.jsonl",
            blobs=folder / "blobs",
            otlp=f"http://127.0.0.1:{receiver.server_port}",
        )
        app, app_thread, app_url = _serve(create_app(telemetry, simulator_url))
        _wait(f"{app_url}/readyz")
        yield Live(app_url, simulator_url, telemetry, folder / "app.jsonl", folder / "blobs", exports)
        for server, thread in ((app, app_thread), (simulator, simulator_thread)):
            server.should_exit = True
            thread.join(10)
    receiver.shutdown()


def _wait(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} is not ready")
