"""The budget of a day, before each call of the judge: what may be spent is set aside first, in the store, for all workers."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.evals.item import Item
from app.evals.judge import Judge
from app.evals.settings import Dimension, JudgeSettings
from app.evals.store import Reservation, Store

ASSUMED_USD = 0.005
"""What a judgement by a model without a price is taken to cost: about 3,000 tokens in and 300 out at 1 and 5 USD a million."""
_TTL = 900.0
"""Seconds after which money that nobody settled counts as spent: whoever set it aside was killed, and may have called."""
_AGAIN = 0.2
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

    A judge without prices is held to `calls` a day, which is the budget divided by ASSUMED_USD; `warn` hears of it. `tell` hears
    that the money is spent, once a day for all processes.
    """

    def __init__(
        self, store: Store, judge: Judge, settings: JudgeSettings, worker: str, tell: Callable[[str], None], warn: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._store, self._judge, self._tell, self._clock = store, judge, tell, clock
        self._worker = worker
        self._priced, self._limit = settings.usd_per_million_tokens is not None, settings.max_usd_per_day
        self._over = ""
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

    async def reserve(self, item: Item, dimension: Dimension) -> Coins:
        """Set aside what this judgement may cost at most. Raises Over, and whatever the store raises."""
        self.check()
        today = day(self._clock())
        usd = self._judge.most_usd(item, dimension) if self._priced else 1.0
        key, limit = (today, self._limit) if self._priced else (f"calls {today}", float(self.calls))
        if usd > limit:
            raise Over(f"judging it may cost {usd:.4f} USD, more than the {limit:g} USD of a whole day")
        while True:
            found = await asyncio.to_thread(self._store.reserve, usd, limit, _TTL, key)
            if found is not None:
                return Coins(found, usd, counted=not self._priced)
            spent = await asyncio.to_thread(self._store.spent, key)
            if spent.usd + usd > limit:
                await self._end(today, spent.usd)
                raise Over(f"the budget of {today} is spent")
            # What others have set aside comes back, most of it: their calls cost less than they might.
            await asyncio.sleep(_AGAIN)

    def settled(self, coins: Coins, usd: float) -> None:
        """A call without a verdict is over, and cost so much; where calls are counted it counts as one if it cost anything."""
        if coins.counted:
            self._store.settle(coins.reservation, 1.0 if usd else 0.0)
        else:
            self._store.settle(coins.reservation, usd, self._worker)

    async def _end(self, today: str, spent: float) -> None:
        if self._over == today:
            return
        self._over = today
        known: Any = await asyncio.to_thread(self._store.state, OVER)
        if known != {"day": today}:
            # Once for all processes: whoever comes first says it.
            await asyncio.to_thread(self._store.set_state, OVER, {"day": today})
            told = f"{spent:.4f} of {self._limit:.2f} USD" if self._priced else f"{spent:.0f} of {self.calls:,} calls"
            self._tell(
                f"the budget of {today} (UTC) is spent ({told}): answers are skipped and counted until the day ends"
            )


def day(now: float) -> str:
    """The UTC date that a budget belongs to."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()
