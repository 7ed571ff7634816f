"""Sends spans by OTLP/HTTP behind the requests; whatever the receiver does, nobody waits for it and memory stays bounded."""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from opentelemetry.util.re import parse_env_headers

from . import otlp
from .behind import TURN, Dropped
from .post import Post
from .spans import Span

MOST, MANY, AT_ONCE = 8_192, 2_048, 256
_EVERY, _TIMEOUT, _LAST_TIMEOUT = 0.5, 5.0, 1.0
_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
_LATER = frozenset([429, 502, 503, 504])
"""Answers after which OTLP says to try again."""


class Exporter:
    """Takes spans and sends them to an address, with the headers of OpenTelemetry's variables."""

    def __init__(self, address: str, resource: Mapping[str, Any], dropped: Dropped) -> None:
        self._resource, self._dropped = resource, dropped
        told = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_HEADERS") or os.environ.get("OTEL_EXPORTER_OTLP_HEADERS", "")
        self._post = Post(address, {"content-type": "application/x-protobuf", **parse_env_headers(told, liberal=True)})
        self._waiting: deque[Span] = deque()
        self._under_way, self._talking = 0, False
        self._closing, self._wake = threading.Event(), threading.Event()
        self._asked: deque[threading.Event] = deque()
        self.start()

    def __call__(self, span: Span) -> None:
        """Take one; never waits, never raises."""
        if len(self._waiting) >= MOST or self._closing.is_set():
            self._dropped("span")
            return
        self._waiting.append(span)
        if len(self._waiting) > MANY and not self._talking:
            # The thread waits for a turn at the interpreter lock, and not for the receiver: see Behind.
            self._wake.set()
            time.sleep(TURN)

    def start(self) -> None:
        """Begin; again in a process that was forked off, where what waited is the parent's to send."""
        self._waiting.clear()
        self._under_way, self._talking = 0, False
        self._post.forget()
        self._thread = threading.Thread(target=self._run, name="spans", daemon=True)
        self._thread.start()

    def flush(self, seconds: float = 2.0) -> None:
        """Return once all that waits now is sent, or after so many seconds."""
        done = threading.Event()
        self._asked.append(done)
        self._wake.set()
        done.wait(seconds)

    def close(self, deadline: float) -> None:
        """Send what is waiting, as far as there is time until `deadline` (of `time.monotonic`)."""
        self._closing.set()
        self._wake.set()
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if left := len(self._waiting) + self._under_way:
            self._dropped("span", left)
            self._waiting.clear()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(_EVERY)
            self._wake.clear()
            # Who asks while this goes on is answered by the next turn.
            asked = [self._asked.popleft() for _number in range(len(self._asked))]
            try:
                self._send_all()
            except Exception as error:  # noqa: BLE001  # whatever it is, the next spans are not to blame
                self._dropped.mistake("span", error, self._under_way)
                self._under_way, self._talking = 0, False
            for done in asked:
                done.set()

    def _send_all(self) -> None:
        while self._waiting:
            spans = [self._waiting.popleft() for _number in range(min(AT_ONCE, len(self._waiting)))]
            self._under_way = len(spans)
            body = otlp.wrapped(self._resource, "telemetry-kit", self._written(spans))
            self._talking = True
            if self._under_way and not self._delivered(body):
                self._dropped("span", self._under_way)
            self._under_way, self._talking = 0, False

    def _written(self, spans: list[Span]) -> Iterator[bytes]:
        """One that cannot be written is no reason to lose those beside it."""
        for one in spans:
            try:
                yield otlp.span(one)
            except Exception as error:  # noqa: BLE001
                self._under_way -= 1
                self._dropped.mistake("span", error)

    def _delivered(self, body: bytes) -> bool:
        for pause in (*_PAUSES, 0.0):
            status = self._post(body, _LAST_TIMEOUT if self._closing.is_set() else _TIMEOUT)
            if status is not None and status not in _LATER:
                return 200 <= status < 300
            if not pause or self._closing.wait(pause):
                break
        return False
