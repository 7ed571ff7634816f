"""A simulator of its own, served for real, and the SDKs' own clients of it."""

import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import anthropic
import openai
import pytest
import uvicorn
from app.simulator.behaviour import Behaviour
from app.simulator.server import create

PASSAGES = (
    "[1] Baseline: A baseline is a median. It stays behind. It is held. It ends.\n\nQuestion: What is a baseline?"
)
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}}


def kinds(events: list[Any]) -> list[str]:
    """The types of events in their order, deltas once."""
    return [event.type for number, event in enumerate(events) if number == 0 or event.type != events[number - 1].type]


@dataclass
class Simulator:
    """Where it is, and how to steer it."""

    url: str
    clients: dict[Any, Any] = field(default_factory=dict)

    def steer(self, path: str, settings: dict[str, Any] | None = None, method: str | None = None) -> Any:
        """GET, or POST where there are settings; the answer's body."""
        data = None if settings is None else json.dumps(settings).encode()
        asked = urllib.request.Request(self.url + path, data, {"content-type": "application/json"}, method=method)
        with urllib.request.urlopen(asked, timeout=10) as response:
            return json.load(response)

    def chaos(self, **settings: Any) -> None:
        """Misbehave."""
        self.steer("/chaos", settings)

    def ledger(self, calls: int = 0) -> Any:
        """What it counted, once no call is under way."""
        deadline = time.monotonic() + 5
        while (told := self.steer(f"/ledger?calls={calls}"))["under_way"] and time.monotonic() < deadline:
            time.sleep(0.02)
        return told

    def openai(self, kind: Any = openai.OpenAI, **options: Any) -> Any:
        """A client that does not retry."""
        return self._client(kind, {"base_url": f"{self.url}/v1", **options})

    def anthropic(self, kind: Any = anthropic.Anthropic, **options: Any) -> Any:
        """A client that does not retry."""
        return self._client(kind, {"base_url": self.url, "open_telemetry": False, **options})

    def _client(self, kind: Any, options: dict[str, Any]) -> Any:
        """Asynchronous ones belong to a loop; the others are kept: reading the system's certificates takes long."""
        made = {"api_key": "sk-of-a-test-0123456789", "max_retries": 0, "timeout": 5, **options}
        if kind in {openai.AsyncOpenAI, anthropic.AsyncAnthropic}:
            return kind(**made)
        key = (kind, *made.items())
        if key not in self.clients:
            self.clients[key] = kind(**made)
        return self.clients[key]


@pytest.fixture(scope="session")
def served() -> Iterator[Simulator]:
    """Up once for all tests, fast, and without flaws of its own."""
    application = create(Behaviour(1, pace=0.02, flawless=True), hang=30)
    # asyncio turns Nagle's delay of 40 ms off only where a socket says that it is TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield Simulator(f"http://127.0.0.1:{listener.getsockname()[1]}")
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def simulator(served: Simulator) -> Simulator:
    """It behaves, and has counted nothing."""
    for path in ("/chaos", "/latency", "/ledger"):
        served.steer(path, method="DELETE")
    return served
