"""Everything that one judging process needs, put together, and run until it is told to stop."""

import asyncio
import logging
import math
from collections.abc import Mapping

from app.evals.settings import Settings
from app.evals.store import Store, StoreError
from app.evals.worker.control import Control
from app.evals.worker.gate import Gate
from app.evals.worker.judging import Judging
from app.evals.worker.place import Place
from app.evals.worker.purse import Purse
from app.evals.worker.rate import Bucket
from app.evals.worker.run import Run
from app.telemetry import Telemetry

_said = logging.getLogger("llm.evals")


def share(whole: float, processes: int) -> int:
    """How much of a worker's concurrency each of its processes has: at least 1, and the rest of a division is rounded up."""
    return max(1, math.ceil(whole / processes))


async def judge_until(
    stop: asyncio.Event, store: Store, settings: Settings, kit: Telemetry, place: Place, *,
    number: int, processes: int, concurrency: int, environ: Mapping[str, str],
) -> None:  # fmt: skip
    """Judge until `stop`; process `number` of so many of this worker, the first of which speaks for all. Raises ValueError for a judge that cannot be made."""
    from app.evals.judge import judge_of

    # One for all that this process asks, the control set included.
    bucket = Bucket(settings.judge.per_minute / processes)
    judge = await asyncio.to_thread(judge_of, settings.judge, place.simulator, environ, pace=bucket.take)
    if number == 0:
        await asyncio.to_thread(_expire, store, settings, judge.name)
    speaks = _said.warning if number == 0 else _said.debug
    purse = Purse(store, judge, settings.judge, place.worker, _said.warning, speaks)
    gate = Gate(speaks)
    judging = Judging(store, judge, settings.dimensions, purse, gate, bucket, kit, place.worker)
    run = Run(
        store, judging, gate, worker=place.worker, concurrency=share(concurrency, processes), lease=place.lease
    )  # fmt: skip
    control = Control(store, judge, settings, place.worker, bucket=bucket) if number == 0 else None
    controlling = asyncio.create_task(control.run()) if control else None
    try:
        await run.run(stop)
    finally:
        if controlling:
            controlling.cancel()
            await asyncio.wait([controlling], timeout=0.5)
        await asyncio.wait_for(judge.close(), 1.0)


def _expire(store: Store, settings: Settings, judge: str) -> None:
    """What people said of another judge, or by another rubric, is not trusted any more."""
    from app.evals.calibration.calibrate import expire

    try:
        stale = expire(store, settings, judge)
    except StoreError as error:
        _said.warning("%s; calibrations were not checked", error)
        return
    if stale:
        _said.warning("judge or rubric have changed: %s no longer calibrated", ", ".join(stale))
