"""`worker`, `ship`, `status` and `retry`: what the command line takes, and what each word does."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.evals.worker.place import Place

_MOST_PROCESSES = 64
# A help text must not cost the import of a database library.


def add(parsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the four words."""
    worker = parsers.add_parser("worker", help="ship, judge, and serve metrics until stopped")
    worker.add_argument(
        "--processes", type=_count, default=1, metavar="N", help="how many judge; the rate and concurrency are shared by all (1)"
    )  # fmt: skip
    worker.add_argument(
        "--concurrency", type=_count, default=None, metavar="C", help="answers judged at a time, by all together (the spec's)"
    )  # fmt: skip
    parsers.add_parser("ship", help="ship the spool of this machine into the store, and judge nothing")
    status = parsers.add_parser("status", help="what waits, what was judged, what it cost")
    status.add_argument("--json", action="store_true", help="for programs")
    retry = parsers.add_parser("retry", help="let dead letters be judged again")
    retry.add_argument("--skipped", action="store_true", help="those that the budget had no room for, instead")


def run(arguments: argparse.Namespace) -> int:
    """0 fine, 1 a problem, 2 wrong usage or settings."""
    from app.evals.worker.place import Place

    try:
        place = Place.of()
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.part in {"worker", "ship"}:
        return _work(arguments, place)
    return _show(arguments, place)


def _work(arguments: argparse.Namespace, place: Place) -> int:
    import asyncio

    from app.evals.store import StoreError
    from app.evals.worker.alone import Taken
    from app.evals.worker.said import speak
    from app.evals.worker.whole import run as work

    speak()
    ships = arguments.part == "ship"
    try:
        asyncio.run(
            work(
                place,
                processes=0 if ships else arguments.processes,
                concurrency=None if ships else arguments.concurrency,
            )
        )
    except (Taken, StoreError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _show(arguments: argparse.Namespace, place: Place) -> int:
    from app.evals.settings import Settings
    from app.evals.store import StoreError, open_store
    from app.evals.worker import status
    from app.telemetry.contract import Contract

    try:
        settings = Settings.of(Contract.load(place.contract))
        store = open_store(place.store, max_waiting=settings.max_waiting)
    except (StoreError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    try:
        if arguments.part == "retry":
            found = store.retry("skipped" if arguments.skipped else "dead")
            print(f"{found:,} answer{'' if found == 1 else 's'} will be judged again")
        else:
            told = status.status(store, settings)
            print(status.dumped(told) if arguments.json else status.shown(told, place.shown_store), end="")
    finally:
        store.close()
    return 0


def _count(told: str) -> int:
    """A number from 1 to 64."""
    if not told.isascii() or not told.isdigit() or not 1 <= int(told[:9]) <= _MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"{told!r}: a number from 1 to {_MOST_PROCESSES}")
    return int(told)
