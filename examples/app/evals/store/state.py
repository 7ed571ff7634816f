"""Small facts that outlive a worker: the last calibration of a dimension, the last run of the control set."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import orjson
from sqlalchemy import select

from . import schema
from .database import Part

JSON: TypeAlias = Mapping[str, "JSON"] | Sequence["JSON"] | str | float | bool | None


class State(Part):
    """Keeps a JSON value under a key."""

    def set_state(self, key: str, value: JSON) -> bool:
        """The last one stays; whether it is another one than before, which of many who say the same at once one hears.

        Raises StoreError, and TypeError for what is no JSON.
        """
        told = orjson.dumps(value).decode()
        with self._database.write() as connection:
            statement = self._database.insert(schema.state).values(key=key, value=told)
            again = statement.on_conflict_do_update(
                index_elements=["key"],
                set_={"value": statement.excluded.value},
                where=schema.state.c.value != statement.excluded.value,
            )
            return connection.scalar(again.returning(schema.state.c.key)) is not None

    def state(self, key: str) -> JSON:
        """What was kept, or None."""
        with self._database.read() as connection:
            found = connection.scalar(select(schema.state.c.value).where(schema.state.c.key == key))
        return None if found is None else orjson.loads(found)
