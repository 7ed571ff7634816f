"""SQLite as several processes share it: readers never wait, writers wait for their turn."""

import sqlite3
import time
from typing import Any

_SECONDS = 30.0
_PRAGMAS = (
    # A kill loses nothing; a power failure may lose the last moments before it, and never tears what was there.
    "synchronous=NORMAL",
    "cache_size=-32000",
    "temp_store=MEMORY",
    # 16 MB of log, in which pages of the index of call_ids come together: with a million waiting that halves what a batch costs.
    "wal_autocheckpoint=4000",
    "journal_size_limit=67108864",
)


def prepared(connection: Any, _record: object) -> None:
    """A new connection of the driver. Raises sqlite3.Error."""
    # The driver would begin transactions by itself, as readers that turn into writers, which can fail in the middle.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout={_SECONDS * 1000:.0f}")
        _write_ahead(cursor)
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
    finally:
        cursor.close()


def _write_ahead(cursor: Any) -> None:
    until = time.monotonic() + _SECONDS
    while True:
        # Only what is not yet so is changed: that needs the file alone, and SQLite does not wait for it.
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            return
        try:
            found = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
            continue
        if found != "wal":
            raise sqlite3.OperationalError(
                f"no write-ahead log on this file system (it stays {found}): use a local disk, or PostgreSQL"
            )
