"""Read what was recorded: the worst answers for people, and what is still to be written into the log."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Select, func, select, update

from app.evals.item import Item
from app.evals.verdict import Verdict

from . import schema
from .database import Part
from .values import Row, Stratum

_verdicts = schema.verdicts.c
_AT_ONCE = 500


def rows(connection: Connection, chosen: Select[Any]) -> list[Row]:
    """The verdicts that a statement chose, in its order, each with its item."""
    found = connection.execute(chosen).all()
    texts: dict[str, str] = {}
    names = [row.call_id for row in found]
    for start in range(0, len(names), _AT_ONCE):
        calls, items = schema.calls.c, schema.items.c
        statement = (
            select(calls.call_id, items.item)
            .join_from(schema.calls, schema.items, calls.id == items.id)
            .where(calls.call_id.in_(names[start : start + _AT_ONCE]))
        )
        texts |= {row.call_id: row.item for row in connection.execute(statement)}
    return [_row(row, texts.get(row.call_id)) for row in found]


def _row(row: Any, text: str | None) -> Row:
    verdict = Verdict(
        row.call_id, row.dimension, row.rubric, row.label, row.score, row.reason, tuple(orjson.loads(row.quotes)),
        row.judge, row.usd, row.at, row.model, row.weight,
    )  # fmt: skip
    return Row(row.id, row.at, _item(verdict, text), verdict)


def _item(verdict: Verdict, text: str | None) -> Item:
    try:
        if text is not None:
            return Item.loaded(text)
    except ValueError:
        pass
    # Recorded without a claim (a control set, a run over a fixed set): nothing is known but what the verdict says.
    probability = 1 / max(1.0, verdict.weight)
    return Item(verdict.call_id, "", verdict.model, "", "", "", (), "ok", probability, "control", verdict.at)


class Verdicts(Part):
    """Looks verdicts up."""

    def verdicts(
        self, since: float | None = None, dimension: str | None = None, label: str | None = None, most: int = 1000,
        newest_first: bool = True,
    ) -> list[Row]:  # fmt: skip
        """At most that many, of all or of one dimension and label, judged at `since` or later. Raises StoreError."""
        statement = select(schema.verdicts).limit(most)
        if since is not None:
            statement = statement.where(_verdicts.at >= since)
        if dimension is not None:
            statement = statement.where(_verdicts.dimension == dimension)
        if label is not None:
            statement = statement.where(_verdicts.label == label)
        order = (_verdicts.at.desc(), _verdicts.id.desc()) if newest_first else (_verdicts.at, _verdicts.id)
        with self._database.read() as connection:
            return rows(connection, statement.order_by(*order))

    def strata(self, dimension: str, rubric: str, judge: str) -> list[Stratum]:
        """All that this judge passed and failed by this version of the rubric, by model and label; what is added up is added up in the database.

        Whether their texts are still there or not: verdicts stay, and they were to be labelled while they were new. Raises StoreError.
        """
        weight = _verdicts.weight
        statement = (
            select(_verdicts.model, _verdicts.label, func.count(), func.sum(weight), func.sum(weight * weight))
            .where(_verdicts.dimension == dimension, _verdicts.rubric == rubric, _verdicts.judge == judge)
            .where(_verdicts.label != "error")
            .group_by(_verdicts.model, _verdicts.label)
            .order_by(_verdicts.model, _verdicts.label)
        )
        with self._database.read() as connection:
            return [Stratum(*row) for row in connection.execute(statement)]

    def unlogged(self, most: int) -> list[Row]:
        """Verdicts whose line was not yet written, as far as the store was told, in the order in which they were recorded."""
        statement = select(schema.verdicts).where(_verdicts.unlogged.is_not(None)).order_by(_verdicts.id).limit(most)
        with self._database.read() as connection:
            return rows(connection, statement)

    def logged(self, ids: Sequence[int]) -> None:
        """Their lines are written. Who dies between the two writes them again: at least once, never not at all."""
        with self._database.write() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                connection.execute(update(schema.verdicts).where(_verdicts.id.in_(some)).values(unlogged=None))
