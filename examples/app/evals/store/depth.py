"""How long the queue is, what was given up, and a second chance for that."""

import time
from typing import Literal

from sqlalchemy import func, select, update

from . import schema
from .counts import counted, moved
from .database import Part
from .values import Dead, Depth

_AT_ONCE = 1_000
_calls = schema.calls.c


class Deep(Part):
    """Looks at the queue as a whole."""

    def depth(self, now: float | None = None) -> Depth:
        """The same cost at any length. The oldest is told by when its call ended: waiting in the spool counts too."""
        now = time.time() if now is None else now
        with self._database.read() as connection:
            counts = counted(connection)
            oldest = connection.scalar(select(func.min(_calls.ended)).where(_calls.due.is_not(None)))
        return Depth(
            counts[schema.WAITING] + counts[schema.DELAYED],
            counts[schema.RUNNING],
            counts[schema.DEAD],
            counts[schema.SKIPPED],
            0.0 if oldest is None else max(0.0, now - oldest),
        )

    def dead(self, most: int) -> list[Dead]:
        """What was given up, the newest first."""
        statement = (
            select(_calls.call_id, _calls.model, _calls.reason, _calls.attempt, _calls.closed)
            .where(_calls.status == schema.DEAD, _calls.closed > 0)
            .order_by(_calls.closed.desc(), _calls.id.desc())
            .limit(most)
        )
        with self._database.read() as connection:
            return [Dead(*row) for row in connection.execute(statement)]

    def retry(self, status: Literal["dead", "skipped", "all"], now: float | None = None) -> int:
        """Let what was given up (`dead`), skipped for want of money, or both wait again, with all its attempts; how many.

        Those that came aside after `now` stay there. `max_waiting` does not hold them back. Raises StoreError.
        """
        chosen = {"dead": (schema.DEAD,), "skipped": (schema.SKIPPED,), "all": (schema.DEAD, schema.SKIPPED)}
        if status not in chosen:
            raise ValueError(f"retry what is dead, skipped or all, not {status!r}")
        now = time.time() if now is None else now
        return sum(self._retried(one, now) for one in chosen[status])

    def _retried(self, status: str, until: float) -> int:
        done = 0
        while True:
            with self._database.write() as connection:
                some = (
                    select(_calls.id)
                    .where(_calls.status == status, _calls.closed <= until)
                    .limit(_AT_ONCE)
                    .with_for_update(skip_locked=True)
                    .cte("some")
                )
                again = {"status": schema.WAITING, "due": 0.0, "closed": None, "attempt": 0, "deaths": 0, "reason": ""}
                statement = update(schema.calls).where(_calls.id.in_(select(some.c.id))).values(**again)
                # Counted by what comes back: SQLite's driver does not count where a statement begins with WITH.
                found = len(connection.execute(statement.returning(_calls.id)).all())
                moved(self._database, connection, {status: -found, schema.WAITING: found})
            done += found
            if found < _AT_ONCE:
                return done
