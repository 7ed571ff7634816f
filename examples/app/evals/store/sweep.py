"""Texts of people are kept as long as they are needed, and no longer."""

import dataclasses
import time
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from app.evals.item import Item

from . import schema
from .budget import folded
from .clusters import forgotten
from .counts import moved
from .database import Part

_AT_ONCE = 500
_DAY = 86400.0
_calls = schema.calls.c


class Sweeping(Part):
    """Removes what is old."""

    def sweep(self, keep_seconds: float, now: float | None = None) -> int:
        """Remove questions, answers and passages of what was judged, given up or skipped longer ago than that; how many.

        Verdicts stay, with their reasons and quotes; so do call_ids, so that nothing is judged again. What was given up or skipped can then no
        more be retried. What still waits stays whole. Raises StoreError.
        """
        now = time.time() if now is None else now
        with self._database.write() as connection:
            folded(connection, now - _DAY)
            forgotten(connection, now)
        return sum(self._swept(status, now - keep_seconds) for status in (schema.JUDGED, schema.DEAD, schema.SKIPPED))

    def _swept(self, status: str, before: float) -> int:
        done = 0
        while True:
            with self._database.write() as connection:
                ids = _old(connection, status, before)
                if status == schema.JUDGED:
                    _emptied(connection, ids)
                    after: dict[str, Any] = {"closed": None}
                else:
                    connection.execute(delete(schema.items).where(schema.items.c.id.in_(ids)))
                    after = {"closed": None, "status": schema.GONE}
                connection.execute(update(schema.calls).where(_calls.id.in_(ids)).values(**after))
                moved(self._database, connection, {status: 0 if status == schema.JUDGED else -len(ids)})
            done += len(ids)
            if len(ids) < _AT_ONCE:
                return done


def _old(connection: Connection, status: str, before: float) -> list[int]:
    statement = (
        select(_calls.id)
        .where(_calls.status == status, _calls.closed < before)
        .order_by(_calls.closed)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list(connection.scalars(statement))


def _emptied(connection: Connection, ids: list[int]) -> None:
    """What is no text stays, for the verdict's sake: endpoint, trace, version of the prompt."""
    items = schema.items.c
    found = connection.execute(select(items.id, items.item).where(items.id.in_(ids))).all()
    rows = [{"key": number, "text": text} for number, told in found if (text := _empty(told))]
    if rows:
        statement = update(schema.items).where(items.id == bindparam("key")).values(item=bindparam("text"))
        connection.execute(statement, rows)
    unreadable = [number for number, told in found if not _empty(told)]
    connection.execute(delete(schema.items).where(items.id.in_(unreadable)))


def _empty(told: str) -> str:
    try:
        item = Item.loaded(told)
    except ValueError:
        return ""
    return dataclasses.replace(item, question="", answer="", passages=()).dumped().decode()
