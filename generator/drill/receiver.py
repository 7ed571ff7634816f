"""Where Alertmanager's notifications arrive during a drill: a web server on loopback that keeps each as it came."""

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

SLACK, WEBHOOK = "/slack", "/webhook"
_LARGEST = 1_000_000


@dataclass(frozen=True)
class Notification:
    """One message; `at` is when it arrived (Unix seconds), `path` which of the two shapes it has."""

    at: float
    path: str
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """What a person reads: the title and the text of Slack's attachments, else of every alert its summary."""
        if self.path == SLACK:
            parts = self.body.get("attachments") or []
            return "\n".join(f"{part.get('title', '')}\n{part.get('text', '')}".strip() for part in parts)
        return "\n".join(str(alert.get("annotations", {}).get("summary", "")) for alert in self.alerts)

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """The alerts inside, for the web hook's shape."""
        listed = self.body.get("alerts")
        return [alert for alert in listed if isinstance(alert, dict)] if isinstance(listed, list) else []

    @property
    def resolved(self) -> bool:
        """Whether it says that everything in it is over."""
        if self.path == SLACK:
            return self.text.startswith("[RESOLVED")
        return self.body.get("status") == "resolved"


class Receiver:
    """Listens while the `with` block runs; `slack` and `webhook` are the addresses."""

    def __init__(self) -> None:
        self._heard: list[Notification] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        address = f"http://127.0.0.1:{self._server.server_port}"
        self.slack, self.webhook = address + SLACK, address + WEBHOOK

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def heard(self, since: float = 0.0) -> list[Notification]:
        """What arrived from a moment on, in order."""
        with self._lock:
            return [one for one in self._heard if one.at >= since]

    def _keep(self, path: str, raw: bytes) -> bool:
        try:
            body = json.loads(raw)
        except ValueError:
            return False
        if path not in (SLACK, WEBHOOK) or not isinstance(body, dict):
            return False
        with self._lock:
            self._heard.append(Notification(time.time(), path, body))
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        keep = self._keep

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                taken = 0 < length <= _LARGEST and keep(self.path, self.rfile.read(length))
                answer = b"ok" if taken else b"not a notification"
                self.send_response(200 if taken else 400)
                self.send_header("content-type", "text/plain")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
                """Nobody reads an access log of a drill."""

        return Handler
