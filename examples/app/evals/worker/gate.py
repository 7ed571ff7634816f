"""Whether to ask the judge at all: an outage or a wrong key is no answer's fault, and must not use its attempts up."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

_DOWN_AFTER, _WRONG_AFTER = 5, 3
"""Failures in a row, with no answer between them, that are an outage or a mistake of the settings."""
_LONGEST, _WRONG_PAUSE, _MOST_ASKED = 60.0, 60.0, 900.0
"""Seconds; the last one bounds what a judge may ask for, which could be a mistake."""


class Gate:
    """Closes for a while when the judge seems down or misconfigured; then lets one request through to find out.

    `say` gets a sentence for people when it closes, at most once a minute, and one when it opens again.
    """

    def __init__(
        self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic,
        draw: Callable[[], float] = random.random, wrong_pause: float = _WRONG_PAUSE,
    ) -> None:  # fmt: skip
        self._say, self._clock, self._draw, self._wrong_pause = say, clock, draw, wrong_pause
        self._failed, self._wrong, self._opens, self._said = 0, 0, 0.0, float("-inf")
        self._probe = asyncio.Lock()

    @property
    def down(self) -> bool:
        """The judge answers nobody, or refuses everybody."""
        return self._failed >= _DOWN_AFTER or self._wrong >= _WRONG_AFTER

    @property
    def open(self) -> bool:
        """More work may be claimed."""
        return not self.down and self._clock() >= self._opens

    @property
    def probing(self) -> bool:
        """It is time that one request finds out."""
        return self.down and self._clock() >= self._opens and not self._probe.locked()

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Wait until a request may be made; where the judge was down, one after the other."""
        async with self._probe:
            while (wait := self._opens - self._clock()) > 0:  # noqa: ASYNC110  # time passes without an event
                await asyncio.sleep(min(wait, 1.0))
            if self.down:
                yield
                return
        yield

    def answered(self) -> None:
        """The judge has answered."""
        if self.down:
            self._say("the judge answers again")
            self._said = float("-inf")
        self._failed = self._wrong = 0

    def unavailable(self, reason: str, retry_after: float | None) -> None:
        """It did not; `retry_after` is its wish for all requests, in seconds."""
        self._failed += 1
        pause = min(_MOST_ASKED, retry_after or 0.0)
        if self._failed >= _DOWN_AFTER:
            pause = max(pause, self._draw() * min(_LONGEST, 2.0 ** min(self._failed - _DOWN_AFTER, 10)))
            self._tell(f"the judge is not available ({reason}): waiting for it; nothing is lost")
        self._close(pause)

    def misconfigured(self, reason: str) -> bool:
        """It refuses whatever it is asked: a wrong key, a model that it does not know. True once that is sure."""
        self._wrong += 1
        if self._wrong < _WRONG_AFTER:
            return False
        self._close(self._wrong_pause)
        self._tell(
            f"THE JUDGE REFUSES EVERYTHING ({reason}): nothing is judged until the key or the model of `evals.judge` is right; "
            f"what waits is kept, the next attempt is in {self._wrong_pause:g} s"
        )
        return True

    def _close(self, seconds: float) -> None:
        self._opens = max(self._opens, self._clock() + seconds)

    def _tell(self, sentence: str) -> None:
        if self._clock() - self._said >= 60:
            self._said = self._clock()
            self._say(sentence)
