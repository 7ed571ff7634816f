"""What is done all the time costs the same at any backlog: by indexes and kept counts, never by reading through a table."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from app.evals.store import Store
from sqlalchemy import Engine, create_engine, event, text

from tests.app.evals.store.answers import item, verdict

Told = list[tuple[str, Any]]
LARGE = r"evals_(calls|items|verdicts|labels)"
# SQLite reads an index in its order up to a LIMIT, or one that holds only what is open, and calls that a scan too.
ALLOWED = r"SCAN evals_verdicts USING INDEX evals_verdicts_(at|unlogged)"


@contextmanager
def listening() -> Iterator[Told]:
    """Every statement that is sent meanwhile, with its parameters."""
    told: Told = []

    def one(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if re.match("SELECT|UPDATE|DELETE|WITH", statement):
            told.append((statement, parameters[0] if many else parameters))

    event.listen(Engine, "before_cursor_execute", one)
    try:
        yield told
    finally:
        event.remove(Engine, "before_cursor_execute", one)


def plans(url: str, told: Told) -> list[tuple[str, str]]:
    """Of each statement, as the database makes it."""
    engine = create_engine(url)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # Tables of a test are so small that reading through them is best; without that it shows what else there is.
            connection.execute(text("SET enable_seqscan = off"))
        found = [
            (statement, "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)))
            for statement, parameters in told
        ]
    engine.dispose()
    return found


def daily(store: Store) -> None:
    """All that a worker and its watchers do from minute to minute."""
    store.put([item(number, prompt_version="v1") for number in range(9)], worker="w")
    claims = store.claim("w", 6, 60)
    reservation = store.reserve(0.1, 1.0, 60, "d")
    store.record(claims[0], verdict(0), reservation, "w")
    store.extend(claims[0], 60)
    store.finish(claims[0])
    store.postpone(claims[1], "x", 5)
    store.bury(claims[2], "x")
    store.skip(claims[3], "x")
    store.give_back(claims[4])
    store.spent("d")
    store.depth()
    store.dead(10)
    store.verdicts(label="fail", most=20)
    store.verdicts(most=20)
    rows = store.unlogged(100)
    store.logged([row.id for row in rows])
    store.label(item(0).call_id, "groundedness", "r1", "pass", "ann")
    store.to_label("groundedness", 10, 1)
    store.retry("all")
    store.sweep(-60)


def test_no_statement_of_every_day_reads_through_a_table(store: Store, url: str) -> None:
    """Those that are sent, each asked for its plan."""
    with listening() as told:
        daily(store)
    made = plans(url, told)
    assert len({statement for statement, _plan in made}) > 25
    for statement, plan in made:
        for line in plan.splitlines():
            if re.search(rf"(SCAN|Seq Scan on) {LARGE}\b", line):
                assert re.search(ALLOWED, line), f"{statement}\n{plan}"


def test_the_check_sees_a_table_that_is_read_through(store: Store, url: str) -> None:
    """As counting would do it."""
    (one,) = plans(url, [("SELECT COUNT(*) FROM evals_calls WHERE reason = 'x'", ())])
    assert re.search(rf"(SCAN|Seq Scan on) {LARGE}\b", one[1])


@pytest.mark.e2e
def test_a_long_queue_is_as_quick_as_a_short_one(opened: Callable[..., Store]) -> None:
    """Putting a hundred and asking for the depth: best of several, at 100,000 and at none."""
    import time

    store = opened()

    def best() -> float:
        seconds = []
        for _turn in range(15):
            first = next(numbers) * 100
            begun = time.perf_counter()
            store.put([item(first + place) for place in range(100)])
            store.depth()
            seconds.append(time.perf_counter() - begun)
        return min(seconds)

    numbers = iter(range(10_000, 20_000))
    short = best()
    for start in range(0, 100_000, 10_000):
        store.put([item(start + place) for place in range(10_000)])
    assert best() < 5 * short
