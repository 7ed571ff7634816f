"""One worker in a folder, and one of a name in a store: two would read one spool, or tell the same numbers twice."""

import asyncio
import contextlib
import dataclasses
import fcntl
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from app.evals.store import Holder, Store
from app.evals.worker.said import told

HELD, BEAT = 45.0, 10.0
"""Seconds that a name is held without a sign of life, and between two of those."""
_LOOK = 1.0
_said = logging.getLogger("llm.evals")


class Taken(Exception):  # noqa: N818  # it says what is so
    """Another worker has this folder, or this name."""


@contextlib.contextmanager
def folder_alone(folder: Path) -> Iterator[None]:
    """Two workers in one folder would read one spool, and tell the same numbers twice. Raises Taken."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "worker.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise Taken(
                f"a worker has {folder} already (process {file.read().strip() or 'unknown'}): stop it first, "
                "or give this one another EVALS_FOLDER and EVALS_WORKER; for more speed use --processes"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def place_of(folder: Path) -> str:
    """What tells this folder from all others: drawn once, and kept in it. Only for who has locked it. Raises OSError."""
    path = folder / "place"
    with contextlib.suppress(FileNotFoundError):
        if found := path.read_text(encoding="utf-8").strip():
            return found
    path.write_text(f"{uuid.uuid4().hex}\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


class Name:
    """The name of a worker, held in the store as long as this process lives; who is started again in its folder has it at once."""

    def __init__(self, store: Store, name: str, place: str, clock: Callable[[], float] = time.time) -> None:
        self._store, self._name, self._clock = store, name, clock
        self.lost = ""
        self._holder = Holder(place, uuid.uuid4().hex, socket.gethostname(), 0.0)

    async def take(self, stop: asyncio.Event) -> None:
        """Have the name, unless `stop` is set first: at once, or when the lease of a holder that is dead is over. Raises Taken where it is alive, StoreError.

        Whether it is alive is seen from its signs of life, so that no clock of another machine matters.
        """
        first, began = await asyncio.to_thread(self._asked, self._clock()), time.monotonic()
        if first is None:
            return
        _said.warning("the name %r is a worker's on %s; waiting to see whether that one lives", self._name, first.host)
        while not stop.is_set():
            over = time.monotonic() - began > HELD
            other = await asyncio.to_thread(self._asked, first.until if over else self._clock())
            if other is None:
                return
            if other != first:
                raise Taken(_doubled(self._name, f"on {other.host} is alive under this name"))
            await asyncio.sleep(_LOOK)

    def keep(self) -> bool:
        """A sign of life; False where another has the name meanwhile. Raises StoreError: then nobody else can take it either."""
        return self._store.keep_name(self._name, dataclasses.replace(self._holder, until=self._clock() + HELD))

    def leave(self) -> None:
        """Let another have it at once."""
        self._store.leave_name(self._name, self._holder)

    def run(self, ended: threading.Event, stop: Callable[[], None]) -> None:
        """Signs of life until `ended`; `stop` is called where another has taken the name, and `lost` says so."""
        while not ended.wait(BEAT):
            try:
                mine = self.keep()
            except Exception as error:  # noqa: BLE001  # a driver's own; there is another beat
                _said.debug("no sign of life: %s", told(error))
                continue
            if not mine:
                self.lost = _doubled(self._name, "has taken this one's name")
                stop()
                return

    def _asked(self, now: float) -> Holder | None:
        return self._store.take_name(self._name, dataclasses.replace(self._holder, until=self._clock() + HELD), now)


def _doubled(name: str, how: str) -> str:
    return (
        f"another worker {how}, {name!r}: two of one name would count everything twice; "
        "set EVALS_WORKER to a name of its own for each worker of a store"
    )
