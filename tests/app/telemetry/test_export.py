"""Back ends that are dead, slow or mad: no call fails or waits, memory is bounded, what is lost is counted."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from app.telemetry import Telemetry
from app.telemetry import export as exports
from app.telemetry.contract import Contract
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

KNOWN = {"endpoint": "chat", "model": "gpt-4o-mini", "provider": "openai", "question": "q"}


def call(telemetry: Telemetry) -> None:
    """One call."""
    with telemetry.call(**KNOWN) as one:
        one.answered("fine", {"input": 1, "output": 1})


@contextlib.contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does as told with every connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _from = server.accept()
                    threading.Thread(target=answer, args=[connection], daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def hang(connection: socket.socket) -> None:
    """Take everything, say nothing."""
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass
    time.sleep(30)


def rave(connection: socket.socket) -> None:
    """Answer what is no HTTP."""
    with contextlib.suppress(OSError):
        connection.recv(65536)
        connection.sendall(b"\x00\xffnot at all\r\n\r\n" * 50)
        connection.close()


@contextlib.contextmanager
def dead(_answer: object = None) -> Iterator[str]:
    """Nobody listens."""
    yield "http://127.0.0.1:9"


@pytest.mark.parametrize("back_end", [dead(), listening(hang), listening(rave)], ids=["dead", "hangs", "garbage"])
def test_no_span_is_lost_without_being_counted(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back_end: Any
) -> None:
    """Whatever happens to them, of so many that the queue is full: at the end nobody waits for longer than two seconds."""
    join, until = threading.Thread.join, list[float]()

    def noted(thread: threading.Thread, timeout: float | None = None) -> None:
        until.append(time.monotonic() + (1e9 if timeout is None else timeout))
        join(thread, timeout)

    with back_end as url:
        telemetry = Telemetry(contract, log_file=tmp_path / "log", otlp=url)
        for _number in range(12_000):
            call(telemetry)
        monkeypatch.setattr(threading.Thread, "join", noted)
        began = time.monotonic()
        telemetry.close()
        assert len(until) == 3
        # What the deadline says, and not how soon this machine gets there.
        assert max(until) < began + 3
        lost = telemetry.metrics.registry.get_sample_value("llm_telemetry_dropped_total", {"part": "span"})
        assert lost == 12_000
        assert telemetry.failures == 0


def test_what_is_dropped_is_said_once(
    contract: Contract, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    """In one warning, with numbers, without a word of what it was."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log", otlp="http://127.0.0.1:9")
    for _number in range(50):
        call(telemetry)
    telemetry.close()
    assert [record.message for record in caplog.records if record.name == "llm.telemetry"] == [
        "telemetry dropped 50 x span; a back end is down, slow or full, no call was delayed"
    ]


def test_waiting_spans_are_bounded(contract: Contract, tmp_path: Path) -> None:
    """However many calls there are while nobody takes them."""
    with listening(hang) as url:
        telemetry = Telemetry(contract, log_file=tmp_path / "log", otlp=url)
        for _number in range(exports.MOST + 2000):
            call(telemetry)
        assert telemetry.exporter is not None
        assert len(telemetry.exporter._waiting) <= exports.MOST  # noqa: SLF001
        lost = telemetry.metrics.registry.get_sample_value("llm_telemetry_dropped_total", {"part": "span"})
        assert lost is not None
        assert lost >= 1500
        telemetry.close()


class Odd:
    """What cannot even be told."""

    def __str__(self) -> str:
        raise RuntimeError("mine")


@contextlib.contextmanager
def receiving(spans: list[Any]) -> Iterator[str]:
    """A receiver that keeps what it gets."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"])))
            spans.extend(request.resource_spans[0].scope_spans[0].spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_an_odd_span_costs_no_other_one(contract: Contract, tmp_path: Path) -> None:
    """What can be told of it is sent; one that cannot be written is counted, and those beside and after it arrive."""
    spans: list[Any] = []
    with receiving(spans) as url:
        telemetry = Telemetry(contract, log_file=tmp_path / "log", otlp=url)
        for turn in range(2):
            with telemetry.span("half \ud83d", {"key": Odd()}) as span:
                span.add_event("event \ud83d", {"half \ud83d": "\ud83d"})
                span.set_attribute(17, "no name")  # type: ignore[arg-type]  # what nobody's types hinder
            telemetry.spans.start("never").end(end_time=1.5)  # type: ignore[arg-type]
            with telemetry.span(f"good {turn}"):
                pass
            telemetry.flush(10)
        assert [span.name for span in spans] == ["half ?", "good 0", "half ?", "good 1"]
        assert telemetry.metrics.registry.get_sample_value("llm_telemetry_dropped_total", {"part": "span"}) == 2
        assert telemetry.failures == 2
        telemetry.close()


@pytest.mark.parametrize(
    ("address", "headers"), [("http://127.0.0.1:9", "a=b%0Ac"), (f"http://{'a' * 70}.example", "")]
)
def test_a_receiver_that_cannot_be_is_counted_and_said(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, address: str, headers: str
) -> None:  # fmt: skip
    """With each batch, in words that hold no header's value: the thread that sends lives on."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", headers)
    telemetry = Telemetry(contract, log_file=tmp_path / "log", otlp=address)
    for number in (1, 2):
        call(telemetry)
        telemetry.flush(10)
        assert telemetry.metrics.registry.get_sample_value("llm_telemetry_dropped_total", {"part": "span"}) == number
    telemetry.close()
    (said,) = [record.message for record in caplog.records if record.name == "llm.telemetry"]
    assert "telemetry dropped 2 x span; " in said
    assert "by mistake" in said


def test_a_back_end_that_comes_back_gets_what_waited(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 means later, not never; headers come from OpenTelemetry's variable."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=observability,authorization=Bearer%20abc")
    monkeypatch.setattr(exports, "_PAUSES", (0.05, 0.05, 0.05))
    seen: list[tuple[str, str]] = []
    spans: list[Any] = []

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            seen.append((self.headers["x-team"], self.headers["authorization"]))
            if len(seen) > 2:
                # Before the answer: who has it may look at once.
                request = ExportTraceServiceRequest.FromString(body)
                spans.extend(request.resource_spans[0].scope_spans[0].spans)
            self.send_response(200 if len(seen) > 2 else 503)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    telemetry = Telemetry(contract, log_file=tmp_path / "log", otlp=f"http://127.0.0.1:{server.server_port}")
    for _number in range(20):
        call(telemetry)
    telemetry.flush(5)
    assert len(spans) == 20
    assert set(seen) == {("observability", "Bearer abc")}
    telemetry.close()
    server.shutdown()
