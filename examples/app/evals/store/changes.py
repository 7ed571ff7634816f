"""Which version of a prompt, and of a model behind a name, answers: another one is a reason for numbers to move."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select

from . import schema
from .database import Database
from .totals import CHANGE, total

PROMPT, MODEL = "prompt", "model"
GONE = 3600.0
"""Seconds in which others answered, after which a version that comes back is a change: a prompt that was rolled back, for instance."""
_SPELL = 300.0
"""Seconds: a version is noted once in so many, so that most batches write nothing."""
_SILENCE = 900.0
"""Seconds for which a longer silence counts: a night without a call is no change, nor is who of two comes first in the morning."""
_MOST = 1_000
"""Versions that are told apart for each model and kind; what changes with every call is no version."""
Version = tuple[str, str, str]
"""Model, kind and value."""


class _Seen(NamedTuple):
    last: float
    busy: float
    """Seconds, silences cut short, that this model had been answering for by then."""


class Changes:
    """Counts a version when it is new, and when it comes back after others have taken its place; two side by side count once each.

    Time is that of the calls, which arrive in any order: one that is told of an hour after others is history, and brings nothing back.
    This process remembers what is in the database, so that most batches need not ask it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[Version, float] = {}

    def new(
        self, connection: Connection, found: Iterable[tuple[Version, float]], worker: str
    ) -> tuple[list[dict[str, Any]], dict[Version, float]]:
        """Totals to add for versions and when they were seen, the first of all excepted; and what to `remember` once that is committed."""
        named: dict[tuple[str, str], list[tuple[float, str]]] = {}
        asked: dict[Version, float] = {}
        for version, at in found:
            if at > self._known.get(version, float("-inf")) + _SPELL:
                model, kind, value = version
                named.setdefault((model, kind), []).append((at, schema.clean(value)))
                asked[version] = max(at, asked.get(version, at))
        rows = []
        for (model, kind), seen in sorted(named.items()):
            if number := self._noted(connection, model, kind, sorted(seen)):
                rows.append(total(worker, CHANGE, model=model, name=kind, number=number))
        return rows, asked

    def _noted(self, connection: Connection, model: str, kind: str, seen: list[tuple[float, str]]) -> int:
        """How many changes that makes."""
        table = schema.seen.c
        statement = (
            select(table.value, table.last, table.busy).where(table.model == model, table.kind == kind).limit(_MOST)
        )
        before = {row.value: _Seen(row.last, row.busy) for row in connection.execute(statement)}
        found, changes = _told(before, seen)
        rows = [
            {"model": model, "kind": kind, "value": value, "last": one.last, "busy": one.busy}
            for value, one in sorted(found.items())
            if before.get(value) != one
        ]
        if rows:
            insert = self._database.insert(schema.seen)
            again = {name: insert.excluded[name] for name in ("last", "busy")}
            connection.execute(
                insert.on_conflict_do_update(index_elements=["model", "kind", "value"], set_=again), rows
            )
        return changes

    def remember(self, asked: dict[Version, float]) -> None:
        """After the commit: a transaction that was rolled back has seen nothing."""
        if len(self._known) > 100 * _MOST:
            self._known.clear()
        self._known |= asked


def _told(before: dict[str, _Seen], seen: Iterable[tuple[float, str]]) -> tuple[dict[str, _Seen], int]:
    """What is known afterwards, and how many changes there were; `seen` is in the order of time."""
    known, changes = dict(before), 0
    newest = max((one.last for one in known.values()), default=float("-inf"))
    busy = max((one.busy for one in known.values()), default=0.0)
    for at, value in seen:
        one, late = known.get(value), at <= newest - GONE
        if one is None and len(known) >= _MOST:
            continue
        if one is not None and at <= one.last + _SPELL:
            continue
        busy += min(_SILENCE, max(0.0, at - newest)) if known else 0.0
        newest = max(newest, at)
        if one is None:
            changes += bool(known)
        elif not late and busy - one.busy >= GONE:
            changes += 1
        known[value] = _Seen(at, one.busy if one and late else busy)
    return known, changes


def unseen(connection: Connection, before: float) -> None:
    """Versions that nobody has seen for so long are forgotten."""
    connection.execute(delete(schema.seen).where(schema.seen.c.last < before))
