"""Each test twice: with SQLite in a file, and with a real PostgreSQL."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from app.evals.store import Store, open_store
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.app.evals.store.postgres import Missing, cluster

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server; skips with the reason where there is none."""
    running = cluster()
    try:
        url = running.__enter__()
    except Missing as error:
        pytest.skip(str(error))
    yield url
    running.__exit__(None, None, None)


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """A schema of its own, empty."""
    name = f"t{next(_numbers)}"
    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    parsed = make_url(postgres).update_query_dict({"options": f"-csearch_path={name}"})
    yield parsed.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.e2e)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place for a store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'evals.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def opened(url: str) -> Iterator[Callable[..., Store]]:
    """Opens a store there as another process would; all are closed at the end."""
    stores: list[Store] = []

    def another(**more: int) -> Store:
        stores.append(open_store(url, **more))
        return stores[-1]

    yield another
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[..., Store]) -> Store:
    """An empty store."""
    return opened()
