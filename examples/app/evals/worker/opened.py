"""The store, as soon as it can be had."""

import asyncio
import logging
import time

from app.evals.settings import Settings
from app.evals.store import Store, StoreError, open_store
from app.evals.worker.place import Place

_said = logging.getLogger("llm.evals")


async def opened(place: Place, settings: Settings) -> Store:
    """The store; a server that is not there yet is waited for. Raises StoreError for a file that cannot be had, or a URL that is none."""
    pause, said = 0.5, float("-inf")
    while True:
        try:
            return await asyncio.to_thread(open_store, place.store, max_waiting=settings.max_waiting)
        except StoreError as error:
            if not place.remote:
                raise
            if time.monotonic() - said >= 60:
                said = time.monotonic()
                _said.warning("%s; waiting for it", error)
        await asyncio.sleep(pause)
        pause = min(10.0, pause * 2)
