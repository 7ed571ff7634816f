"""Tables are made where there are none, and brought to this version where they are of an earlier one."""

import time

from sqlalchemy import Connection, insert, inspect, select, text, update

from . import schema

_STEPS: dict[int, tuple[str, ...]] = {
    2: (
        "ALTER TABLE evals_calls ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0",
        # When they were seen is not known: from now on they count as seen.
        "ALTER TABLE evals_seen ADD COLUMN last DOUBLE PRECISION NOT NULL DEFAULT 0",
        "ALTER TABLE evals_seen ADD COLUMN busy DOUBLE PRECISION NOT NULL DEFAULT 0",
        "UPDATE evals_seen SET last = :now",
        "UPDATE evals_calls SET status = 'gone' WHERE status = 'judged' AND closed IS NULL",
        "DELETE FROM evals_items WHERE id IN (SELECT id FROM evals_calls WHERE status = 'gone')",
    ),
}
"""By version: what has to be done to tables of the one before it. Tables and indexes that are new are made in any case."""


def version_of(connection: Connection) -> int | None:
    """Of the tables that are there; None where there are none."""
    if not inspect(connection).has_table(schema.meta.name):
        return None
    meta = schema.meta.c
    found = connection.execute(select(meta.value).where(meta.key == "schema")).scalar_one_or_none()
    return None if found is None else int(found)


def made(connection: Connection) -> None:
    """All tables and indexes, within somebody's transaction."""
    before = version_of(connection)
    for version in range(before + 1 if before else schema.VERSION + 1, schema.VERSION + 1):
        for step in _STEPS[version]:
            connection.execute(text(step), {"now": time.time()} if ":now" in step else {})
    schema.tables.create_all(connection)
    for table in schema.tables.sorted_tables:
        for index in table.indexes:
            index.create(connection, checkfirst=True)
    if before is None:
        rows = [{"key": "schema", "value": str(schema.VERSION)}, {"key": "put", "value": ""}]
        connection.execute(insert(schema.meta), rows)
    else:
        meta = schema.meta.c
        connection.execute(update(schema.meta).where(meta.key == "schema").values(value=str(schema.VERSION)))
