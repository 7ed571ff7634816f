"""Requests a minute, kept by a bucket of tokens; and how long to wait after a failure."""

import asyncio
import random
import time
from collections.abc import Callable
from contextvars import ContextVar

BASE, CAP = 5.0, 900.0
"""Seconds: the longest first wait after a failure, and the longest of all."""


_AHEAD: "ContextVar[Bucket | None]" = ContextVar("ahead", default=None)


class Bucket:
    """Lets `per_minute` requests a minute through, at most `burst` of them at once; the others wait, first come first served.

    Each request takes a token, also one that repeats or repairs another. The first of a judgement is waited for before money is set aside
    (`ahead`); later ones hold that money, and wait behind a single first one at most. `per_minute` of 0 or less lets all through.
    Every process of a worker has one with its share, which is fair as long as all take from the same queue.
    """

    def __init__(self, per_minute: float, burst: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = per_minute / 60, max(1.0, burst), clock
        self._tokens, self._at = self._burst, clock()
        self._firsts, self._turn = asyncio.Lock(), asyncio.Lock()

    async def ahead(self) -> None:
        """Return as soon as this task may make one request: its next `take` waits for nothing."""
        async with self._firsts:
            await self._token()
        _AHEAD.set(self)

    async def take(self) -> None:
        """Return as soon as one more request may be made."""
        if _AHEAD.get() is self:
            _AHEAD.set(None)
        else:
            await self._token()

    async def _token(self) -> None:
        if self._rate <= 0:
            return
        # The lock is a queue: asyncio wakes those who wait for one in their order.
        async with self._turn:
            if (missing := 1 - self._refilled()) > 0:
                await asyncio.sleep(missing / self._rate)
                self._refilled()
            self._tokens -= 1

    def _refilled(self) -> float:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        return self._tokens


def back_off(attempt: int, retry_after: float | None, draw: Callable[[], float] = random.random) -> float:
    """Seconds until the next attempt: exponential with full jitter, and never sooner than who refused asked for, CAP at most.

    `attempt` counts from 1. Full jitter (all of the time is drawn by lot) spreads many clients best:
    M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

    >>> back_off(3, None, draw=lambda: 0.5)
    10.0
    """
    drawn = draw() * min(CAP, BASE * 2.0 ** min(attempt - 1, 30))
    return max(min(CAP, retry_after or 0.0), drawn)
