"""What a worker tells over HTTP: its metrics, whether it is well, and the newest answers that failed."""

import json
import math
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from app.evals.store import Row, Store, StoreError

MOST = 200
_OWN = frozenset({"127.0.0.1", "localhost", "::1"})
_JSON = "application/json"
Answer = tuple[int, str, bytes]


class Http:
    """Serves `GET /metrics`, `/healthz`, `/readyz` and `/failures?limit=20` from threads. Raises OSError for a port that is taken.

    `/failures` may be read by pages of `origins` only, and under a name of this machine or of theirs: a page whose own name was made to
    lead here (DNS rebinding) is refused. It shows (redacted) texts of the judge about answers, no answers, of the last `keep_seconds`.
    `withheld` is why nothing is judged, where that is so.
    """

    def __init__(
        self, host: str, port: int, registry: CollectorRegistry, store: Store, ready: Callable[[], bool], origins: Sequence[str],
        withheld: str = "", keep_seconds: float = math.inf,
    ) -> None:  # fmt: skip
        self._judging = {"not_judging": withheld} if withheld else {}
        self._registry, self._store, self._ready, self._origins = registry, store, ready, frozenset(origins)
        self._keep = keep_seconds
        self._hosts = _OWN | {name for one in origins if (name := urllib.parse.urlsplit(one).hostname)}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                status, kind, body = outer.answer(path, query, self.headers)
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.send_header("cache-control", "no-store")
                if (origin := self.headers.get("origin", "")) in outer._origins:  # it is this class's own
                    self.send_header("access-control-allow-origin", origin)
                    self.send_header("vary", "origin")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                pass

        try:
            self._server = ThreadingHTTPServer((host, port), Handler)
        except OSError as error:
            raise OSError(f"cannot listen on {host}:{port} ({error.strerror}): set EVALS_HOST or EVALS_PORT") from None
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        """Where it listens, which for port 0 the system chose."""
        return self._server.server_port

    def start(self) -> None:
        """Serve from now on."""
        threading.Thread(target=self._server.serve_forever, args=(0.2,), name="http", daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, query: str, headers: Message) -> Answer:
        """Status, content type and body."""
        if path == "/metrics":
            encode, kind = choose_encoder(headers.get("accept", ""))
            return 200, kind, encode(self._registry)
        if path == "/healthz":
            return _json(200, {"status": "alive", **self._judging})
        if path == "/readyz":
            ready = self._ready()
            return _json(
                200 if ready else 503, {"status": "ready" if ready else "waiting for the store", **self._judging}
            )
        if path == "/failures":
            if _name(headers.get("host", "")) not in self._hosts:
                return _json(403, {"error": "this name is neither this machine's nor one of EVALS_ORIGINS"})
            return self._failures(query)
        return _json(404, {"error": "there are /metrics, /healthz, /readyz and /failures"})

    def _failures(self, query: str) -> Answer:
        limit = urllib.parse.parse_qs(query).get("limit", ["20"])[-1]
        if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit[:9]) <= MOST:
            return _json(400, {"error": f"limit takes a number from 1 to {MOST}"})
        try:
            # Older ones may wait for the sweep, or have lost their words already.
            since = time.time() - self._keep
            rows = self._store.verdicts(since=since, label="fail", most=int(limit), newest_first=True)
        except StoreError as error:
            return _json(503, {"error": str(error)})
        return _json(200, [failure(row) for row in rows])


def _name(host: str) -> str | None:
    """Without its port; None for what is no name."""
    try:
        return urllib.parse.urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def failure(row: Row) -> dict[str, Any]:
    """What there is to know of an answer that failed; the trace and the log hold the rest."""
    item, verdict = row.item, row.verdict
    return {
        "call_id": item.call_id,
        "trace_id": item.trace_id,
        "at": row.at,
        "model": item.model,
        "endpoint": item.endpoint,
        "dimension": verdict.dimension,
        "score": verdict.score,
        "reason": verdict.reason,
        "quotes": list(verdict.quotes),
        "prompt_version": item.prompt_version,
    }


def _json(status: int, body: Any) -> Answer:
    return status, _JSON, json.dumps(body).encode()
