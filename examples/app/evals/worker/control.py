"""Answers whose verdict is known, judged again every so often, by one of all workers: a judge may change without notice."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

from app.evals.judge import Judge
from app.evals.settings import Dimension, Settings
from app.evals.store import Store
from app.evals.worker.rate import Bucket
from app.evals.worker.said import told
from app.evals.worker.turn import Turn

ATTEMPTS = "control-attempts"
"""The store's note of attempts since the last that came to its end, and of when there may be another."""
LONGEST = 6 * 3600.0
"""Seconds between two attempts, at most; the first is repeated after a minute, and each pause is twice the one before."""
_LOOK, _TURN = 60.0, 1800.0
_said = logging.getLogger("llm.evals")


class Control:
    """Judges the control set again in each dimension when `control_seconds` have passed since any worker did.

    After a failure it goes on where that was: dimensions that are finished are not paid for again.
    """

    def __init__(
        self, store: Store, judge: Judge, settings: Settings, worker: str, clock: Callable[[], float] = time.time,
        bucket: Bucket | None = None,
    ) -> None:  # fmt: skip
        self._store, self._judge, self._settings, self._worker, self._clock = store, judge, settings, worker, clock
        self._bucket = bucket
        self._turn = Turn(store, "control", worker, _TURN, clock=clock)

    async def run(self) -> None:
        """Until cancelled."""
        if not self._settings.control_seconds:
            return
        await asyncio.sleep(random.uniform(0, 5))  # noqa: S311  # workers that start together do not race
        trouble = ""
        while True:
            try:
                await self.once()
                trouble = ""
            except Exception as error:  # noqa: BLE001  # the judge or the store is down, or the money spent: there is another attempt
                # A budget that is spent stays so for hours.
                if (now := told(error)) != trouble:
                    _said.warning(
                        "the control set was not judged (%s); attempts go on, with pauses from %d s to %d h",
                        now, _LOOK, LONGEST / 3600,
                    )  # fmt: skip
                trouble = now
            await asyncio.sleep(_LOOK)

    async def once(self) -> bool:
        """Judge it where it is time, and this worker's turn; whether it was. Raises what judge and store raise."""
        if not await asyncio.to_thread(self._due) or not await asyncio.to_thread(self._turn.mine):
            return False
        from app.evals.calibration.control import rejudge

        # Another worker may have been at it until a moment ago.
        due = await asyncio.to_thread(self._due)
        if due:
            await asyncio.to_thread(self._begun)
        for dimension in due:
            # A slow judge takes longer than a turn.
            await asyncio.to_thread(self._turn.mine)
            await rejudge(
                self._store, self._judge, self._settings, self._clock(), worker=self._worker, dimensions=[dimension],
                bucket=self._bucket,
            )  # fmt: skip
        if due:
            await asyncio.to_thread(self._store.set_state, ATTEMPTS, None)
        await asyncio.to_thread(self._turn.over)
        return bool(due)

    def _due(self) -> list[Dimension]:
        """Those that were judged too long ago, the oldest first; none while the next attempt has to wait."""
        now = self._clock()
        # One that is further away than any was noted by a clock that was wrong.
        if 0 < self._number(ATTEMPTS, "until") - now <= LONGEST:
            return []
        at = {one.name: self._number(f"control/{one.name}", "at") for one in self._settings.dimensions}
        due = [one for one in self._settings.dimensions if now - at[one.name] >= self._settings.control_seconds]
        return sorted(due, key=lambda one: at[one.name])

    def _begun(self) -> None:
        """Noted before anything is paid for: a worker that is killed at it again and again has failed as often."""
        failed = self._number(ATTEMPTS, "failed")
        pause = min(LONGEST, _LOOK * 2.0 ** min(failed, 20))
        self._store.set_state(ATTEMPTS, {"failed": failed + 1, "until": self._clock() + pause})

    def _number(self, key: str, name: str) -> float:
        found: Any = self._store.state(key)
        value = found.get(name) if isinstance(found, Mapping) else None
        return float(value) if isinstance(value, int | float) else 0.0
