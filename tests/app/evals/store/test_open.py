"""A store that cannot be opened says why and what to do, and never a password."""

import os
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from app.evals.store import Store, StoreError, open_store, schema
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.app.evals.store.answers import item, verdict
from tests.app.evals.store.postgres import PASSWORD

BACK = (
    "DROP TABLE evals_clusters",
    "DROP TABLE evals_names",
    "ALTER TABLE evals_calls DROP COLUMN deaths",
    "ALTER TABLE evals_seen DROP COLUMN last",
    "ALTER TABLE evals_seen DROP COLUMN busy",
    "DROP INDEX evals_calls_gone",
    "DROP INDEX evals_verdicts_words",
    "UPDATE evals_meta SET value = '1' WHERE key = 'schema'",
)
"""From this version to the one before."""
ASKED = "What is my salary?"


def refusal(url: str) -> str:
    """What is said; nor does the traceback hold the password."""
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "EVALS_STORE is no URL of a database; give sqlite:///"),
        (f"user:{PASSWORD}@host", "EVALS_STORE is no URL of a database"),
        (f"postgresql://u:{PASSWORD}@host:port/db", "EVALS_STORE is no URL of a database"),
        (f"mysql://u:{PASSWORD}@host/db", "names mysql, and the store knows SQLite and PostgreSQL"),
        ("sqlite://", "names no file, and a store in memory would lose everything"),
        ("postgresql+nothing://h/d", "has an option or a driver that is not known"),
        ("postgresql+psycopg2://h/d", "needs a driver that is not installed"),
        ("sqlite:////proc/nowhere/evals.sqlite", "the store's folder /proc/nowhere cannot be made"),
    ],
)
def test_a_url_that_leads_nowhere(url: str, said: str) -> None:
    assert said in refusal(url)


def test_a_server_that_is_down_or_refuses(postgres: str) -> None:
    """Each with its advice."""
    there = make_url(postgres)
    down = there.set(port=1).render_as_string(hide_password=False)
    assert "evals:***@127.0.0.1:1/postgres: connection" in refusal(down)
    assert refusal(down).endswith("is the server up, and are host and port right?")
    wrong = there.set(password="wrong").render_as_string(hide_password=False)
    assert refusal(wrong).endswith("check user and password in EVALS_STORE or EVALS_STORE_FILE")
    assert "wrong" not in refusal(wrong)
    none = there.set(database="none").render_as_string(hide_password=False)
    assert refusal(none).endswith("create it first, the store makes only its tables")


def test_a_user_who_may_not_make_tables(postgres: str) -> None:
    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE USER reader PASSWORD '{PASSWORD}'"))
    try:
        url = make_url(postgres).set(username="reader").render_as_string(hide_password=False)
        assert refusal(url).endswith("grant that user the right to create and change tables in the schema")
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP USER reader"))
        engine.dispose()


def test_a_file_that_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "evals.sqlite").write_text("a diary, and a long one\n" * 100)
    assert "that file is something else" in refusal(f"sqlite:///{tmp_path}/evals.sqlite")
    (tmp_path / "folder").mkdir()
    assert "set EVALS_FOLDER to another" in refusal(f"sqlite:///{tmp_path}/folder")


def test_a_folder_that_this_user_may_not_write(repository: Path) -> None:
    """As another user than root, who may write anywhere."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    script = f"""
import os, sys
sys.path.insert(0, "examples")
from app.evals.store import StoreError, open_store
import sqlalchemy.dialects.sqlite.pysqlite, app.evals.store.open
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    open_store("sqlite:///{folder}/evals.sqlite")
except StoreError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=True)
    folder.rmdir()
    assert done.stdout.strip().endswith("let the worker's user write that folder, or set EVALS_FOLDER to another")
    assert str(folder) in done.stdout


def test_tables_of_a_newer_version_are_left_alone(store: Store, url: str) -> None:
    store.put([item(1)])
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE evals_meta SET value = '99' WHERE key = 'schema'"))
    engine.dispose()
    assert "has the tables of a newer version (schema 99, known here is 2): bring this worker up to date" in refusal(
        url
    )
    assert store.depth().waiting == 1


def test_tables_of_the_version_before_are_brought_up_to_date(store: Store, url: str) -> None:
    """With what is in them; and a store that is opened beside it meanwhile does it no second time."""
    store.put([item(1, prompt_version="v1"), item(2)])
    store.close()
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in BACK:
            connection.execute(text(statement))
    threads = [threading.Thread(target=lambda: open_store(url).close()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT value FROM evals_meta WHERE key = 'schema'")) == str(schema.VERSION)
    engine.dispose()
    with open_store(url) as again:
        (first, _second) = again.claim("w", 2, 60)
        assert again.record(first, verdict(1), worker="w")
        assert again.finish(first)
        again.sweep(-60)
        again.put([item(3, prompt_version="v2")], worker="w")
        assert again.totals("w").changes == {("m1", "prompt"): 1}


def test_many_that_open_an_empty_place_at_once(url: str) -> None:
    """All succeed, and share one queue."""
    stores: list[Store] = []
    threads = [threading.Thread(target=lambda: stores.append(open_store(url))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores) == 6
    for number, store in enumerate(stores):
        store.put([item(number)])
    assert stores[0].depth().waiting == 6
    for store in stores:
        store.close()


def test_short_names_of_postgres_do(postgres_url: str) -> None:
    for scheme in ("postgres://", "postgresql://"):
        with open_store(scheme + postgres_url.split("://", 1)[1]) as store:
            store.put([item(1)])
            assert store.depth().waiting == 1


def test_a_server_that_was_restarted_is_no_matter(postgres_url: str, opened: Callable[..., Store]) -> None:
    """Connections that died meanwhile are replaced before they are used."""
    with open_store(postgres_url) as store:
        store.put([item(1)])
        engine = create_engine(postgres_url)
        with engine.begin() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'llm-evals'")
            )
        engine.dispose()
        assert store.depth().waiting == 1


def test_a_forked_process_has_its_own_connections(store: Store) -> None:
    """And the parent keeps its."""
    store.put([item(1)])
    child = os.fork()
    if not child:
        try:
            store.put([item(2)])
            store.close()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    store.put([item(3)])
    assert store.depth().waiting == 3


def test_what_fails_later_says_so_too(store: Store, url: str) -> None:
    """Without the statement and without what people wrote, which would end up in a log."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE evals_items RENAME TO hidden"))
    engine.dispose()
    with pytest.raises(StoreError) as caught:
        store.put([item(1, question=ASKED)])
    told = "".join(traceback.format_exception(caught.value))
    assert "evals_items" in told
    assert ASKED not in told
    assert "INSERT" not in told
    assert "\n" not in str(caught.value)
