"""How many answers are in which state, kept up to date by each transaction: counting a million rows would take a second."""

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from . import schema
from .database import Database

KEPT = (schema.WAITING, schema.DELAYED, schema.RUNNING, schema.DEAD, schema.SKIPPED)


def moved(database: Database, connection: Connection, changes: Mapping[str, int]) -> None:
    """So many more, or fewer, in each state. The last thing that a transaction does: whoever follows waits for its end."""
    database.add(
        connection,
        schema.counts,
        [
            {"status": status, "shard": database.shard, "number": number}
            for status, number in changes.items()
            if number and status in KEPT
        ],
        "number",
    )


def counted(connection: Connection) -> dict[str, int]:
    """All states that are kept."""
    counts = schema.counts.c
    rows = connection.execute(select(counts.status, func.sum(counts.number)).group_by(counts.status))
    return dict.fromkeys(KEPT, 0) | {str(status): int(number) for status, number in rows}
