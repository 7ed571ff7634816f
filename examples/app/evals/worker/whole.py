"""A worker as a whole: ships, judges (here or in processes below), writes lines, and serves its metrics."""

import asyncio
import contextlib
import logging
import os
import threading
from functools import partial

from prometheus_client import CollectorRegistry

from app.evals.settings import Settings
from app.evals.spool_reader import SpoolReader
from app.evals.store import Store
from app.evals.worker.alone import Name, Taken, folder_alone, place_of
from app.evals.worker.ending import ask, on_signals
from app.evals.worker.events import Events
from app.evals.worker.http import Http
from app.evals.worker.metrics import Metrics
from app.evals.worker.opened import opened
from app.evals.worker.place import Place
from app.evals.worker.processes import Processes, judging_command
from app.evals.worker.said import told
from app.evals.worker.ship import Shipper
from app.evals.worker.turn import Turn
from app.evals.worker.who import KEY, who
from app.evals.worker.workers import register
from app.telemetry import Telemetry
from app.telemetry.contract import Contract
from app.telemetry.journal import Journal
from app.telemetry.logs import Log

_FIRST_SWEEP, _SWEEP = 60.0, 3600.0
"""Seconds: soon after a start, or a worker that is restarted often would never sweep."""
_LOOK, _TURN = 0.2, 30.0
_said = logging.getLogger("llm.evals")


async def run(place: Place, *, processes: int, concurrency: int | None) -> None:
    """Work until a signal says to stop. With no processes it only ships; with one it judges by itself; and see `who` for when nobody judges.

    Raises Taken, OSError and ValueError before anything has begun, with a message for people; Taken also where another worker has got this one's
    name, which only happens to one that was asleep, or whose folder was copied.
    """
    stop, ended, loop = asyncio.Event(), threading.Event(), asyncio.get_running_loop()
    on_signals(stop)
    contract = Contract.load(place.contract)
    settings = Settings.of(contract)
    judge = who(settings, contract, os.environ) if processes else None
    withheld = judge.withheld if judge else ""
    with folder_alone(place.folder):
        store, name = await _named(place, settings, stop)
        await asyncio.to_thread(register, store, place.worker)
        if judge:
            await asyncio.to_thread(store.set_state, KEY, judge.state())
        kit = Telemetry(contract)
        reader = SpoolReader(place.spool)
        metrics = Metrics(store, settings, contract, place.worker)
        registry = CollectorRegistry()
        registry.register(metrics)
        http = Http(
            place.host, place.port, registry, store, metrics.ready, place.origins, withheld, settings.keep_seconds,
        )  # fmt: skip
        turn = Turn(store, "lines", place.worker, _TURN)
        events = Events(store, Journal(place.log_file), Log(contract, kit.clean), contract, turn)
        threads = [
            threading.Thread(target=Shipper(reader, store, place.worker).run, args=(ended,), name="ship", daemon=True),
            threading.Thread(
                target=name.run, args=(ended, partial(loop.call_soon_threadsafe, ask, stop)), name="name", daemon=True
            ),
            threading.Thread(target=events.run, args=(ended,), name="lines", daemon=True),
            threading.Thread(target=_sweep, args=(store, settings.keep_seconds, ended), name="sweep", daemon=True),
        ]
        for thread in threads:
            thread.start()
        http.start()
        _said.info(
            "worker %s: store %s, spool %s, metrics at http://%s:%d/metrics",
            place.worker, place.shown_store, place.spool, place.host, http.port,
        )  # fmt: skip
        if judge and judge.warning:
            _said.warning("%s", judge.warning)
        at_a_time = concurrency or settings.judge.concurrency
        try:
            if processes == 1 and not withheld:
                from app.evals.worker.judges import judge_until

                await judge_until(
                    stop, store, settings, kit, place, number=0, processes=1, concurrency=at_a_time, environ=os.environ
                )
            else:
                await _watch(stop, 0 if withheld else processes, at_a_time)
        finally:
            ended.set()
            for thread in threads:
                await asyncio.to_thread(thread.join, 0.5)
            with contextlib.suppress(Exception):
                # Verdicts of the last moment; what is left is written by the next start.
                await asyncio.wait_for(asyncio.to_thread(events.once), 0.5)
            with contextlib.suppress(Exception):
                # Where that fails the lease ends by itself.
                await asyncio.wait_for(asyncio.to_thread(name.leave), 0.5)
            await asyncio.to_thread(kit.close, 0.5)
            http.close()
            store.close()
        if name.lost:
            raise Taken(name.lost)


async def _named(place: Place, settings: Settings, stop: asyncio.Event) -> tuple[Store, Name]:
    store = await opened(place, settings)
    name = Name(store, place.worker, place_of(place.folder))
    try:
        await name.take(stop)
    except BaseException:
        store.close()
        raise
    return store, name


async def _watch(stop: asyncio.Event, number: int, concurrency: int) -> None:
    below = Processes([*judging_command(), str(number), str(concurrency)], number)
    try:
        while not stop.is_set():
            below.start()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK)
    finally:
        await asyncio.to_thread(below.stop, 4.0)


def _sweep(store: Store, keep_seconds: float, ended: threading.Event) -> None:
    pause = _FIRST_SWEEP
    while not ended.wait(pause):
        pause = _SWEEP
        try:
            store.sweep(keep_seconds)
        except Exception as error:  # noqa: BLE001  # a driver's own; there is another hour
            _said.debug("nothing was swept: %s", told(error))
