"""A server that answers as it is told, on a port of its own."""

import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = tuple[int, str]


@dataclass
class Fake:
    """What it answers, and what it was asked: path and parameters, and the Authorization headers."""

    url: str
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    answer: Callable[[str, dict[str, str]], Answer] = lambda _path, _words: (200, data([]))


def data(result: object) -> str:
    """A body of the query API."""
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})


@pytest.fixture
def fake() -> Iterator[Fake]:
    """Running until the test ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urllib.parse.urlsplit(self.path)
            words = dict(urllib.parse.parse_qsl(parts.query))
            told.asked.append((parts.path, words))
            told.headers.append(self.headers.get("Authorization", ""))
            code, body = told.answer(parts.path, words)
            self.send_response(code)
            if code in {301, 302}:
                self.send_header("Location", body)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Fake(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
