"""Even traffic at rates that a file says, model by model, and that may change while it runs: `{"gpt-4o-mini": 6.0}`."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

from app.traffic.day import QUESTIONS, Visit

_TICK = 0.02
_MOST_AT_A_STALL = 0.5
"""Seconds of calls that are made up for after this process was held up; more would be a burst of its own."""


class Control:
    """Calls a second by model, read again whenever the file changes; one that cannot be read changes nothing."""

    def __init__(self, path: Path) -> None:
        self._path, self._seen, self._rates = path, (0, 0), dict[str, float]()

    def rates(self) -> dict[str, float]:
        """As the file says now."""
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_ino)
            if seen != self._seen:
                listed = json.loads(self._path.read_text(encoding="utf-8"))
                self._rates = {str(model): max(0.0, float(rate)) for model, rate in listed.items()}
                self._seen = seen
        except (OSError, ValueError, TypeError, AttributeError):
            pass
        return self._rates


class Pacer:
    """Whole calls out of rates: evenly spaced, so that chance does not blur what a short window sees."""

    def __init__(self) -> None:
        self._owed: dict[str, float] = {}

    def due(self, rates: dict[str, float], seconds: float) -> list[str]:
        """Models to call now, `seconds` after the last time."""
        models = []
        for model, rate in rates.items():
            owed = self._owed.get(model, 0.0) + rate * min(seconds, _MOST_AT_A_STALL)
            models += [model] * int(owed)
            self._owed[model] = owed % 1
        return models


async def steadily(
    control: Control, endpoints: list[str], rng: random.Random, stop: asyncio.Event
) -> AsyncIterator[Visit]:
    """Visits as they are due, until stopped."""
    pacer, last = Pacer(), time.monotonic()
    while not stop.is_set():
        await asyncio.sleep(_TICK)
        now = time.monotonic()
        for model in pacer.due(control.rates(), now - last):
            user = f"user-{rng.randint(1, 40)}"
            endpoint = rng.choices(endpoints, [3, *([1] * (len(endpoints) - 1))])[0]
            yield Visit(0.0, rng.choice(QUESTIONS), endpoint, user, f"{user}-0", model)
        last = now
