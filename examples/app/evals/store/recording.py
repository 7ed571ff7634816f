"""A verdict is recorded: its row, the totals and the money in one transaction, so that none of them is ever without the others."""

import math
import time
from typing import Any

import orjson
from sqlalchemy import Connection, select

from app.evals.verdict import Verdict

from . import schema
from .budget import settled
from .clusters import weighed_before
from .database import Database, Part
from .queue import owned
from .rulers import Rulers
from .totals import RESULT, USD, count, total
from .values import Claim, Reservation


class Recording(Part):
    """Takes verdicts in, each once."""

    def __init__(self, database: Database, max_waiting: int) -> None:
        super().__init__(database, max_waiting)
        self._rulers = Rulers(database)

    def record(
        self, claim: Claim | None, verdict: Verdict, reservation: Reservation | None = None, worker: str = "",
        now: float | None = None,
    ) -> bool:  # fmt: skip
        """Keep a verdict, unless there is one by that rubric, or the claim was lost: then False, and only its money counts.

        One by another judge or rubric than the last of its dimension is noted as well (see `rulers_changed`).

        Money is settled once for each reservation; without one it counts with the verdict. After an error, or with no word of how it
        ended, the same can be recorded again. Raises StoreError, and ValueError for a cost or weight that is no number.
        """
        for name, number in (("usd", verdict.usd), ("weight", verdict.weight), ("at", verdict.at)):
            if not math.isfinite(number) or number < 0:
                raise ValueError(f"a verdict's {name} is a number from 0 on, not {number}")
        now = time.time() if now is None else now
        with self._database.write() as connection:
            mine = claim is None or self._mine(connection, claim)
            paid = reservation is not None and settled(connection, reservation, verdict.usd)
            new = mine and self._added(connection, verdict)
            rows = []
            if new:
                cluster = claim.item.cluster if claim else None
                before = weighed_before(self._database, connection, cluster, verdict, now)
                rows.append(
                    total(
                        worker, RESULT, model=verdict.model, name=verdict.dimension, label=verdict.label,
                        weight=verdict.weight, before=before,
                    )
                )  # fmt: skip
            if verdict.usd and (paid or (new and reservation is None)):
                rows.append(total(worker, USD, number=verdict.usd))
            if new:
                self._rulers.judged(connection, verdict, now)
            count(self._database, connection, rows)
        if new:
            self._rulers.remember(verdict)
        return new

    def rulers_changed(self) -> dict[str, float]:
        """By dimension: when its judge or rubric last became another one, in unix seconds; 0 where that never happened."""
        with self._database.read() as connection:
            return self._rulers.changed(connection)

    def _mine(self, connection: Connection, claim: Claim) -> bool:
        # Locked until the commit, or another could claim it in between.
        statement = select(schema.calls.c.id).where(owned(claim)).with_for_update()
        return connection.scalar(statement) is not None

    def _added(self, connection: Connection, verdict: Verdict) -> bool:
        statement = self._database.insert(schema.verdicts).values(**_row(verdict)).on_conflict_do_nothing()
        return connection.scalar(statement.returning(schema.verdicts.c.id)) is not None


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "call_id": verdict.call_id,
        "dimension": verdict.dimension,
        "rubric": verdict.rubric,
        "label": verdict.label,
        "score": verdict.score,
        "reason": verdict.reason,
        "quotes": orjson.dumps([schema.clean(quote) for quote in verdict.quotes]).decode(),
        "judge": verdict.judge,
        "usd": verdict.usd,
        "at": verdict.at,
        "model": verdict.model,
        "weight": verdict.weight,
        "unlogged": 1,
    }
