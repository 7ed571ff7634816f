"""Kills real processes that use a store: `python -m tests.app.evals.store.killed at|random URL ...`; prints what happened as JSON.

This process imports everything once and forks the others, which live as short as it takes.
"""

import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from app.evals.store import Store, open_store
from sqlalchemy import Engine, event

from tests.app.evals.store.answers import item, verdict
from tests.app.evals.store.audit import audit

LATER = 4e9
DIMENSIONS = ("groundedness", "tone")


def child(work: Callable[[], None]) -> int:
    """The id of a process that does that and ends."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
        os._exit(0)
    finally:
        os._exit(1)


def killed_at(place: int) -> None:
    """This process ends as it begins the statement of that number, or a commit, which counts as one."""
    count = 0

    def one(*_arguments: Any) -> None:
        nonlocal count
        if count == place:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1

    event.listen(Engine, "before_cursor_execute", one)
    event.listen(Engine, "commit", one)


def put(store: Store, turn: int) -> None:
    store.put([item(turn * 2, prompt_version=f"v{turn}"), item(turn * 2 + 1)], worker="w")


def claim(store: Store, _turn: int) -> None:
    store.claim("w", 1, 60, LATER)


def record(store: Store, turn: int) -> None:
    (owned,) = store.claim("w", 1, 60, LATER)
    reservation = store.reserve(0.5, 1e6, 60, "d")
    store.record(owned, verdict(int(owned.item.call_id, 16), model=f"m{turn}"), reservation, "w")
    store.finish(owned)


def at(url: str) -> dict[str, Any]:
    """Each operation is killed at its first statement, at its second, and so on, until it survives; and is then asked again."""
    wrong: list[str] = []
    places: dict[str, int] = {}
    turn = 0
    store = open_store(url)
    for work in (put, claim, record):
        for place in range(200):
            turn += 1
            put(store, 100_000 + turn)

            def operation(work: Any = work, place: int = place, turn: int = turn) -> None:
                own = open_store(url)
                killed_at(place)
                work(own, turn)

            status = os.waitstatus_to_exitcode(os.waitpid(child(operation), 0)[1])
            if status not in {0, -signal.SIGKILL}:
                wrong.append(f"{work.__name__} at {place} ended with {status}")
            wrong += [f"{work.__name__} at {place}: {one}" for one in audit(url)]
            work(store, turn)
            wrong += [f"{work.__name__} at {place}, again: {one}" for one in audit(url)]
            if status == 0:
                places[work.__name__] = place
                break
    store.close()
    return {"wrong": wrong, "places": places}


def putting(store: Store, said: int, turn: int) -> None:
    """Put batches, five new ones and then the same again; a word about each that the store has taken."""
    while True:
        for number in range(5):
            first = turn * 100 + number * 4
            store.put([item(first + place, prompt_version=f"v{turn}") for place in range(4)], worker="shipper")
            os.write(said, b"put %d\n" % first)


def judging(store: Store, said: int, turn: int) -> None:
    """Claim and record, with leases that are over at once where another process looks."""
    worker = f"w{turn % 3}"
    while True:
        for owned in store.claim(worker, 3, 0.01):
            for dimension in DIMENSIONS:
                number = int(owned.item.call_id, 16)
                if (dimension, "r1") in owned.judged:
                    continue
                reservation = store.reserve(0.5, 1e6, 0.01, "d")
                if store.record(owned, verdict(number, dimension, usd=0.125), reservation, worker):
                    os.write(said, b"judged %d %s\n" % (number, dimension.encode()))
            if store.finish(owned):
                os.write(said, b"finished %s\n" % owned.item.call_id.encode())


def killing(store: Store, chance: random.Random, turn: int) -> bytes:
    """Two that judge and one that puts, each killed some time after the store has taken something; what they said."""
    heard, said = os.pipe()
    pids = [child(lambda work=work: work(store, said, turn)) for work in (judging, judging, putting)]  # type: ignore[misc]
    os.close(said)
    words = b""
    for pid in pids:
        enough = words.count(b"\n") + chance.randint(1, 12)
        until = time.monotonic() + 2
        while words.count(b"\n") < enough and time.monotonic() < until:
            if select.select([heard], [], [], 0.1)[0]:
                words += os.read(heard, 65_536)
        time.sleep(chance.uniform(0.0, 0.004))
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        os.waitpid(pid, 0)
    while more := os.read(heard, 65_536):
        words += more
    os.close(heard)
    return words


def at_random(url: str, rounds: int, seed: int) -> dict[str, Any]:
    """Three processes at a time; then what they left is judged in peace."""
    chance = random.Random(seed)
    with open_store(url) as store:
        told = b"".join(killing(store, chance, turn) for turn in range(1, rounds + 1))
        broken = audit(url)
        while claims := store.claim("w0", 100, 60, LATER):
            for owned in claims:
                for dimension in DIMENSIONS:
                    if (dimension, "r1") not in owned.judged:
                        store.record(owned, verdict(int(owned.item.call_id, 16), dimension, usd=0.0), None, "w0")
                store.finish(owned)
    return {"wrong": broken + audit(url), "told": told.decode().splitlines()}


if __name__ == "__main__":
    done = at(sys.argv[2]) if sys.argv[1] == "at" else at_random(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    print(json.dumps(done))
