"""What becomes of one claimed answer: judged in each dimension, put off, buried or skipped."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from opentelemetry.trace import SpanContext, SpanKind

from app.evals.item import Item
from app.evals.judge import Judge, JudgeRefused, JudgeUnavailable
from app.evals.settings import Dimension
from app.evals.store import Claim, Store, StoreError
from app.evals.verdict import Verdict
from app.evals.worker.gate import Gate
from app.evals.worker.purse import Coins, Over, Purse
from app.evals.worker.rate import Bucket, back_off
from app.evals.worker.said import told
from app.telemetry import Telemetry

ATTEMPTS, MOST_ATTEMPTS = 6, 24
"""Attempts before an answer is buried: while the judge answers others, and while it answers nobody."""
_said = logging.getLogger("llm.evals")
Found = TypeVar("Found")


class Stopped(Exception):  # noqa: N818  # nothing went wrong
    """The worker ends; the answer is given back."""


class Judging:
    """Judges claims of one process. `calling` holds the tasks whose money is on its way: they are worth waiting for."""

    def __init__(
        self, store: Store, judge: Judge, dimensions: Sequence[Dimension], purse: Purse, gate: Gate, bucket: Bucket,
        kit: Telemetry, worker: str,
    ) -> None:  # fmt: skip
        self._store, self._judge, self._purse, self._gate, self._bucket = store, judge, purse, gate, bucket
        self._kit, self._worker = kit, worker
        self._dimensions = [(one, judge.rubric(one)) for one in dimensions]
        self.calling: set[asyncio.Task[None] | None] = set()
        self.stopping = False

    async def claimed(self, claim: Claim) -> None:
        """See a claim through. Raises Stopped where the worker ends first; nothing else but bugs."""
        try:
            for dimension, rubric in self._dimensions:
                if (dimension.name, rubric) not in claim.judged:
                    await self._dimension(claim, dimension)
        except Over as over:
            await self._kept(partial(self._store.skip, claim, str(over)))
        except JudgeUnavailable as error:
            await self._later(claim, error.reason, error.retry_after)
        except JudgeRefused as error:
            await self._refused(claim, error)
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001  # see below
            # A mistake of this code or of a library: it must neither stop the others nor try this one for ever.
            _said.exception("judging %s failed", claim.item.call_id)
            await self._later(claim, told(error), None)
        else:
            await self._kept(partial(self._store.finish, claim))

    async def _dimension(self, claim: Claim, dimension: Dimension) -> None:
        # First, so that what cannot be paid for waits for nothing.
        self._purse.check()
        async with self._gate.passed():
            # Before money is set aside for it, which others could use meanwhile.
            await self._bucket.ahead()
            coins = await self._reserved(claim.item, dimension)
            if self.stopping:
                await self._kept(lambda: self._purse.settled(coins, 0.0))
                raise Stopped
            self.calling.add(task := asyncio.current_task())
            try:
                verdict = await self._asked(claim.item, dimension, coins)
                self._gate.answered()
                await self._recorded(claim, verdict, coins)
            except asyncio.CancelledError:
                # The claim is another's now, or the worker ends at once: nobody knows whether the judge was paid. Others wait for what is left of the day.
                await self._lost(coins)
                raise
            finally:
                self.calling.discard(task)

    async def _asked(self, item: Item, dimension: Dimension, coins: Coins) -> Verdict:
        """The judge's verdict. Where it gives none, what that cost is settled."""
        with self._kit.span("llm.judge", kind=SpanKind.CLIENT) as span:
            if (judged := _context(item)) is not None:
                span.add_link(judged)
            span.set_attributes(
                {
                    "gen_ai.evaluation.name": dimension.name,
                    "gen_ai.request.model": self._judge.name,
                    "llm.call_id": item.call_id,
                }
            )
            try:
                verdict = await self._judge.judge(item, dimension)
            except (JudgeUnavailable, JudgeRefused) as error:
                self._noted(error)
                await self._kept(partial(self._purse.settled, coins, error.usd))
                raise
            span.set_attribute("gen_ai.evaluation.score.label", verdict.label)
            if verdict.score is not None:
                span.set_attribute("gen_ai.evaluation.score.value", verdict.score)
            return verdict

    async def _reserved(self, item: Item, dimension: Dimension) -> Coins:
        pause = 0.1
        while True:
            try:
                return await self._purse.reserve(item, dimension)
            except StoreError as error:
                pause = await self._again(error, pause)

    async def _recorded(self, claim: Claim, verdict: Verdict, coins: Coins) -> None:
        """The verdict is paid for: it is kept until the store takes it."""
        reservation = None if coins.counted else coins.reservation
        await self._kept(partial(self._store.record, claim, verdict, reservation, worker=self._worker))
        if coins.counted:
            await self._kept(lambda: self._purse.settled(coins, 1.0))

    async def _lost(self, coins: Coins) -> None:
        with contextlib.suppress(StoreError):
            await asyncio.to_thread(self._purse.settled, coins, coins.usd)

    def _noted(self, error: JudgeUnavailable | JudgeRefused) -> None:
        """Before anybody else asks: the gate may close."""
        if isinstance(error, JudgeUnavailable):
            self._gate.unavailable(error.reason, error.retry_after)
        elif error.misconfigured:
            self._gate.misconfigured(error.reason)

    async def _later(self, claim: Claim, reason: str, retry_after: float | None) -> None:
        most = MOST_ATTEMPTS if self._gate.down else ATTEMPTS
        if claim.attempt >= most:
            await self._kept(partial(self._store.bury, claim, f"after {claim.attempt} attempts: {reason}"))
        else:
            seconds = back_off(claim.attempt, retry_after)
            await self._kept(partial(self._store.postpone, claim, reason, seconds))

    async def _refused(self, claim: Claim, error: JudgeRefused) -> None:
        if error.misconfigured:
            # The key or the model is wrong, and not the answer: it waits until that is mended.
            await self._kept(partial(self._store.give_back, claim))
        else:
            await self._kept(partial(self._store.bury, claim, error.reason))

    async def _kept(self, work: Callable[[], Found]) -> Found:
        """What the store says, however long it is down; a task that is cancelled meanwhile leaves the claim to its lease."""
        pause = 0.1
        while True:
            try:
                return await asyncio.to_thread(work)
            except StoreError as error:
                pause = await self._again(error, pause)

    async def _again(self, error: StoreError, pause: float) -> float:
        if pause >= 3:
            _said.warning("%s; what the judge said is kept until the store takes it", error)
        await asyncio.sleep(pause)
        return min(5.0, pause * 2)


def _context(item: Item) -> SpanContext | None:
    """The span of the answer that is judged; None where nobody traced it, or where what an item says is no id."""
    try:
        found = SpanContext(int(item.trace_id, 16), int(item.span_id, 16), is_remote=True)
    except ValueError:
        return None
    return found if found.is_valid else None
