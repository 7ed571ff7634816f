"""What a dimension is measured by, its rubric and its judge, and since when: a rate that moves with its ruler says nothing of the answers."""

import time
from typing import Any

import orjson
from sqlalchemy import Connection, select

from app.evals.verdict import Verdict

from . import schema
from .database import Database

_KEY = "ruler/"
_LOOK = 60.0
"""Seconds after which the database is asked again: meanwhile another worker may have judged by another ruler."""


class Rulers:
    """The last ruler of each dimension, in the store's state; this process remembers it, so that most verdicts need not ask."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[str, float]] = {}

    def judged(self, connection: Connection, verdict: Verdict, now: float) -> None:
        """Note the ruler of a verdict that is being recorded, within its transaction; `remember` it once that is committed.

        Two workers of different rulers, side by side, take it from each other once a minute: it counts as new until one of them is gone.
        """
        ruler = _ruler(verdict)
        known, asked = self._known.get(verdict.dimension, ("", 0.0))
        if known == ruler and time.monotonic() - asked < _LOOK:
            return
        key, state = _KEY + verdict.dimension, schema.state.c
        kept = _loaded(connection.scalar(select(state.value).where(state.key == key).with_for_update()))
        if kept.get("ruler") != ruler:
            value = orjson.dumps({"ruler": ruler, "changed": now if kept else 0.0}).decode()
            statement = self._database.insert(schema.state).values(key=key, value=value)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
            )

    def remember(self, verdict: Verdict) -> None:
        """After the commit: a transaction that was rolled back has noted nothing."""
        known, asked = self._known.get(verdict.dimension, ("", 0.0))
        if known != _ruler(verdict) or time.monotonic() - asked >= _LOOK:
            self._known[verdict.dimension] = (_ruler(verdict), time.monotonic())

    def changed(self, connection: Connection) -> dict[str, float]:
        """By dimension: when its ruler last became another one; 0 where it never did."""
        state = schema.state.c
        found = connection.execute(select(state.key, state.value).where(state.key.startswith(_KEY)))
        return {key.removeprefix(_KEY): float(_loaded(value)["changed"]) for key, value in found}


def _ruler(verdict: Verdict) -> str:
    # Cleaned as the database would do it, or it would never be found again as the same.
    return schema.clean(f"{verdict.rubric} {verdict.judge}")


def _loaded(text: str | None) -> dict[str, Any]:
    return {} if text is None else dict(orjson.loads(text))
