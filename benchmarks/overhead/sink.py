"""A server that answers 200 at once and counts what it got: requests, bytes as sent, spans. In a process of its own."""

import gzip
import json
import socket
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.overhead.subjects import ROOT

_got: dict[str, Counter[str]] = {}
_lock = threading.Lock()


@contextmanager
def sink() -> Iterator[str]:
    """Its address; whoever sends adds a name as the first part of the path."""
    words = [sys.executable, "-m", "benchmarks.overhead.sink"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield f"http://127.0.0.1:{(process.stdout.readline() if process.stdout else '').strip()}"
        finally:
            process.terminate()


def got(address: str, name: str) -> Counter[str]:
    """What came under a name so far."""
    with urllib.request.urlopen(f"{address}/", timeout=10) as response:
        return Counter(json.load(response).get(name, {}))


@contextmanager
def dead() -> Iterator[str]:
    """An address at which connections are refused."""
    with socket.socket() as one:
        # Bound and not listening: nobody else gets the port meanwhile.
        one.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{one.getsockname()[1]}"


@contextmanager
def hanging() -> Iterator[str]:
    """An address that takes connections and requests, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        kept: list[socket.socket] = []
        threading.Thread(target=_keep, args=(server, kept), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for one in kept:
            one.close()


def _keep(server: socket.socket, kept: list[socket.socket]) -> None:
    with suppress(OSError):
        while True:
            kept.append(server.accept()[0])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Count."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self._answer(b"")
        _, name, rest = self.path.split("/", 2)
        plain = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
        spans = _spans(plain) if rest.endswith("v1/traces") else 0
        with _lock:
            _got.setdefault(name, Counter()).update(requests=1, bytes=len(body), spans=spans)

    def do_GET(self) -> None:
        """Tell."""
        with _lock:
            told = json.dumps(_got).encode()
        self._answer(told)

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Nothing."""


def _spans(body: bytes) -> int:
    """In an ExportTraceServiceRequest: request -> resource_spans 1 -> scope_spans 2 -> spans 2."""
    return sum(
        1
        for resource in _fields(memoryview(body), 1)
        for scope in _fields(resource, 2)
        for _span in _fields(scope, 2)
    )  # fmt: skip


def _fields(data: memoryview, wanted: int) -> Iterator[memoryview]:
    """The length-delimited fields of that number; these messages have no others but such."""
    at = 0
    while at < len(data):
        head, at = _varint(data, at)
        size, at = _varint(data, at)
        if head & 7 != 2:
            raise ValueError(f"wire type {head & 7}: not an OTLP request of spans")
        if head >> 3 == wanted:
            yield data[at : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as listening:
        print(listening.server_address[1], flush=True)
        listening.serve_forever()
