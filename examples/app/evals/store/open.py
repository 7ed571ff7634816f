"""Open a store by its URL: SQLite in a file, or PostgreSQL."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from . import schema
from .database import Database
from .error import StoreError, shown
from .migrate import made, version_of
from .sqlite import prepared
from .store import Store

_HELP = "give sqlite:////folder/evals.sqlite or postgresql+psycopg://user:password@host:5432/database"
_SQLITE, _POSTGRES = "sqlite", "postgresql"
_LOCK = 0x6C6C6D65
"""Of PostgreSQL's advisory locks: two that open an empty database at once must not both make the tables."""


def open_store(url: str, *, max_waiting: int = 1_000_000) -> Store:
    """The store at that SQLAlchemy URL, with its tables made where they are missing.

    At most `max_waiting` answers wait in it; more are refused and counted. Raises StoreError, which says what to do and holds no password.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == _SQLITE:
        _folder(parsed)
    database = Database(_engine(parsed))
    try:
        # Looked at before: a store that is there already is opened without waiting for whoever writes.
        with database.read() as connection:
            known = _known(connection, parsed)
        if not known:
            with database.write() as connection:
                _make(connection, parsed)
    except BaseException:
        database.close()
        raise
    return Store(database, max_waiting)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    except (ArgumentError, ValueError):
        # The text is not shown: whatever it is, it may hold a password.
        raise StoreError(f"EVALS_STORE is no URL of a database; {_HELP}") from None
    backend = parsed.get_backend_name()
    if backend not in {_SQLITE, _POSTGRES}:
        raise StoreError(f"EVALS_STORE names {backend}, and the store knows SQLite and PostgreSQL; {_HELP}")
    if backend == _SQLITE and parsed.database in {None, "", ":memory:"}:
        raise StoreError(f"EVALS_STORE names no file, and a store in memory would lose everything; {_HELP}")
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == _POSTGRES else parsed


def _folder(url: URL) -> None:
    file = Path(str(url.database))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the store's folder {file.parent} cannot be made: {error.strerror}; "
            "let the worker's user write there, or set EVALS_FOLDER to another"
        ) from None


def _engine(url: URL) -> Engine:
    more: dict[str, Any] = {"hide_parameters": True}
    if url.get_backend_name() == _POSTGRES:
        arguments = {"connect_timeout": 10, "application_name": "llm-evals"}
        more |= {
            # A server that was restarted meanwhile is noticed before a transaction, not within one.
            "pool_pre_ping": True,
            "connect_args": {name: value for name, value in arguments.items() if name not in url.query},
        }
    try:
        engine = create_engine(url, **more)
    except ImportError as error:
        raise StoreError(
            f"{url.drivername} needs a driver that is not installed ({error.msg}): pip install 'psycopg[binary]>=3.3'"
        ) from None
    except (ArgumentError, TypeError, ValueError):
        raise StoreError(f"EVALS_STORE has an option or a driver that is not known; {_HELP}") from None
    if engine.dialect.name == _SQLITE:
        event.listen(engine, "connect", prepared)
    return engine


def _known(connection: Connection, url: URL) -> bool:
    """There are tables, of this version."""
    found = version_of(connection)
    if found is not None and found > schema.VERSION:
        raise StoreError(
            f"the store {shown(url)} has the tables of a newer version (schema {found}, known here is {schema.VERSION}): "
            "bring this worker up to date, or set EVALS_STORE to another"
        )
    return found == schema.VERSION


def _make(connection: Connection, url: URL) -> None:
    if connection.dialect.name == _POSTGRES:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    # Another may have made them while this one waited.
    if not _known(connection, url):
        made(connection)
