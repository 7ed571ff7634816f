"""The budget of a day: money is set aside before a judge is asked, so that no number of processes together can spend more.

Money is kept in whole billionths of a USD. Sums of floats depend on their order, and a limit that is compared with one does not hold.
"""

import math
import time
import uuid

from sqlalchemy import Connection, delete, func, select, update

from . import schema
from .database import Part
from .totals import USD, count, total
from .values import Reservation, Spent

_UNIT = 1_000_000_000
_MOST = 2**62
_budget, _reservations = schema.budget.c, schema.reservations.c


def _units(usd: float) -> int:
    if math.isnan(usd) or usd < 0:
        raise ValueError(f"an amount in USD is 0 or more, not {usd}")
    return min(_MOST, round(usd * _UNIT)) if usd < _MOST / _UNIT else _MOST


def settled(connection: Connection, reservation: Reservation, usd: float) -> bool:
    """Spend so much of it and let go of the rest, within somebody's transaction; False where that was done before."""
    gone = delete(schema.reservations).where(_reservations.id == reservation.id).returning(_reservations.amount)
    amount = connection.scalar(gone)
    if amount is None:
        return False
    connection.execute(
        update(schema.budget)
        .where(_budget.day == reservation.day)
        .values(spent=_budget.spent + _units(usd), reserved=_budget.reserved - amount)
    )
    return True


def folded(connection: Connection, before: float) -> None:
    """What expired before that is spent for good: nobody comes back to settle it."""
    gone = delete(schema.reservations).where(_reservations.expires < before)
    found: dict[str, int] = {}
    for day, amount in connection.execute(gone.returning(_reservations.day, _reservations.amount)):
        found[day] = found.get(day, 0) + amount
    for day, amount in sorted(found.items()):
        statement = update(schema.budget).where(_budget.day == day)
        connection.execute(statement.values(spent=_budget.spent + amount, reserved=_budget.reserved - amount))


class Budget(Part):
    """Reservations, of which each is settled once."""

    def reserve(
        self, usd: float, limit: float, ttl_seconds: float, day: str, now: float | None = None
    ) -> Reservation | None:
        """Set money aside for one judgement; None where the day would cost more than the limit, all that is set aside included.

        Settle it before `ttl_seconds` are over: then it counts as spent, because its owner may have asked the judge before it died.
        """
        now = time.time() if now is None else now
        amount, most = _units(usd), _units(limit)
        made = Reservation(uuid.uuid4().hex, day, usd, now + ttl_seconds)
        with self._database.write() as connection:
            empty = self._database.insert(schema.budget).on_conflict_do_nothing()
            connection.execute(empty, {"day": day, "spent": 0, "reserved": 0})
            # Read, compared and written by one statement, which locks the day's row until the commit.
            there_is = connection.execute(
                update(schema.budget)
                .where(_budget.day == day, _budget.spent + _budget.reserved + amount <= most)
                .values(reserved=_budget.reserved + amount)
            ).rowcount
            if not there_is:
                return None
            row = {"id": made.id, "day": day, "amount": amount, "expires": made.expires}
            connection.execute(self._database.insert(schema.reservations), row)
        return made

    def settle(self, reservation: Reservation, usd: float, worker: str | None = None) -> None:
        """A judgement without a verdict cost so much; for a `worker`, that is part of its judge's cost. Later ones of the same change nothing."""
        with self._database.write() as connection:
            if settled(connection, reservation, usd) and worker is not None and usd:
                count(self._database, connection, [total(worker, USD, number=usd)])

    def spent(self, day: str, now: float | None = None) -> Spent:
        """Of a day so far. What was set aside and never settled in time is spent."""
        now = time.time() if now is None else now
        with self._database.read() as connection:
            row = connection.execute(
                select(
                    _budget.spent + _budget.reserved,
                    select(func.coalesce(func.sum(_reservations.amount), 0))
                    .where(_reservations.day == day, _reservations.expires > now)
                    .scalar_subquery(),
                ).where(_budget.day == day)
            ).one_or_none()
        whole, reserved = (0, 0) if row is None else (int(row[0]), int(row[1]))
        return Spent((whole - reserved) / _UNIT, reserved / _UNIT)
