"""What people wrote is kept as long as it is needed, and what is known of it not for ever either."""

import time
from collections.abc import Callable
from typing import Concatenate

from sqlalchemy import Connection, delete, exists, select, update

from . import schema
from .budget import folded
from .changes import unseen
from .clusters import forgotten
from .counts import moved
from .database import Database, Part

_AT_ONCE = 500
_DAY = 86400.0
LONGEST = 400 * _DAY
"""Seconds that a call_id, a verdict without its words, and a version that is seen no more are remembered; more where texts are kept longer than a
fourth of that. A spool is read again within minutes of a crash, or when a machine comes back: nothing comes again after a year."""
_calls, _verdicts, _labels = schema.calls.c, schema.verdicts.c, schema.labels.c


class Sweeping(Part):
    """Removes what is old, in small transactions."""

    def sweep(self, keep_seconds: float, now: float | None = None) -> int:
        """Remove the texts of what was judged, given up or skipped longer ago than that, and a judge's words on it; of how many answers.

        What a judge decided stays, and so do call_ids, so that nothing is judged again: for 400 days, or four times `keep_seconds` where that is
        more. Labels of people stay, with the verdicts that they are compared with. What was given up or skipped can then no more be retried.
        What still waits stays whole. Raises StoreError.
        """
        now = time.time() if now is None else now
        longest = now - max(LONGEST, 4 * keep_seconds)
        with self._database.write() as connection:
            folded(connection, now - _DAY)
            forgotten(connection, now)
            unseen(connection, longest)
        done = sum(
            self._all(_emptied, now - keep_seconds, status) for status in (schema.JUDGED, schema.DEAD, schema.SKIPPED)
        )
        self._all(_silenced, now - keep_seconds)
        self._all(_unknown, longest)
        self._all(_undecided, longest)
        return done

    def _all(
        self, some: Callable[Concatenate[Database, Connection, float, ...], int], before: float, *more: str
    ) -> int:
        """Batch after batch, until there is none."""
        done = 0
        while True:
            with self._database.write() as connection:
                found = some(self._database, connection, before, *more)
            done += found
            if found < _AT_ONCE:
                return done


def _emptied(database: Database, connection: Connection, before: float, status: str) -> int:
    """Texts of calls that are closed."""
    statement = select(_calls.id).where(_calls.status == status, _calls.closed < before).order_by(_calls.closed)
    ids = list(connection.scalars(statement.limit(_AT_ONCE).with_for_update(skip_locked=True)))
    connection.execute(delete(schema.items).where(schema.items.c.id.in_(ids)))
    # The reason may be an endpoint's message, which may quote what it was asked.
    gone = {"closed": None, "status": schema.GONE, "reason": ""}
    connection.execute(update(schema.calls).where(_calls.id.in_(ids)).values(**gone))
    moved(database, connection, {status: -len(ids)})
    return len(ids)


def _silenced(_database: Database, connection: Connection, before: float) -> int:
    """Reasons and quotes of verdicts."""
    statement = select(_verdicts.id).where(schema.SPEAKS, _verdicts.at < before).order_by(_verdicts.at)
    ids = list(connection.scalars(statement.limit(_AT_ONCE)))
    connection.execute(update(schema.verdicts).where(_verdicts.id.in_(ids)).values(reason="", quotes="[]"))
    return len(ids)


def _unknown(_database: Database, connection: Connection, before: float) -> int:
    """Calls without texts."""
    statement = select(_calls.id).where(schema.IS_GONE, _calls.ended < before).order_by(_calls.ended)
    ids = list(connection.scalars(statement.limit(_AT_ONCE)))
    connection.execute(delete(schema.calls).where(_calls.id.in_(ids)))
    return len(ids)


def _undecided(_database: Database, connection: Connection, before: float) -> int:
    """Verdicts that no label stands beside: calibration reads what the judge said from them."""
    labelled = exists().where(
        _labels.dimension == _verdicts.dimension,
        _labels.call_id == _verdicts.call_id,
        _labels.rubric == _verdicts.rubric,
    )
    statement = select(_verdicts.id).where(_verdicts.at < before, ~labelled).order_by(_verdicts.at)
    ids = list(connection.scalars(statement.limit(_AT_ONCE)))
    connection.execute(delete(schema.verdicts).where(_verdicts.id.in_(ids)))
    return len(ids)
