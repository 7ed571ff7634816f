"""Judges the same answers again: where the verdicts differ from those of the first time, the judge has changed, and not the answers.

A provider may change a model behind its name. Verdicts of this set are money and nothing else: they enter no total and no pass rate.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.evals.calibration.calibrate import expire
from app.evals.calibration.control_set import Control, fingerprint, load
from app.evals.judge import Judge, JudgeRefused, JudgeUnavailable
from app.evals.settings import Dimension, Settings
from app.evals.store import Store
from app.evals.worker.allowance import Allowance
from app.evals.worker.purse import Purse
from app.evals.worker.rate import Bucket, back_off

ATTEMPTS = 4
PATIENCE = 60.0
"""Seconds that one pause may take; an endpoint that wants more is asked another time."""
HOPELESS = 5
"""Refusals, and no verdict before them, after which it is the judge that refuses, and not its provider that minds an answer."""
_said = logging.getLogger("llm.evals")


@dataclass(frozen=True, slots=True)
class Drift:
    """Of one dimension. `size` verdicts could be compared with those of `reference_at`, `changed` of them differ."""

    dimension: str
    size: int
    changed: int
    errors: int
    """Answers on which the judge gave no verdict that holds; one that used to have one has changed."""
    at: float
    reference_at: float
    agreement_with_labels: float | None
    """Share of verdicts that are what a careful person says; None in a dimension for which the set has no labels."""
    rubric: str
    judge: str
    changes: tuple[str, ...] = ()
    """Names of the answers that are judged otherwise."""


async def rejudge(
    store: Store, judge: Judge, settings: Settings, now: float | None = None, *,
    reset: bool = False, worker: str = "", controls: Sequence[Control] | None = None, dimensions: Sequence[Dimension] | None = None,
    bucket: Bucket | None = None,
) -> list[Drift]:  # fmt: skip
    """Judge the control set once in every dimension, or in some, and keep what came out as the state `control/<dimension>`.

    The first verdicts of a judge by a rubric are those that later ones are compared with; with `reset` today's are. It is paid from its share
    of the day's budget, and asks half as many at a time as answers are judged; where the judge's requests wait for a `bucket`, the first of
    each judgement does so before money is set aside. A calibration of another judge or rubric is taken back.
    An answer that the judge's provider refuses (a content filter does) has the label `error`.

    Raises:
        JudgeUnavailable, JudgeRefused: the judge cannot be had, or refuses all; dimensions that are finished are kept.
        Over: today's budget, or the control set's share of it, has no room.
        StoreError, ValueError: as the store and the rubrics say.
    """
    asked = await asyncio.to_thread(load) if controls is None else controls
    allowance = Allowance(store, Purse(store, judge, settings.judge, worker, _said.warning, _nothing))
    bucket, at_once = bucket or Bucket(0), max(1, settings.judge.concurrency // 2)
    await asyncio.to_thread(expire, store, settings, judge.name)
    found = []
    for dimension in settings.dimensions if dimensions is None else dimensions:
        await allowance.check([one.item for one in asked], dimension)
        labels = await _Asking(judge, allowance, bucket, at_once).labels(asked, dimension)
        at = time.time() if now is None else now
        found.append(await asyncio.to_thread(_kept, store, judge, dimension, asked, labels, at, reset))
    return found


class _Asking:
    """Asks a judge in one dimension, a few requests at a time; the first that fails for good ends it."""

    def __init__(self, judge: Judge, allowance: Allowance, bucket: Bucket, at_once: int) -> None:
        self._judge, self._allowance, self._bucket = judge, allowance, bucket
        self._limit, self._failed = asyncio.Semaphore(at_once), False
        self._judged = 0
        self._refused: list[JudgeRefused] = []

    async def labels(self, controls: Sequence[Control], dimension: Dimension) -> dict[str, str]:
        """The judge's label of each, by name. Raises what judge and purse raise."""
        tasks = [self._label(one, dimension) for one in controls]
        # Nothing is cancelled: who is stopped while it sets money aside cannot give it back.
        found = await asyncio.gather(*tasks, return_exceptions=True)
        for one in found:
            if isinstance(one, BaseException):
                raise one
        if self._refused and not self._judged:
            raise self._refused[-1]
        return {one.name: str(label) for one, label in zip(controls, found, strict=True)}

    async def _label(self, one: Control, dimension: Dimension) -> str:
        async with self._limit:
            try:
                return "" if self._failed else await self._asked(one, dimension)
            except BaseException:
                self._failed = True
                raise

    async def _asked(self, one: Control, dimension: Dimension) -> str:
        attempt = 0
        while True:
            attempt += 1
            await self._bucket.ahead()
            held = await self._allowance.reserve(one.item, dimension)
            # Who is cancelled while the judge thinks may have to pay for all of it.
            usd = held.coins.usd
            try:
                verdict = await self._judge.judge(one.item, dimension)
                # Where calls are counted instead of money, any amount is one call.
                usd = verdict.usd or (1.0 if held.coins.counted else 0.0)
            except JudgeUnavailable as error:
                usd, pause = error.usd, back_off(attempt, error.retry_after)
                if attempt == ATTEMPTS or pause > PATIENCE:
                    raise
            except JudgeRefused as error:
                usd = error.usd
                self._refused.append(error)
                if error.misconfigured or (not self._judged and len(self._refused) >= HOPELESS):
                    raise
                return "error"
            else:
                self._judged += 1
                return verdict.label
            finally:
                await asyncio.shield(asyncio.to_thread(self._allowance.settled, held, usd))
            await asyncio.sleep(pause)


def _kept(
    store: Store, judge: Judge, dimension: Dimension, asked: Sequence[Control], labels: Mapping[str, str], at: float, reset: bool
) -> Drift:  # fmt: skip
    rubric = judge.rubric(dimension)
    key = f"control/{dimension.name}"
    where, text = f"{key}/reference/{rubric}/{judge.name}", fingerprint(asked)
    reference: Any = store.state(where)
    if reset or not isinstance(reference, Mapping) or reference.get("set") != text:
        reference = {"set": text, "at": at, "labels": dict(labels)}
        store.set_state(where, reference)
    before = {name: label for name, label in reference["labels"].items() if label != "error"}
    changes = tuple(name for name, label in before.items() if labels[name] != label)
    known = [one for one in asked if dimension.name in one.labels]
    right = sum(labels[one.name] == one.labels[dimension.name] for one in known)
    found = Drift(
        dimension.name, len(before), len(changes), sum(label == "error" for label in labels.values()), at, reference["at"],
        right / len(known) if known else None, rubric, judge.name, changes,
    )  # fmt: skip
    store.set_state(key, {name: value for name, value in asdict(found).items() if name != "dimension"})
    return found


def _nothing(_told: str) -> None:
    """The worker has said it already, or what is raised says it."""
