"""From the spool of this machine into the store: one thread, which gives nothing up before the store has it."""

import logging
import threading
import time
from collections.abc import Callable

from app.evals.item import Item
from app.evals.spool_reader import SpoolReader
from app.evals.store import Store
from app.evals.worker.said import told

AT_ONCE = 500
_IDLE, _LONGEST, _SECOND, _MINUTE = 0.2, 10.0, 1.0, 60.0
_said = logging.getLogger("llm.evals")


class Shipper:
    """Reads lines, puts their items into the store, then lets go of the lines.

    Killed in between, it reads the same lines again, and the store knows them. While the store is down nothing is read:
    the spool keeps what comes, and once a minute a warning says so. `shipped` counts items.
    """

    def __init__(
        self, reader: SpoolReader, store: Store, worker: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._reader, self._store, self._worker, self._clock = reader, store, worker, clock
        self._warned, self._down_since = float("-inf"), 0.0
        self._asked, self._lost = float("-inf"), 0
        self.shipped = 0

    def once(self) -> int:
        """One batch; how many lines it had. Raises what the store raises: then the lines stay where they are."""
        batch = self._reader.read(AT_ONCE)
        items, strange = [], 0
        for line in batch.lines:
            try:
                items.append(Item.loaded(line))
            except ValueError:
                strange += 1
        if items:
            self._store.put(items, worker=self._worker)
        batch.commit()
        if strange:
            _said.warning(
                "%d line(s) of the spool hold no answer to judge: is the application of another version?", strange
            )
        # Half a line, which a kill in the middle of a write leaves, is none that was promised to be judged.
        self._lost += strange
        self.shipped += len(items)
        self._count()
        return len(batch.lines)

    def _count(self) -> None:
        """What the spool had no room for, once a second; kept until the store has counted it."""
        if self._clock() - self._asked >= _SECOND:
            self._asked = self._clock()
            self._lost += self._reader.dropped()
        if self._lost:
            self._store.count_dropped(self._worker, "spool", self._lost)
            self._lost = 0

    def run(self, stop: threading.Event) -> None:
        """Ship until told to stop."""
        failures = 0
        while not stop.is_set():
            try:
                found = self.once()
            except Exception as error:  # noqa: BLE001  # the thread must go on, whatever it is
                failures += 1
                self._warn(error)
                stop.wait(min(_LONGEST, 0.25 * 2.0 ** min(failures, 10)))
                continue
            if failures:
                failures, self._warned = 0, float("-inf")
                _said.info("the store is there again after %.0f s", self._clock() - self._down_since)
            if found < AT_ONCE:
                stop.wait(_IDLE)

    def _warn(self, error: Exception) -> None:
        if self._warned == float("-inf"):
            self._down_since = self._clock()
        if self._clock() - self._warned >= _MINUTE:
            self._warned = self._clock()
            _said.warning(
                "the store does not take what is to be judged (%s); the spool keeps it meanwhile", told(error)
            )
