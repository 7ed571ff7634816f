"""`python -m app.traffic`: ask the reference app questions until stopped."""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from app.traffic.day import Visit, visits
from app.traffic.steady import Control, steadily

MOST_AT_ONCE = 50


class Drive:
    """Sends visits and counts what came back."""

    def __init__(self, client: httpx2.AsyncClient, at_once: int = MOST_AT_ONCE) -> None:
        self.client, self.at_once, self.seen = client, at_once, Counter[str]()
        self._running: set[asyncio.Task[None]] = set()

    def start(self, visit: Visit) -> None:
        """Ask in the background; beyond the limit a visit is dropped, as a person would give up."""
        if len(self._running) >= self.at_once:
            self.seen["dropped"] += 1
            return
        task = asyncio.create_task(self._ask(visit))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _ask(self, visit: Visit) -> None:
        body = {"question": visit.question, "endpoint": visit.endpoint, "user_id": visit.user_id, "model": visit.model}
        try:
            reply = await self.client.post("/ask", json=body | {"conversation_id": visit.conversation_id})
            self.seen[reply.json().get("status", "failed")] += 1
        except (httpx2.HTTPError, ValueError):
            self.seen["unreachable"] += 1

    async def finish(self) -> None:
        """Wait a little for what is under way."""
        if self._running:
            await asyncio.wait(self._running, timeout=5)


async def drive(arguments: argparse.Namespace, endpoints: list[str]) -> int:
    """Exit code: always 0; where the app would spend real money nothing is asked, and that is no failure of the stack."""
    stop = asyncio.Event()
    for ended_by in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ended_by, stop.set)
    rng = random.Random(arguments.seed)  # noqa: S311  # a simulation
    limits = httpx2.Limits(max_connections=arguments.at_once)
    async with httpx2.AsyncClient(base_url=arguments.target, timeout=60, limits=limits) as client:
        if not await _simulated(client, stop):
            return 0
        run, began, told = Drive(client, arguments.at_once), time.monotonic(), time.monotonic()
        if arguments.control:
            due = steadily(Control(arguments.control), endpoints, rng, stop)
        else:
            due = _by_day(arguments, endpoints, rng, stop)
        number = 0
        async for visit in due:
            run.start(visit)
            number += 1
            now = time.monotonic()
            if now - told >= 10:
                told = now
                _tell(run, now - began)
            if number == arguments.once or (arguments.duration and now - began > arguments.duration):
                break
        await run.finish()
        _tell(run, time.monotonic() - began)
    return 0


async def _by_day(
    arguments: argparse.Namespace, endpoints: list[str], rng: random.Random, stop: asyncio.Event
) -> AsyncIterator[Visit]:
    for visit in visits(arguments.rate, arguments.speed, endpoints, rng):
        try:
            await asyncio.wait_for(stop.wait(), visit.after)
        except TimeoutError:
            yield visit
        if stop.is_set():
            return


async def _simulated(client: httpx2.AsyncClient, stop: asyncio.Event) -> bool:
    """Wait for the app; false where it is stopped first or talks to a real provider."""
    while not stop.is_set():
        try:
            reply = await client.get("/readyz", timeout=2)
            if reply.status_code == 200:
                if reply.json()["provider"] == "simulator":
                    return True
                print("traffic: not needed, questions cost money with a real provider's key", file=sys.stderr)
                return False
        except (httpx2.HTTPError, ValueError, KeyError):
            pass
        await asyncio.sleep(0.5)
    return False


def _tell(run: Drive, seconds: float) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in sorted(run.seen.items())) or "nothing yet"
    print(f"{seconds:6.0f} s  {sum(run.seen.values()) / max(seconds, 1):.1f} answers/s  {counts}", flush=True)


def main() -> int:
    """Parse, refuse to load anything but this machine, drive."""
    env = os.environ
    parser = argparse.ArgumentParser(prog="traffic", description="A believable day of questions to the reference app.")
    parser.add_argument("--target", default=env.get("TRAFFIC_TARGET", "http://127.0.0.1:8080"))
    parser.add_argument("--contract", default=env.get("LLM_CONTRACT", "stack/app/contract.json"))
    parser.add_argument(
        "--rate", type=float, default=float(env.get("TRAFFIC_RATE", "3")), help="calls a second at midday"
    )
    parser.add_argument(
        "--speed", type=float, default=float(env.get("TRAFFIC_SPEED", "1")), help="simulated hours an hour"
    )
    parser.add_argument("--duration", type=float, default=0, help="seconds; 0: until stopped")
    parser.add_argument("--once", type=int, default=0, metavar="N", help="stop after N questions")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--control",
        type=Path,
        metavar="FILE",
        help="even traffic instead: calls a second by model, as JSON; read again when it changes",
    )
    parser.add_argument("--at-once", type=int, default=MOST_AT_ONCE, metavar="N", help="most questions under way")
    arguments = parser.parse_args()
    host = urlsplit(arguments.target).hostname
    if host not in {"127.0.0.1", "localhost", "::1"} and not env.get("TRAFFIC_ANY_HOST"):
        print(f"{arguments.target} is not this machine; set TRAFFIC_ANY_HOST=1 if you mean it", file=sys.stderr)
        return 2
    contract = json.loads(Path(arguments.contract).read_text(encoding="utf-8"))
    return asyncio.run(drive(arguments, contract["endpoints"]))


if __name__ == "__main__":
    sys.exit(main())
