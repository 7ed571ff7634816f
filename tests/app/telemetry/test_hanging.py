"""Everything behind a call hangs: the journal's disk, the store of full texts, the receiver of spans. No call waits for any of them."""

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from app.telemetry import Telemetry
from app.telemetry.contract import Contract

CALLS = 3_000
FIRST = "ab" * 16


def ask(telemetry: Telemetry, **more: str) -> None:
    """A call."""
    known = {"endpoint": "chat", "model": "gpt-4o-mini", "provider": "openai", "question": "q"}
    with telemetry.call(**known, user_id="u-17", conversation_id="c-3", **more) as call:
        call.answered("fine", {"input": 1, "output": 1})


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds for which this thread was put to sleep."""
    sleep, caller, found = time.sleep, threading.get_ident(), list[float]()

    def counted(seconds: float) -> None:
        if threading.get_ident() == caller:
            found.append(seconds)
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", counted)
    return found


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Path]:
    """A pipe that nobody reads: it takes 64 kB, and then whoever writes waits."""
    path = tmp_path / "log"
    os.mkfifo(path)
    yield path
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while os.read(reader, 1 << 20):
            pass
    os.close(reader)


@pytest.fixture
def blobs(tmp_path: Path) -> Iterator[Path]:
    """A folder where the text of the first call is a pipe that nobody reads: whoever opens it waits."""
    part = tmp_path / "blobs" / FIRST[:2] / f"{FIRST}.json.{os.getpid()}.part"
    part.parent.mkdir(parents=True)
    os.mkfifo(part)
    yield tmp_path / "blobs"
    os.close(os.open(part, os.O_RDONLY | os.O_NONBLOCK))


@pytest.fixture
def receiver() -> Iterator[tuple[str, threading.Event]]:
    """Takes a connection, and neither reads nor answers."""
    taken = threading.Event()
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    kept.append(server.accept()[0])
                    taken.set()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", taken
        for connection in kept:
            connection.close()


def test_all_calls_end_while_all_that_is_behind_them_hangs(
    contract: Contract, journal: Path, blobs: Path, receiver: tuple[str, threading.Event], slept: list[float]
) -> None:
    """By then nobody has taken anything. A call sleeps for less than a millisecond altogether, so that threads get a turn; the rest is counted."""
    url, taken = receiver
    telemetry = Telemetry(contract, log_file=journal, blobs=blobs, otlp=url)
    ask(telemetry, call_id=FIRST)
    assert taken.wait(20)
    longest = 0.0
    for _number in range(CALLS):
        slept.clear()
        ask(telemetry)
        longest = max(longest, sum(slept))
    assert longest < 0.001
    assert list(blobs.rglob("*.json")) == []
    telemetry.close(0.5)
    value = telemetry.metrics.registry.get_sample_value
    lost = {part: value("llm_telemetry_dropped_total", {"part": part}) or 0 for part in ("log", "span", "blob")}
    assert lost["span"] == CALLS + 1
    assert lost["log"] > CALLS
    assert lost["blob"] >= 1
    assert telemetry.failures == 0


def test_nothing_in_line_can_wait(contract: Contract, tmp_path: Path) -> None:
    """Of all that a call does in the thread of whoever makes it, nothing touches a file or a socket, or sleeps, or waits for an event."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log", blobs=tmp_path / "blobs", otlp="http://127.0.0.1:9")
    ask(telemetry)
    called: set[str] = set()

    def profile(_frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call":
            called.add(f"{function.__module__ or type(function.__self__).__name__}.{function.__name__}")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        for _number in range(20):
            with (
                telemetry.continued({"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}),
                telemetry.span("llm.ask", {"n": 4}),
            ):
                ask(telemetry)
                telemetry.headers()
        with contextlib.suppress(KeyError), telemetry.call(endpoint="chat", model="gpt-4o-mini"):
            raise KeyError("mine")
        telemetry.outcome(FIRST, thumbs="up")
        telemetry.evaluated(FIRST, "tone", "pass", explanation="fine")
    finally:
        sys.setprofile(before)
    telemetry.close()
    assert "time.time_ns" in called
    waits = {name for name in called if name.startswith(("posix.", "_socket.", "socket.", "select.", "_io.", "_ssl."))}
    assert waits <= {"posix.urandom"}
    assert not {name for name in called if name.endswith((".sleep", ".acquire", ".join"))}
