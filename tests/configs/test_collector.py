"""The OpenTelemetry Collector itself says whether it would start with what is rendered."""

import json
import re
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from generator import conventions as c
from generator.configs import collector
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.model import Model
from tests.spec import test_patterns

# Where it is neither on PATH nor in the cache it is built, which takes minutes.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]

VENDOR = """
service: {name: bot}
models: [{name: m1, provider: x, price: {input: 1, output: 2}}]
traces: {backend: otlp, endpoint: "https://otlp.example.org", headers_file: secrets/traces}
"""


@pytest.fixture(scope="session")
def otelcol() -> Path:
    """The Collector with the components that the configs use."""
    try:
        return ensure(PACKAGES[c.COLLECTOR], print).binaries["otelcol"]
    except CannotBeHad as error:
        pytest.skip(str(error))


PLAIN = "service: {name: bot}\nmodels: [{name: m1, provider: x, price: {input: 1, output: 2}}]\n"
SAMPLED = PLAIN + "traces: {sample: 10%}\n"
PATTERNS = (
    PLAIN
    + r"""logs: {patterns: {employee: 'E-\d{6}', price: '\$\d{1,4}$', variable: '\$\{[A-Z]{1,9}\}', quoted: '"[a-z]{2}\\'}}"""
)


def validate(otelcol: Path, text: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """With the folders of the container moved below `folder`, as the Collector looks whether they are there."""
    for name in ("/run/secrets", "/var/lib/otelcol"):
        text = text.replace(name, f"{folder}{name}")
        Path(f"{folder}{name}").mkdir(parents=True, exist_ok=True)
    (folder / "run/secrets/traces").write_text("api-key: invented\n")
    (folder / "collector.yaml").write_text(text)
    command = [otelcol, "validate", f"--config={folder / 'collector.yaml'}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_committed_config_is_accepted(otelcol: Path, repository: Path, tmp_path: Path) -> None:
    """With Tempo, Loki, span metrics, and every trace kept."""
    done = validate(otelcol, (repository / "stack/collector/collector.yaml").read_text(), tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_config_for_a_vendors_endpoint_is_accepted(
    otelcol: Path, model_of: Callable[[str], Model], tmp_path: Path
) -> None:
    """Its header comes from a file."""
    (artifact,) = collector.build(model_of(VENDOR))
    assert "otlp.example.org" in artifact.text
    done = validate(otelcol, artifact.text, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("section", "key"), [("processors", "tail_sampling"), ("connectors", "span_metrics"), ("receivers", "file_log/app")]
)
def test_a_wrong_key_would_be_found(
    otelcol: Path, model_of: Callable[[str], Model], tmp_path: Path, section: str, key: str
) -> None:
    """In each kind of component."""
    (artifact,) = collector.build(model_of(SAMPLED))
    right = validate(otelcol, artifact.text, tmp_path)
    assert right.returncode == 0, right.stderr
    tree = yaml.safe_load(artifact.text)
    tree[section][key]["colour"] = "red"
    done = validate(otelcol, yaml.safe_dump(tree), tmp_path)
    assert done.returncode == 1
    assert "colour" in done.stderr


def rendered(model: Model) -> dict[str, Any]:
    """The config as a tree."""
    (artifact,) = collector.build(model)
    tree: dict[str, Any] = yaml.safe_load(artifact.text)
    return tree


@pytest.mark.parametrize("spec", ["PLAIN", "SAMPLED", "VENDOR"])
def test_whatever_is_stored_is_queued_on_disk_and_never_given_up(model_of: Callable[[str], Model], spec: str) -> None:
    """Up to a stated number of bytes, in a folder that outlives the container; nobody is kept waiting, files are read again."""
    tree = rendered(model_of(globals()[spec]))
    assert tree["extensions"]["file_storage"]["directory"] == "/var/lib/otelcol/queue"
    exporters = [one for name, one in tree["exporters"].items() if not name.endswith("/metrics")]
    assert len(exporters) == 2
    for exporter in exporters:
        queue = exporter["sending_queue"]
        assert (queue["storage"], queue["sizer"], queue["queue_size"]) == ("file_storage", "bytes", 512 * 1024**2)
        assert "block_on_overflow" not in queue
    for one in (*exporters, tree["receivers"]["file_log/app"]):
        assert one["retry_on_failure"]["enabled"]
        assert one["retry_on_failure"]["max_elapsed_time"] == "0s"


def test_a_line_is_not_taken_before_it_is_on_disk(model_of: Callable[[str], Model]) -> None:
    """Nothing that holds lines in memory stands before the queue; nor before that of spans, where none waits for a decision."""
    pipelines = rendered(model_of(PLAIN))["service"]["pipelines"]
    for name in ("logs", "traces/in"):
        assert pipelines[name]["processors"] == ["memory_limiter", "redaction/secrets"]
    assert pipelines["traces/in"]["exporters"] == ["otlp_grpc/traces", "span_metrics"]


def test_the_longest_call_of_the_histogram_is_waited_for(model_of: Callable[[str], Model]) -> None:
    """And its root's siblings a little longer; where all traces are kept, nothing waits."""
    tree = rendered(model_of(SAMPLED))
    wait, buckets = (
        tree["processors"]["tail_sampling"],
        tree["connectors"]["span_metrics"]["histogram"]["explicit"]["buckets"],
    )
    settle = int(wait["decision_wait_after_root_received"].removesuffix("s"))
    assert int(wait["decision_wait"].removesuffix("s")) == int(buckets[-1].removesuffix("s")) + settle
    # An SDK's batch is sent every five seconds.
    assert settle >= 2 * 5
    assert tree["service"]["pipelines"]["traces/out"]["processors"] == ["tail_sampling", "batch"]
    plain = rendered(model_of(PLAIN))
    assert "tail_sampling" not in plain["processors"]
    assert "traces/out" not in plain["service"]["pipelines"]


def redaction(text: str) -> str:
    """The lines of a rendered config that redact."""
    found = re.search(r"^  redaction/secrets:\n(?:    .*\n)+", text, re.MULTILINE)
    assert found
    return found[0]


def test_patterns_of_the_spec_reach_the_collector(model_of: Callable[[str], Model]) -> None:
    """With each dollar doubled, as one alone begins a variable there; none of them where the spec has none."""
    (artifact,) = collector.build(model_of(PATTERNS))
    blocked = yaml.safe_load(artifact.text)["processors"]["redaction/secrets"]["blocked_values"]
    own = [r"E-\d{6}", r"\$$\d{1,4}$$", r"\$$\{[A-Z]{1,9}\}", r'"[a-z]{2}\\']
    assert blocked[-4:] == own
    (plain,) = collector.build(model_of(PLAIN))
    assert yaml.safe_load(plain.text)["processors"]["redaction/secrets"]["blocked_values"] == blocked[:-4]


def test_the_collector_reads_every_pattern_that_a_spec_may_hold(
    otelcol: Path, model_of: Callable[[str], Model], tmp_path: Path
) -> None:
    """All that tests/spec/test_patterns.py accepts; look-around and references, which a spec may not hold, it would refuse to start with."""
    listed = json.dumps({f"p{number}": pattern for number, pattern in enumerate(test_patterns.GOOD)})
    (artifact,) = collector.build(model_of(PLAIN + f"logs: {{patterns: {listed}}}\n"))
    done = validate(otelcol, artifact.text, tmp_path)
    assert done.returncode == 0, done.stderr
    for wrong in (r"a(?=b)", r"(a)\1"):
        text = artifact.text.replace("    summary: silent", f"      - '{wrong}'\n    summary: silent")
        assert "error parsing regexp" in validate(otelcol, text, tmp_path).stderr


def test_the_collector_hides_what_the_patterns_describe(
    otelcol: Path, model_of: Callable[[str], Model], tmp_path: Path
) -> None:
    """The rendered lines, in a Collector of two ends: what leaves it is what Python makes of the same text."""
    said = 'E-004711 has ${HOME} and "ab\\ for $12'
    arrived: list[bytes] = []

    class Sink(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrived.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    model = model_of(PATTERNS)
    (artifact,) = collector.build(model)
    with ThreadingHTTPServer(("127.0.0.1", 0), Sink) as sink, socket.socket() as taken:
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        taken.close()
        (tmp_path / "two-ends.yaml").write_text(
            f"receivers: {{otlp: {{protocols: {{http: {{endpoint: '{address}'}}}}}}}}\n"
            f"processors:\n{redaction(artifact.text)}"
            f"exporters: {{otlp_http: {{endpoint: 'http://127.0.0.1:{sink.server_port}', compression: none}}}}\n"
            "service:\n  telemetry: {metrics: {level: none}}\n"
            "  pipelines: {traces: {receivers: [otlp], processors: [redaction/secrets], exporters: [otlp_http]}}\n"
        )
        running = subprocess.Popen([otelcol, f"--config={tmp_path / 'two-ends.yaml'}"], stderr=subprocess.DEVNULL)
        try:
            send(f"http://{address}/v1/traces", said)
            wait_for(arrived)
        finally:
            running.terminate()
            running.wait(20)
            sink.shutdown()
    (span,) = ExportTraceServiceRequest.FromString(arrived[0]).resource_spans[0].scope_spans[0].spans
    told = next(pair.value.string_value for pair in span.attributes if pair.key == "note")
    for pattern in model.logs.patterns.values():
        said = re.sub(pattern, "****", said, flags=re.ASCII)
    assert told == said == "**** has **** and **** for ****"


def send(url: str, note: str) -> None:
    """A span with a note, as soon as somebody listens."""
    span = {
        "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "llm.ask", "kind": 1,
        "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": [{"key": "note", "value": {"stringValue": note}}],
    }  # fmt: skip
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()
    deadline = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(urllib.request.Request(url, body, {"content-type": "application/json"})).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        else:
            return


def wait_for(arrived: list[bytes]) -> None:
    """Until something is in the list."""
    deadline = time.monotonic() + 20
    while not arrived:
        assert time.monotonic() < deadline
        time.sleep(0.1)
