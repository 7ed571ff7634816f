"""Answers whose verdict is known, judged again every so often, by one of all workers: a judge may change without notice."""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from app.evals.judge import Judge
from app.evals.settings import Settings
from app.evals.store import Store
from app.evals.worker.said import told
from app.evals.worker.turn import Turn

DONE = "controlled"
"""The store's note of when the set was judged last."""
_LOOK, _TURN = 60.0, 1800.0
_said = logging.getLogger("llm.evals")


class Control:
    """Judges the control set again when `control_seconds` have passed since any worker did."""

    def __init__(
        self, store: Store, judge: Judge, settings: Settings, worker: str, clock: Callable[[], float] = time.time
    ) -> None:  # fmt: skip
        self._store, self._judge, self._settings, self._worker, self._clock = store, judge, settings, worker, clock
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
                    _said.warning("the control set was not judged (%s); attempts go on, one a minute", now)
                trouble = now
            await asyncio.sleep(_LOOK)

    async def once(self) -> bool:
        """Judge it if it is time, and this worker's turn; whether it was. Raises what judge and store raise."""
        if not await asyncio.to_thread(self._due) or not await asyncio.to_thread(self._turn.mine):
            return False
        from app.evals.calibration.control import rejudge

        await rejudge(self._store, self._judge, self._settings, worker=self._worker)
        await asyncio.to_thread(self._store.set_state, DONE, self._clock())
        await asyncio.to_thread(self._turn.over)
        return True

    def _due(self) -> bool:
        done = self._store.state(DONE)
        return not isinstance(done, int | float) or self._clock() - done >= self._settings.control_seconds
