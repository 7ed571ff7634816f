"""Traces to an endpoint of the person's own: the rendered Collector against a local server that looks at header and payload."""

import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from generator import conventions as c
from generator.configs import collector
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.launch.obtain.package import Obtained
from generator.launch.placement import native_placement
from generator.launch.state import State
from generator.resolve import resolve
from generator.spec.load import parse
from tests.launch.conftest import free_ports

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]

SPEC = """\
service: {{name: bot}}
models: [{{name: m1, provider: x, price: {{input: 1, output: 2}}}}]
app: {{targets: ['127.0.0.1:1']}}
traces: {{backend: otlp, endpoint: "{endpoint}", headers_file: secrets/traces}}
stack: {{ports: {{{ports}}}}}
"""
VENDORS = {
    "honeycomb": {"x-honeycomb-team": "hc-K3Y"},
    "datadog": {"dd-api-key": "dd-K3Y", "dd-otlp-source": "llmobs"},
    "new-relic": {"api-key": "nr-K3Y"},
    "a token": {"authorization": "Bearer t-K3Y"},
}
SPAN = {
    "resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "bot"}}]},
        "scopeSpans": [{"spans": [{
            "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "llm.ask", "kind": 1,
            "startTimeUnixNano": "1", "endTimeUnixNano": "2",
            "attributes": [{"key": "note", "value": {"stringValue": "mail jane.doe@example.org"}}],
        }]}],
    }]
}  # fmt: skip


class Endpoint:
    """What arrived: headers and decoded payload; `down` answers 503."""

    def __init__(self) -> None:
        self.arrived: list[tuple[dict[str, str], ExportTraceServiceRequest]] = []
        self.down = False
        self.refused = 0
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if endpoint.down or self.path != "/v1/traces":
                    endpoint.refused += 1
                    self.send_response(503)
                else:
                    if self.headers.get("content-encoding") == "gzip":
                        import gzip

                        body = gzip.decompress(body)
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    endpoint.arrived.append((headers, ExportTraceServiceRequest.FromString(body)))
                    self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A back end somewhere else."""
    one = Endpoint()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def launched(endpoint: Endpoint, tmp_path: Path) -> Iterator[Callable[[str], dict[str, int]]]:
    """The Collector with the rendered config and a file of headers; gives its ports."""
    try:
        obtained = ensure(PACKAGES[c.COLLECTOR], print)
    except CannotBeHad as error:
        pytest.skip(str(error))
    processes = []

    def launch(headers: str) -> dict[str, int]:
        ports, state = free_ports(), State(tmp_path / "state")
        listed = ", ".join(f"{name}: {port}" for name, port in ports.items())
        text = SPEC.format(endpoint=f"http://127.0.0.1:{endpoint.server.server_port}", ports=listed)
        spec, _tree = parse(text, "spec.yaml")
        prometheus = Obtained(c.PROMETHEUS, (2, 42, 0), "test", {})
        placement = native_placement(
            state, spec.stack.ports.model_dump(), {c.PROMETHEUS: prometheus, c.COLLECTOR: obtained}, example_app=False
        )
        (artifact,) = collector.build(resolve(spec, spec_name="spec.yaml", placement=placement))
        assert "K3Y" not in artifact.text
        for folder in (state.etc / "secrets", state.data(c.COLLECTOR)):
            folder.mkdir(parents=True)
        (state.etc / "secrets/traces").write_text(headers)
        config = tmp_path / "collector.yaml"
        config.write_text(artifact.text)
        with (tmp_path / "log").open("wb") as log:
            command = [obtained.binaries["otelcol"], f"--config={config}"]
            processes.append(subprocess.Popen(command, stdout=log, stderr=log))
        return ports

    yield launch
    for process in processes:
        process.terminate()
        process.wait(20)
    assert "K3Y" not in (tmp_path / "log").read_text()


def send(ports: dict[str, int]) -> None:
    """One span, as an application would, once the Collector listens."""
    url = f"http://127.0.0.1:{ports['otlp_http']}/v1/traces"
    request = urllib.request.Request(url, json.dumps(SPAN).encode(), {"content-type": "application/json"})
    deadline = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        else:
            return


def until(condition: Callable[[], object], seconds: float = 40.0) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_endpoint_gets_its_headers_and_redacted_spans(
    endpoint: Endpoint, launched: Callable[[str], dict[str, int]], vendor: str
) -> None:
    """As the vendor's page in docs/traces.md says; the key is neither in the config nor in the log."""
    wanted = VENDORS[vendor]
    ports = launched("".join(f'{name}: "{value}"\n' for name, value in wanted.items()))
    send(ports)
    until(lambda: endpoint.arrived)
    headers, payload = endpoint.arrived[0]
    assert {name: headers.get(name) for name in wanted} == wanted
    (span,) = payload.resource_spans[0].scope_spans[0].spans
    assert span.name == "llm.ask"
    assert "jane.doe" not in str(span)


def test_what_arrives_while_the_endpoint_is_down_is_sent_later(
    endpoint: Endpoint, launched: Callable[[str], dict[str, int]]
) -> None:
    """Every span, once."""
    endpoint.down = True
    send(launched('api-key: "x-K3Y"\n'))
    until(lambda: endpoint.refused)
    endpoint.down = False
    until(lambda: endpoint.arrived, 60)
    spans = [span for _headers, one in endpoint.arrived for span in one.resource_spans[0].scope_spans[0].spans]
    assert len(spans) == 1
