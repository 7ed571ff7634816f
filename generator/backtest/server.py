"""Ask a Prometheus: reads only, with time-outs, retries, and an answer to every way in which that can fail."""

import base64
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_RETRIED = frozenset({429, 500, 502, 503, 504})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ServerProblem(Exception):  # noqa: N818  # what the person reads
    """The server cannot be used as asked; the message says what was found and what to do."""


class TooMuch(Exception):  # noqa: N818  # a smaller question will do
    """The server refuses, or does not finish, a question of this size; the message is its reason."""


@dataclass(frozen=True)
class Server:
    """One Prometheus, by its base URL; `timeout` and the `waits` between retries in seconds, `authorization` the header or nothing."""

    url: str
    timeout: float = 60.0
    authorization: str = ""
    waits: tuple[float, ...] = (0.5, 2.0)

    @property
    def shown(self) -> str:
        """The URL as it may be printed: without user and password."""
        parts = urllib.parse.urlsplit(self.url)
        return urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))

    def probe(self) -> None:
        """Ask the smallest question. Raises ServerProblem."""
        try:
            self.ask("query", {"query": "1"})
        except TooMuch as reason:
            raise ServerProblem(
                f"{self.shown} does not answer the query `1`: {reason}.\nTry again when it is less busy."
            ) from None

    def ask(self, what: str, words: Mapping[str, str | int]) -> Any:
        """`data` of the answer to GET /api/v1/<what>. Raises ServerProblem, or TooMuch where less may work."""
        reason = ""
        for wait in (*self.waits, None):
            try:
                return self._once(f"{self._base}/api/v1/{what}?{urllib.parse.urlencode(words)}")
            except urllib.error.HTTPError as error:
                code, reason = error.code, self._refusal(error)
                if wait is None:
                    raise self._gave_up(code, reason) from None
            except TimeoutError:
                raise TooMuch(f"no answer within {self.timeout:.0f} s") from None
            except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
                cause = getattr(error, "reason", error)
                if isinstance(cause, TimeoutError):
                    raise TooMuch(f"no answer within {self.timeout:.0f} s") from None
                reason = str(getattr(cause, "strerror", None) or cause or type(cause).__name__)
            if wait is not None:
                time.sleep(wait)
        raise ServerProblem(
            f"{self.shown} cannot be reached: {reason}.\nIs Prometheus running there, and is the port right? "
            f"Try: curl '{self._base}/-/ready'"
        )

    def _gave_up(self, code: int, reason: str) -> Exception:
        if code in {503, 504}:
            return TooMuch(reason)
        advice = (
            "Ask more slowly: --pause 1."
            if code == 429
            else "Look at the log of the server, or of the proxy before it."
        )
        return ServerProblem(f"{self.shown} fails: {reason}, {len(self.waits) + 1} times in a row.\n{advice}")

    @property
    def _base(self) -> str:
        return self.shown.rstrip("/")

    def _once(self, url: str) -> Any:
        request = urllib.request.Request(url, headers={"Accept": "application/json"})
        parts = urllib.parse.urlsplit(self.url)
        header = self.authorization
        if parts.username and not header:
            pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
            header = f"Basic {base64.b64encode(pair.encode()).decode()}"
        if header:
            # Not sent along when the server redirects: another host has no business with it.
            request.add_unredirected_header("Authorization", header)
        handlers = [urllib.request.ProxyHandler({})] if parts.hostname in _LOOPBACK else []
        with urllib.request.build_opener(*handlers).open(request, timeout=self.timeout) as response:
            body = response.read()
        return self._data(body)

    def _data(self, body: bytes) -> Any:
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if not isinstance(answer, Mapping) or "data" not in answer:
            begins = body[:40].decode("utf-8", "replace").strip()
            raise ServerProblem(
                f"{self.shown} is not a Prometheus: its answer begins with {begins!r}, not with JSON of the query API.\n"
                "Name the base URL under which /api/v1/query answers, for example http://localhost:9090, "
                "or https://host/prometheus where it has a prefix."
            )
        return answer["data"]

    def _refusal(self, error: urllib.error.HTTPError) -> str:
        """The reason, where asking again may help. Raises ServerProblem or TooMuch where it will not."""
        code = error.code
        try:
            answer = json.loads(error.read())
            said = str(answer.get("error", "")) if isinstance(answer, Mapping) else ""
        except (ValueError, OSError):
            said = ""
        text = f"HTTP {code}" + (f": {said[:300]}" if said else f" {error.reason}")
        if code in _RETRIED:
            return text
        if code == 422 or (code == 400 and "maximum resolution" in said):
            raise TooMuch(text)
        advice = {
            401: "Give credentials: --bearer-token-file FILE, or https://user:password@host in the URL.",
            403: "These credentials may not query: use ones that may read.",
            404: "Nothing answers under /api/v1 there: name the base URL, with its path prefix where it has one.",
        }.get(code, "Try the same URL in a browser; a proxy in between may have its own rules.")
        raise ServerProblem(f"{self.shown} refuses: {text}.\n{advice}")
