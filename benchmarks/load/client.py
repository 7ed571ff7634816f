"""Ask at an even rate whatever the answers do, as people do: nobody waits for somebody else's answer."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

QUESTIONS = (
    "How do I add a model to the spec?",
    "What does a refusal look like in the metrics?",
    "Why is the baseline a median and not a mean?",
    "My mail is ada@example.org, what is an exemplar good for?",
)


@dataclass(frozen=True)
class Asked:
    """One question: the ids of its answer, and seconds until it was there; without an answer the ids are empty."""

    call_id: str
    trace_id: str
    seconds: float


async def offer(apps: Sequence[str], models: Sequence[str], rate: float, seconds: float) -> list[Asked]:
    """Questions in turns to each app, `rate` a second in all; returns when the last one is answered."""
    rng = random.Random(1)  # noqa: S311  # a load, not a secret
    number = round(rate * seconds)
    began = time.perf_counter()
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:
        tasks = []
        for turn in range(number):
            await asyncio.sleep(max(0.0, began + turn / rate - time.perf_counter()))
            body = {"question": rng.choice(QUESTIONS), "endpoint": "chat", "model": rng.choice(models)}
            tasks.append(asyncio.create_task(_ask(session, f"{apps[turn % len(apps)]}/ask", body)))
        return list(await asyncio.gather(*tasks))


async def _ask(session: aiohttp.ClientSession, url: str, body: dict[str, str]) -> Asked:
    began = time.perf_counter()
    try:
        async with session.post(url, json=body) as response:
            found = await response.json()
            return Asked(found["call_id"], found["trace_id"], time.perf_counter() - began)
    except (aiohttp.ClientError, TimeoutError, KeyError):
        return Asked("", "", time.perf_counter() - began)
