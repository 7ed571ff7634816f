"""The day that `make traffic` drives."""

import itertools
import json
import os
import random
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from app.traffic.day import level, visits


def test_a_day_has_a_night_and_a_noon() -> None:
    """Quiet at three, busy before noon, never silent."""
    assert level(3) < 0.2
    assert level(11) > 0.8
    assert all(0 < level(hour / 4) <= 1 for hour in range(96))


def test_the_same_seed_gives_the_same_day() -> None:
    """Demonstrations and tests can be repeated."""
    first, second = (
        list(itertools.islice(visits(3, 1, ["chat", "search"], random.Random(7)), 50)) for _run in range(2)
    )
    assert first == second


def test_speed_moves_the_clock_and_not_the_rate() -> None:
    """At a thousand times the speed, a minute of questions spans more than half a day; at noon there are as many."""
    day = list(itertools.islice(visits(3, 1000, ["chat"], random.Random(1)), 3000))
    assert len({visit.conversation_id.split("-")[2] for visit in day}) > 12
    assert sum(visit.after for visit in day[:30]) / 30 < 1


class _RealApp(BaseHTTPRequestHandler):
    """The reference app, as it says that it asks a real provider."""

    def do_GET(self) -> None:
        """Ready."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"status": "ready", "provider": "real"}).encode())

    def log_message(self, *_words: object) -> None:
        """Nothing."""


def test_it_asks_nothing_that_costs_money_and_that_is_no_failure(repository: Path) -> None:
    """Exit code 0, so that neither engine takes it for a part of the stack that broke."""
    with HTTPServer(("127.0.0.1", 0), _RealApp) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(
            [sys.executable, "-m", "app.traffic", "--target", f"http://127.0.0.1:{server.server_port}"],
            cwd=repository, env={**os.environ, "PYTHONPATH": str(repository / "examples")},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert "traffic: not needed, questions cost money with a real provider's key" in done.stderr
