"""Which versions of a prompt and of a model behind a name were seen: a new one is a reason for numbers to move."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from . import schema
from .database import Database
from .totals import CHANGE, total

PROMPT, MODEL = "prompt", "model"
_MOST = 1_000
"""Versions that are told apart for each model and kind; what changes with every call is no version."""
Seen = tuple[str, str, str]


class Changes:
    """Remembers what is in the database, so that most batches need not ask it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: set[Seen] = set()

    def new(self, connection: Connection, found: Iterable[Seen], worker: str) -> tuple[list[dict[str, Any]], set[Seen]]:
        """Totals to add for what was never seen before, the first of all excepted; and what to `remember` once that is committed."""
        asked = set(found) - self._known
        named: dict[tuple[str, str], set[str]] = {}
        for model, kind, value in asked:
            named.setdefault((model, kind), set()).add(schema.clean(value))
        rows = []
        for (model, kind), values in sorted(named.items()):
            number = self._added(connection, model, kind, values)
            if number:
                rows.append(total(worker, CHANGE, model=model, name=kind, number=number))
        return rows, asked

    def _added(self, connection: Connection, model: str, kind: str, values: set[str]) -> int:
        """How many changes that makes."""
        table = schema.seen.c
        statement = select(table.value).where(table.model == model, table.kind == kind).limit(_MOST)
        before = set(connection.scalars(statement))
        new = sorted(values - before)[: _MOST - len(before)]
        if new:
            connection.execute(
                self._database.insert(schema.seen).on_conflict_do_nothing(),
                [{"model": model, "kind": kind, "value": value} for value in new],
            )
        return len(new) - (not before and bool(new))

    def remember(self, asked: set[Seen]) -> None:
        """After the commit: a transaction that was rolled back has seen nothing."""
        if len(self._known) > 100 * _MOST:
            self._known.clear()
        self._known |= asked
