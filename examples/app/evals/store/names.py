"""Who goes by which name: counters are kept by a worker's name, and two of one name would each tell the sum of both."""

import time
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from . import schema
from .database import Part

_names = schema.names.c


@dataclass(frozen=True, slots=True)
class Holder:
    """Of a name. `place` stays the same for a worker that is started again in its folder, `life` is of this start; `until` in unix seconds."""

    place: str
    life: str
    host: str
    until: float


class Names(Part):
    """Names of workers, each with a lease."""

    def take_name(self, name: str, holder: Holder, now: float | None = None) -> Holder | None:
        """Take a name that is free, whose lease ran out, or that the same place held; else whoever holds it, and nothing is changed.

        Who is of the same place is gone: a worker locks its folder before it takes its name. Raises StoreError.
        """
        now = time.time() if now is None else now
        row = {"place": holder.place, "life": holder.life, "host": holder.host, "until": holder.until}
        insert = self._database.insert(schema.names).values(name=name, **row)
        free = (_names.until <= now) | (_names.place == holder.place)
        # One statement, which locks the row: of two that ask at once, the second sees the first.
        taken = insert.on_conflict_do_update(index_elements=["name"], set_=row, where=free).returning(_names.life)
        with self._database.write() as connection:
            if connection.scalar(taken) is not None:
                return None
            found = connection.execute(
                select(_names.place, _names.life, _names.host, _names.until).where(_names.name == name)
            )
            return Holder(*found.one())

    def keep_name(self, name: str, holder: Holder) -> bool:
        """Hold it for longer; False where another has it meanwhile. A lease that ran out is no matter until somebody takes the name."""
        mine = (_names.name == name) & (_names.life == holder.life)
        with self._database.write() as connection:
            return bool(connection.execute(update(schema.names).where(mine).values(until=holder.until)).rowcount)

    def leave_name(self, name: str, holder: Holder) -> None:
        """Let another have it at once."""
        with self._database.write() as connection:
            connection.execute(delete(schema.names).where(_names.name == name, _names.life == holder.life))
