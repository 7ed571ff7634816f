"""What one worker of all should do at a time: whose turn it is stands in the store."""

import time
from collections.abc import Callable

from app.evals.store import JSON, Store

_SETTLE = 0.3


class Turn:
    """The right to do something, for `seconds` at a time; it stays with a worker that keeps asking, and goes to another once that is gone.

    Who finds no valid note writes one, waits a moment, and has the turn if it still finds its own. That is no lock: two may have it
    for a moment, when one was asleep between its look and its note. It is for what does no harm when it is done twice.
    """

    def __init__(
        self, store: Store, key: str, worker: str, seconds: float, *, clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._store, self._key, self._worker, self._seconds = store, f"turn/{key}", worker, seconds
        self._clock, self._sleep = clock, sleep

    def mine(self) -> bool:
        """Whether it is this worker's turn; raises what the store raises, and may wait a third of a second."""
        by, until = self._read()
        left = until - self._clock()
        if left > 0:
            if by == self._worker and left < self._seconds / 2:
                self._note(self._clock() + self._seconds)
            return by == self._worker
        self._note(self._clock() + self._seconds)
        self._sleep(_SETTLE)
        return self._read()[0] == self._worker

    def over(self) -> None:
        """Leave it to another."""
        if self._read()[0] == self._worker:
            self._note(0.0)

    def _read(self) -> tuple[str, float]:
        found = self._store.state(self._key)
        if isinstance(found, dict):
            by, until = found.get("by"), found.get("until")
            if isinstance(by, str) and isinstance(until, int | float):
                return by, float(until)
        return "", 0.0

    def _note(self, until: float) -> None:
        note: dict[str, JSON] = {"by": self._worker, "until": until}
        self._store.set_state(self._key, note)
