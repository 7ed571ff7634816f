"""One judging process of several: `python -m app.evals.worker.child`, started by the worker, and gone with it."""

import asyncio
import logging
import os
import sys

from app.evals.settings import Settings
from app.evals.worker.ending import ask, on_signals
from app.evals.worker.judges import judge_until
from app.evals.worker.opened import opened
from app.evals.worker.place import Place
from app.evals.worker.processes import orphaned
from app.evals.worker.said import speak
from app.telemetry import Telemetry
from app.telemetry.contract import Contract


async def run(place: Place, number: int, processes: int, concurrency: int) -> None:
    """Judge until the parent is gone or says so."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    on_signals(stop)

    def gone() -> None:
        loop.call_soon_threadsafe(ask, stop)

    orphaned(gone)
    contract = Contract.load(place.contract)
    settings = Settings.of(contract)
    kit = Telemetry(contract)
    store = await opened(place, settings)
    try:
        await judge_until(
            stop, store, settings, kit, place, number=number, processes=processes, concurrency=concurrency,
            environ=os.environ,
        )  # fmt: skip
    finally:
        kit.close(1.0)
        store.close()


def main() -> int:
    """What it is to do is in the environment: `EVALS_PROCESS`, and the words `processes concurrency`."""
    speak()
    processes, concurrency = map(int, sys.argv[1:3])
    try:
        asyncio.run(run(Place.of(), int(os.environ["EVALS_PROCESS"]), processes, concurrency))
    except (OSError, ValueError) as error:
        logging.getLogger("llm.evals").error("%s", error)  # noqa: TRY400  # people get a sentence
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
