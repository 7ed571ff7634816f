"""A small model server of one's own: it takes some parameters, refuses others, and remembers what it was sent."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

VERDICT = {"quotes": ["the median of the same hours"], "reason": "It says so.", "verdict": "pass"}
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}


@dataclass
class Local:
    """`refuses` maps what a body must not hold to the status and the message that it gets; `says` is each reply's text."""

    url: str = ""
    refuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    says: str = json.dumps(VERDICT)
    usage: dict[str, int] | None = field(default_factory=lambda: USAGE)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body."""
        for sign, (status, message) in self.refuses.items():
            if sign in json.dumps({name: value for name, value in body.items() if name != "messages"}):
                return status, {
                    "error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}
                }
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": self.says}}
        told = {"id": "c", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [choice]}
        return 200, told | ({"usage": self.usage} if self.usage else {})


@contextlib.contextmanager
def local(**settings: Any) -> Iterator[Local]:
    """Up as long as the block lasts."""
    known = Local(**settings)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            known.bodies.append(body)
            known.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, told = known.answer(body)
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        known.url = f"http://127.0.0.1:{server.server_port}/v1"
        yield known
        server.shutdown()
