"""The budget of a day, before each call of the judge: what may be spent is set aside first, in the store, for all workers."""

import asyncio
import contextlib
import statistics
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.evals.item import Item
from app.evals.judge import Judge
from app.evals.settings import Dimension, JudgeSettings
from app.evals.store import Reservation, Store, StoreError

ASSUMED_USD = 0.005
"""What a judgement by a model without a price is taken to cost: about 3,000 tokens in and 300 out at 1 and 5 USD a million."""
_TTL = 900.0
"""Seconds after which money that nobody settled counts as spent: whoever set it aside was killed, and may have called."""
_AGAIN = 0.2
_KNOWN, _REMEMBERED = 5, 101
"""Judgements that were paid for: how many it takes to know what is typical, and how many of the last ones tell it."""
OVER = "budget/over"
"""The store's note of the day whose money is spent."""


class Over(Exception):  # noqa: N818  # it says what is so, not what went wrong
    """There is no money left for this answer today."""


@dataclass(frozen=True, slots=True)
class Coins:
    """Money set aside for one call; `counted` where calls are counted because nobody knows what one costs."""

    reservation: Reservation
    usd: float
    counted: bool


class Purse:
    """Sets money aside for a judgement, and remembers that a day is over.

    An answer that no longer fits is left out alone: the bound of a long one is many times what others cost. The day is over for all once
    a typical judgement (the median bound of the last ones that did fit) does not fit either.

    A judge without prices is held to `calls` a day, which is the budget divided by ASSUMED_USD; `warn` hears of it, and once a day of
    answers left out alone. `tell` hears that the money is spent, once a day for all processes.
    """

    def __init__(
        self, store: Store, judge: Judge, settings: JudgeSettings, worker: str, tell: Callable[[str], None], warn: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._store, self._judge, self._tell, self._warn, self._clock = store, judge, tell, warn, clock
        self._worker = worker
        self._priced, self._limit = settings.usd_per_million_tokens is not None, settings.max_usd_per_day
        self._over, self._left_out = "", ""
        self._bounds: deque[float] = deque(maxlen=_REMEMBERED)
        self.calls = int(settings.max_usd_per_day / ASSUMED_USD + 1e-9)
        if not self._priced:
            warn(
                f"no price is known for the judge {settings.model!r}: its cost cannot be told, so at most {self.calls:,} calls a day "
                f"are made (max_usd_per_day / {ASSUMED_USD:g} USD); give `evals.judge.price` to have a budget in money"
            )

    def check(self) -> None:
        """Raises Over where this process knows that today's money is spent."""
        if self._over and self._over == day(self._clock()):
            raise Over(f"the budget of {self._over} is spent")

    @property
    def counted(self) -> bool:
        """Calls are counted, because nobody knows what one costs."""
        return not self._priced

    def most(self, item: Item, dimension: Dimension) -> float:
        """What this judgement may cost at most, in USD; 1 where calls are counted."""
        return self._judge.most_usd(item, dimension) if self._priced else 1.0

    def book(self, today: str) -> tuple[str, float]:
        """Under which name the store keeps a day's account, and its limit, in what `most` is in."""
        return (today, self._limit) if self._priced else (f"calls {today}", float(self.calls))

    async def reserve(self, item: Item, dimension: Dimension) -> Coins:
        """Set aside what this judgement may cost at most. Raises Over, and whatever the store raises."""
        self.check()
        today, most = day(self._clock()), self.most(item, dimension)
        key, limit = self.book(today)
        if most > limit:
            raise Over(f"judging it may cost {most:.4f} USD, more than the {limit:g} USD of a whole day")
        found = await set_aside(self._store, most, limit, key)
        if isinstance(found, Reservation):
            self._bounds.append(most)
            return Coins(found, most, counted=not self._priced)
        if self._spent(found, limit):
            await self._end(today, found)
            raise Over(f"the budget of {today} is spent")
        why = (
            f"judging it may cost {most:.4f} USD, and {limit - found:.4f} of {limit:.2f} USD are left on {today} (UTC)"
        )
        self._say_left_out(today, why)
        raise Over(why)

    def _spent(self, spent: float, limit: float) -> bool:
        """Whether a typical judgement does not fit any more; where none is known, whether nothing would."""
        if not self._priced:
            return True
        typical = statistics.median(self._bounds) if len(self._bounds) >= _KNOWN else 0.0
        return spent + typical > limit or spent >= limit

    def settled(self, coins: Coins, usd: float) -> None:
        """A call without a verdict is over, and cost so much; where calls are counted it counts as one if it cost anything."""
        if coins.counted:
            self._store.settle(coins.reservation, 1.0 if usd else 0.0)
        else:
            self._store.settle(coins.reservation, usd, self._worker)

    def _say_left_out(self, today: str, why: str) -> None:
        if self._left_out != today:
            self._left_out = today
            self._warn(f"an answer is skipped, and others are judged as before: {why}")

    async def _end(self, today: str, spent: float) -> None:
        if self._over == today:
            return
        self._over = today
        # Once for all processes: whoever comes first says it.
        if await asyncio.to_thread(self._store.set_state, OVER, {"day": today}):
            told = f"{spent:.4f} of {self._limit:.2f} USD" if self._priced else f"{spent:.0f} of {self.calls:,} calls"
            self._tell(
                f"the budget of {today} (UTC) is spent ({told}), no typical judgement fits: answers are skipped and counted until the day ends"
            )


async def set_aside(store: Store, most: float, limit: float, key: str) -> Reservation | float:
    """The reservation; what is spent already where there is no room. What others have set aside is waited for, as most of it comes back.

    Raises what the store raises.
    """
    while True:
        found = await _reserved(store, most, limit, key)
        if found is not None:
            return found
        spent = await asyncio.to_thread(store.spent, key)
        if spent.usd + most > limit:
            return spent.usd
        await asyncio.sleep(_AGAIN)


async def _reserved(store: Store, most: float, limit: float, key: str) -> Reservation | None:
    """Whoever is cancelled meanwhile has not asked the judge: what the store sets aside all the same comes back."""
    work = asyncio.ensure_future(asyncio.to_thread(store.reserve, most, limit, _TTL, key))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        with contextlib.suppress(StoreError):
            if found := await work:
                await asyncio.to_thread(store.settle, found, 0.0)
        raise


def day(now: float) -> str:
    """The UTC date that a budget belongs to."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()
