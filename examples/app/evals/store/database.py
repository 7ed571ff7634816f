"""One database for all parts of the store: transactions that wait for their turn, and errors in words for people."""

import os
import random
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import Pool

from .error import told

WRITES = "evals_writes"
"""The option of a connection whose transaction takes the right to write as it begins."""
_SHARDS = 16
Insert = sqlite.Insert | postgresql.Insert


class Database:
    """An engine, and how to use it. Safe to share between threads, and with processes that are forked off."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"
        # Writers of PostgreSQL would queue up at one row of numbers; sixteen rows let them pass each other.
        self.shard = 0 if self.sqlite else random.randrange(_SHARDS)  # noqa: S311  # a place, no secret
        self._turn = threading.Lock()
        event.listen(engine, "begin", self._begin)
        _databases.add(self)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: all of it, or nothing. Raises StoreError."""
        # SQLite has one writer at a time. Its own waiting is a loop of naps, in which threads of one process would starve each other.
        if not self.sqlite:
            with self._within({}) as connection:
                yield connection
            return
        with self._turn, self._within({WRITES: True}) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of SQLite; of PostgreSQL one per statement. Raises StoreError."""
        with self._within({}) as connection:
            yield connection

    @contextmanager
    def _within(self, options: dict[str, Any]) -> Iterator[Connection]:
        try:
            with self.engine.connect().execution_options(**options) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as error:
            # Without its cause, whose text may hold more than this one.
            raise told(self.engine.url, error) from None

    def insert(self, table: Table) -> Insert:
        """An INSERT of this dialect, which knows ON CONFLICT."""
        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)

    def add(self, connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *summed: str) -> None:
        """Add numbers to the rows of the same key, which are made where there are none."""
        if not rows:
            return
        key = [column.name for column in table.primary_key]
        # In one order everywhere: two transactions that take the same rows never wait for each other in a circle.
        ordered = sorted(rows, key=lambda row: tuple(row[name] for name in key))
        statement = self.insert(table)
        more = {name: table.c[name] + statement.excluded[name] for name in summed}
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=more), ordered)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def forked(self) -> None:
        """In a new process: neither the parent's connections nor a lock that one of its threads held."""
        _left.append(self.engine.pool)
        self.engine.dispose(close=False)
        self._turn = threading.Lock()

    def _begin(self, connection: Connection) -> None:
        if self.sqlite:
            writes = connection.get_execution_options().get(WRITES)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_left: list[Pool] = []
"""Of a parent: to close one of its connections here would end it over there, or let SQLite tidy up behind somebody who still writes."""
_databases: "weakref.WeakSet[Database]" = weakref.WeakSet()


def _forked() -> None:
    for database in list(_databases):
        database.forked()


os.register_at_fork(after_in_child=_forked)


class Part:
    """A part of the store."""

    def __init__(self, database: Database, max_waiting: int) -> None:
        self._database, self._max_waiting = database, max_waiting
