"""One judging process, within the test."""

import asyncio
import time
from collections.abc import Callable

from app.evals.settings import Settings
from app.evals.store import Store
from app.evals.worker.gate import Gate
from app.evals.worker.judging import Judging
from app.evals.worker.purse import Purse
from app.evals.worker.rate import Bucket
from app.evals.worker.run import Run
from app.telemetry import Telemetry

from tests.app.evals.worker.conftest import FakeJudge


class Worker:
    """One judging process, in this one."""

    def __init__(
        self, store: Store, judge: FakeJudge, settings: Settings, kit: Telemetry, *, lease: float = 30.0, grace: float = 2.0
    ) -> None:  # fmt: skip
        self.said: list[str] = []
        self.store, self.gate = store, Gate(self.said.append, draw=lambda: 0.02, wrong_pause=0.3)
        self.purse = Purse(store, judge, settings.judge, "w", self.said.append, self.said.append)
        self.judging = Judging(
            store, judge, settings.dimensions, self.purse, self.gate, Bucket(settings.judge.per_minute), kit, "w"
        )
        self.run = Run(
            store, self.judging, self.gate, worker="w", concurrency=settings.judge.concurrency, lease=lease, grace=grace
        )

    async def until(self, done: Callable[[], bool], seconds: float = 10.0) -> None:
        """Work until something is so; fails where it is not in time."""
        stop = asyncio.Event()
        task = asyncio.create_task(self.run.run(stop))
        end = time.monotonic() + seconds
        while not (reached := done()) and time.monotonic() < end and not task.done():  # noqa: ASYNC110  # nothing sets an event
            await asyncio.sleep(0.01)
        stop.set()
        await task
        assert reached, "not in time"

    def drained(self) -> bool:
        """Nothing waits and nothing runs."""
        depth = self.store.depth()
        return not depth.waiting and not depth.running


async def worker_again(store: Store, judge: FakeJudge, settings: Settings, kit: Telemetry) -> None:
    """Another process does what is left."""
    worker = Worker(store, judge, settings, kit)
    await worker.until(worker.drained)
