"""The loop of one process: claims what waits, keeps so many judgements going, keeps their leases alive, and ends in time."""

import asyncio
import contextlib
import logging
import time

from app.evals.store import Claim, Store, StoreError
from app.evals.worker.gate import Gate
from app.evals.worker.judging import Judging, Stopped
from app.evals.worker.said import told

GRACE = 2.0
"""Seconds that a call of the judge gets to end once the worker is told to stop: it is paid for."""
_IDLE, _LONGEST, _MINUTE = 0.25, 5.0, 60.0
_said = logging.getLogger("llm.evals")


class Run:
    """Judges until told to stop, `concurrency` answers at a time; `lease` is in seconds."""

    def __init__(
        self, store: Store, judging: Judging, gate: Gate, *, worker: str, concurrency: int, lease: float, grace: float = GRACE
    ) -> None:  # fmt: skip
        self._store, self._judging, self._gate = store, judging, gate
        self._worker, self._concurrency, self._lease, self._grace = worker, concurrency, lease, grace
        self._slots = asyncio.Semaphore(concurrency)
        self._held: dict[asyncio.Task[None], Claim] = {}
        self._extended: dict[asyncio.Task[None], float] = {}
        self._ended = asyncio.Event()
        self._failures, self._warned = 0, float("-inf")

    async def run(self, stop: asyncio.Event) -> None:
        """Claim and judge until `stop` is set; then finish what is at the judge, and give the rest back."""
        beating = asyncio.create_task(self._beat())
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._ended.clear()
                pause = await self._claim()
                ended = asyncio.create_task(self._ended.wait())
                # With room left and nothing waiting, the next look is after a pause; with no room, when one ends.
                await asyncio.wait({stopping, ended}, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                ended.cancel()
        finally:
            stopping.cancel()
            await self._end()
            beating.cancel()

    async def _claim(self) -> float:
        """Claim as many as there is room for; seconds until the next look."""
        room = self._room()
        if not room:
            return _IDLE
        try:
            claims = await asyncio.to_thread(self._store.claim, self._worker, room, self._lease)
        except StoreError as error:
            self._failures += 1
            if time.monotonic() - self._warned >= _MINUTE:
                self._warned = time.monotonic()
                _said.warning("%s; judging goes on when it answers", error)
            return min(_LONGEST, _IDLE * 2.0 ** min(self._failures, 10))
        if self._failures:
            self._failures, self._warned = 0, float("-inf")
            _said.info("the store answers again")
        for claim in claims:
            task = asyncio.create_task(self._through(claim))
            self._held[task], self._extended[task] = claim, time.monotonic()
            task.add_done_callback(self._done)
        return 0.0 if len(claims) == room else _IDLE

    def _room(self) -> int:
        held = len(self._held)
        if self._gate.down:
            return int(self._gate.probing and not held)
        # Some more than are judged at a time, so that no slot waits for the store; few, so that other processes have some, too.
        return 2 * self._concurrency - held if self._gate.open and held <= self._concurrency else 0

    async def _through(self, claim: Claim) -> None:
        async with self._slots:
            await self._judging.claimed(claim)

    def _done(self, task: asyncio.Task[None]) -> None:
        if self._judging.stopping and (task.cancelled() or task.exception()):
            return  # it is given back at the end
        if not task.cancelled() and (error := task.exception()):
            _said.error("judging failed (%s); the answer is claimed again when its lease is over", told(error))
        self._forget(task)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._held.pop(task, None)
        self._extended.pop(task, None)
        self._ended.set()

    async def _beat(self) -> None:
        """Extend the leases that are more than half over; what another worker has got meanwhile is let go of."""
        while True:
            await asyncio.sleep(self._lease / 6)
            for task, claim in list(self._held.items()):
                if task.done() or time.monotonic() - self._extended.get(task, 0.0) < self._lease / 2:
                    continue
                with contextlib.suppress(Exception):  # the store is down: there is another beat before the lease ends
                    if await asyncio.to_thread(self._store.extend, claim, self._lease):
                        self._extended[task] = time.monotonic()
                    elif not task.done():
                        self._forget(task)
                        task.cancel()

    async def _end(self) -> None:
        self._judging.stopping = True
        calling = [task for task in self._held if task in self._judging.calling]
        for task in list(self._held):
            if task not in calling:
                task.cancel()
        if calling:
            await asyncio.wait(calling, timeout=self._grace)
        left = list(self._held.items())
        for task, _claim in left:
            task.cancel()
        if left:
            await asyncio.wait([task for task, _claim in left], timeout=0.5)
        for task, claim in left:
            # Not one that ended just now; giving it back would be refused anyway.
            if task.cancelled() or (task.done() and isinstance(task.exception(), Stopped)) or not task.done():
                with contextlib.suppress(StoreError):  # its lease ends by itself
                    await asyncio.to_thread(self._store.give_back, claim)
        if left:
            _said.info("gave %d answer(s) back", len(left))
