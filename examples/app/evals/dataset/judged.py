"""Every answer before the judges, a few at a time; what is no verdict is an error with its reason."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.evals.dataset.purse import Purse
from app.evals.dataset.result import Mark
from app.evals.item import Item
from app.evals.settings import Dimension

if TYPE_CHECKING:
    from app.evals.judge import Judge

_PAUSES = (1.0, 4.0, 16.0)
_LONGEST = 60.0
_HOPELESS = 3
"""Refusals, and no verdict yet, after which there is no sense in asking on: a wrong key, a model that there is not."""


class Hopeless(Exception):  # noqa: N818  # it says what is so
    """The judge refuses everything, and says why."""


@dataclass
class Bench:
    """A judge at work. A real one costs money, and is asked only as long as the purse allows."""

    judge: "Judge"
    dimensions: Sequence[Dimension]
    purse: Purse
    concurrency: int
    pauses: tuple[float, ...] = _PAUSES
    _refused: list[str] = field(default_factory=list)
    _gave: int = 0

    async def all(self, items: Sequence[Item], done: Callable[[], None]) -> dict[str, dict[str, Mark | None]]:
        """By item and dimension a mark, None where the purse did not allow to ask. Raises Hopeless."""
        room = asyncio.Semaphore(self.concurrency)
        found: dict[str, dict[str, Mark | None]] = {one.call_id: {} for one in items}

        async def one(item: Item, dimension: Dimension) -> None:
            async with room:
                found[item.call_id][dimension.name] = await self._mark(item, dimension)
            done()

        try:
            async with asyncio.TaskGroup() as group:
                for item in items:
                    for dimension in self.dimensions:
                        group.create_task(one(item, dimension))
        except BaseExceptionGroup as several:
            # Whoever calls waits for one kind of trouble, not for groups of them.
            raise several.exceptions[0] from None
        # Tasks end in any order; a report does not.
        names = [dimension.name for dimension in self.dimensions]
        return {key: {name: marks[name] for name in names} for key, marks in found.items()}

    def rubrics(self) -> Mapping[str, str]:
        """The version of each rubric, by dimension."""
        return {one.name: self.judge.rubric(one) for one in self.dimensions}

    async def _mark(self, item: Item, dimension: Dimension) -> Mark | None:
        from app.evals.judge import JudgeRefused, JudgeUnavailable

        most = self.judge.most_usd(item, dimension) if self.judge.real else 0.0
        reason = ""
        for pause in (*self.pauses, None):
            if len(self._refused) >= _HOPELESS and not self._gave:
                raise Hopeless(f"the judge {self.judge.name} refuses everything: {self._refused[-1]}")
            if not self.purse.reserve(most):
                return None
            spent = most
            try:
                verdict = await self.judge.judge(item, dimension)
                spent = verdict.usd if self.judge.real else 0.0
                self._gave += 1
                return Mark(verdict.label, verdict.reason)
            except JudgeRefused as error:
                spent = error.usd
                self._refused.append(error.reason)
                if error.misconfigured:
                    raise Hopeless(f"the judge {self.judge.name} refuses everything: {error.reason}") from None
                return Mark("error", f"refused: {error.reason}")
            except JudgeUnavailable as error:
                reason, wait, spent = error.reason, error.retry_after, error.usd
            finally:
                self.purse.settle(most, spent)
            if pause is not None:
                await asyncio.sleep(min(_LONGEST, pause if wait is None else max(pause, wait)))
        return Mark("error", f"unavailable: {reason}")
