"""All cases put to the application: one after the other to a simulator, so that a seed gives the same answers; a few at a time to a provider."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from app.evals.dataset.application import Answered

Case = TypeVar("Case")


async def ask_all(
    cases: Sequence[Case], ask: Callable[[Case], Awaitable[Answered]], done: Callable[[], None], concurrency: int
) -> list[Answered]:
    """The answers, in the order of the cases."""
    room = asyncio.Semaphore(concurrency)

    async def one(case: Case) -> Answered:
        async with room:
            found = await ask(case)
        done()
        return found

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(case)) for case in cases]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    return [task.result() for task in tasks]


def spread(cases: Sequence[Case], limit: int | None) -> tuple[Case, ...]:
    """At most so many, from all over the file: its cases stand together by kind."""
    if limit is None or limit >= len(cases):
        return tuple(cases)
    return tuple(cases[number * len(cases) // limit] for number in range(limit))


def responded(answers: Iterable[Answered]) -> str:
    """The models that answered, as their provider names them."""
    return ", ".join(sorted({one.item.response_model for one in answers if one.item.response_model}))


def missing(broke: int, total: int, limit: float | None) -> str:
    """What the purse did not allow, in words; empty where it allowed all."""
    return (
        f"{broke} of {total} cases would have cost more than --max-usd {limit:g}" if broke and limit is not None else ""
    )


def place(parts: Mapping[str, bool]) -> str:
    """Whether model and judge are real."""
    return ", ".join(f"{part}: {'provider' if real else 'simulator'}" for part, real in parts.items())
