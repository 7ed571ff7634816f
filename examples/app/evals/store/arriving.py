"""Answers come in: each once, however often it is put, and never more than there is room for."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from app.evals.item import Item

from . import schema
from .changes import MODEL, PROMPT, Changes, Version
from .counts import counted, moved
from .database import Database, Part
from .totals import DROPPED, count, total
from .values import Put

AT_ONCE = 1_000
"""Items a transaction: enough to make its cost small, few enough to let others write in between."""


class Arriving(Part):
    """Takes answers in."""

    def __init__(self, database: Database, max_waiting: int) -> None:
        super().__init__(database, max_waiting)
        self._changes = Changes(database)

    def put(self, items: Sequence[Item], worker: str = "") -> Put:
        """Take in what was never put before; a thousand a transaction, so that after an error some may be in and all can be put again.

        Refused ones count as dropped (`full`) by this worker, new versions of prompts and models as changes. Raises StoreError.
        """
        done = Put(0, 0, 0)
        for start in range(0, len(items), AT_ONCE):
            one = self._batch(items[start : start + AT_ONCE], worker)
            done = Put(done.added + one.added, done.known + one.known, done.refused + one.refused)
        return done

    def _batch(self, batch: Sequence[Item], worker: str) -> Put:
        unique = {schema.clean(item.call_id): item for item in batch}
        with self._database.write() as connection:
            # One at a time, also in PostgreSQL: the room is counted and ids are given out.
            meta = schema.meta.c
            connection.execute(select(meta.value).where(meta.key == "put").with_for_update())
            calls = schema.calls.c
            known = set(connection.scalars(select(calls.call_id).where(calls.call_id.in_(list(unique)))))
            new = [item for call_id, item in unique.items() if call_id not in known]
            waiting = counted(connection)
            room = max(0, self._max_waiting - waiting[schema.WAITING] - waiting[schema.DELAYED])
            added, refused = new[:room], len(new[room:])
            rows, seen = self._insert(connection, added, worker)
            if refused:
                rows.append(total(worker, DROPPED, name="full", number=refused))
            count(self._database, connection, rows)
            moved(self._database, connection, {schema.WAITING: len(added)})
        self._changes.remember(seen)
        return Put(len(added), len(batch) - len(new), refused)

    def _insert(
        self, connection: Connection, added: Sequence[Item], worker: str
    ) -> tuple[list[dict[str, Any]], dict[Version, float]]:
        if not added:
            return [], {}
        first = (connection.scalar(select(func.max(schema.calls.c.id))) or 0) + 1
        numbered = list(enumerate(added, first))
        connection.execute(
            insert(schema.calls),
            [
                {
                    "id": number, "call_id": item.call_id, "status": schema.WAITING, "due": 0.0, "closed": None,
                    "ended": item.ended, "token": 0, "attempt": 0, "deaths": 0, "model": item.model, "reason": "",
                }
                for number, item in numbered
            ],
        )  # fmt: skip
        connection.execute(
            insert(schema.items), [{"id": number, "item": item.dumped().decode()} for number, item in numbered]
        )
        now = time.time()
        # A clock that is ahead must not make all others late.
        seen = ((version, min(item.ended, now)) for item in added for version in _versions(item))
        return self._changes.new(connection, seen, worker)


def _versions(item: Item) -> Iterator[Version]:
    if item.prompt_version:
        yield item.model, PROMPT, item.prompt_version
    if item.response_model:
        yield item.model, MODEL, item.response_model
