"""What judging the control set may cost: a part of the day's budget, whatever goes wrong with it."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.evals.item import Item
from app.evals.settings import Dimension
from app.evals.store import Reservation, Store
from app.evals.worker.purse import Coins, Over, Purse, day, set_aside

SHARE = 0.25
"""Of the day's budget: room for the bundled set twice, in three dimensions, by a judge of 1 and 5 USD a million tokens and with the default
budget of 5 USD. Three quarters are always left for answers."""
_COST = 0.1
"""What a judgement costs, as a share of what it may cost at most (see `most_of` in app.evals.judge.price)."""


@dataclass(frozen=True, slots=True)
class Held:
    """Money for one judgement, set aside twice: in the day's book, and in that of the control set."""

    coins: Coins
    own: Reservation


class Allowance:
    """Sets money aside as its purse does, and at most SHARE of a day's budget."""

    def __init__(self, store: Store, purse: Purse, clock: Callable[[], float] = time.time) -> None:
        self._store, self._purse, self._clock = store, purse, clock

    async def check(self, items: Sequence[Item], dimension: Dimension) -> None:
        """Raises Over where the rest of today's share is less than judging all of them costs, roughly: half a comparison is none."""
        key, most = self._book()
        left = most - (await asyncio.to_thread(self._store.spent, key)).usd
        cost = sum(self._purse.most(one, dimension) for one in items) * (1 if self._purse.counted else _COST)
        if cost > left:
            raise self._over(most, f"{dimension.name} takes about {self._told(cost)}, and {self._told(left)} are left")

    async def reserve(self, item: Item, dimension: Dimension) -> Held:
        """Set aside what this judgement may cost at most. Raises Over, and whatever the store raises."""
        (key, most), bound = self._book(), self._purse.most(item, dimension)
        own = await set_aside(self._store, bound, most, key)
        if not isinstance(own, Reservation):
            raise self._over(most, f"a judgement may take {self._told(bound)}, and {self._told(most - own)} are left")
        try:
            return Held(await self._purse.reserve(item, dimension), own)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(self._store.settle, own, 0.0))
            raise

    def settled(self, held: Held, usd: float) -> None:
        """A call is over, and cost so much; where calls are counted it counts as one if it cost anything."""
        self._purse.settled(held.coins, usd)
        self._store.settle(held.own, (1.0 if usd else 0.0) if held.coins.counted else usd)

    def _book(self) -> tuple[str, float]:
        key, limit = self._purse.book(day(self._clock()))
        return f"control {key}", limit * SHARE

    def _over(self, most: float, why: str) -> Over:
        return Over(f"the control set has {SHARE:.0%} of the day's budget, {self._told(most)}: {why} for today")

    def _told(self, amount: float) -> str:
        return f"{amount:,.0f} calls" if self._purse.counted else f"{amount:.4f} USD"
