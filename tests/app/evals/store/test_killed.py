"""`kill -9` at any moment loses nothing that was said to be done, and counts nothing twice."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from app.evals.store import open_store
from sqlalchemy import create_engine, text

from tests.app.evals.store.answers import item


def killing(repository: Path, *words: object) -> dict[str, Any]:
    """What came of it."""
    environment = os.environ | {"PYTHONPATH": f"{repository}:{repository / 'examples'}"}
    command = [sys.executable, "-m", "tests.app.evals.store.killed", *map(str, words)]
    done = subprocess.run(command, env=environment, cwd=repository, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def at_each(url: str, repository: Path) -> None:
    done = killing(repository, "at", url)
    assert done["wrong"] == []
    # As many as there are at least: the kills were within transactions, and not all before the first.
    assert done["places"]["put"] >= 8
    assert done["places"]["claim"] >= 5
    assert done["places"]["record"] >= 16


def at_random(url: str, repository: Path, rounds: int, seed: int) -> None:
    done = killing(repository, "random", url, rounds, seed)
    assert done["wrong"] == []
    told = Counter(line.split()[0] for line in done["told"])
    judged = [tuple(line.split()[1:]) for line in done["told"] if line.startswith("judged")]
    assert len(judged) == len(set(judged))
    assert told["put"] > rounds
    assert told["judged"] > rounds
    engine = create_engine(url)
    with engine.connect() as connection:
        there = {row.call_id: row.status for row in connection.execute(text("SELECT call_id, status FROM evals_calls"))}
        rows = [tuple(row) for row in connection.execute(text("SELECT call_id, dimension FROM evals_verdicts"))]
    engine.dispose()
    for line in done["told"]:
        word, number, *_dimension = line.split()
        names = [item(int(number) + place).call_id for place in range(4)] if word == "put" else []
        assert all(name in there for name in names), f"{line} was said, and is lost"
    assert {(item(int(number)).call_id, dimension) for number, dimension in judged} <= set(rows)
    # In the end every answer is judged, once in each dimension.
    assert set(there.values()) == {"judged"}
    assert Counter(rows) == Counter({(name, dimension): 1 for name in there for dimension in ("groundedness", "tone")})
    with open_store(url) as store:
        workers = [store.totals(f"w{number}") for number in range(3)]
        changes = store.totals("shipper").changes
    assert sum(found[0] for worker in workers for found in worker.results.values()) == len(rows)
    assert changes[("m1", "prompt")] <= rounds - 1


def test_a_kill_at_each_statement(tmp_path: Path, repository: Path) -> None:
    """Of a put, of a claim, of a judgement from claim to finish: it has happened or it has not, and asked again it is done once."""
    at_each(f"sqlite:///{tmp_path / 'evals.sqlite'}", repository)


def test_kills_at_random(tmp_path: Path, repository: Path) -> None:
    """Twenty-four processes, three at a time."""
    at_random(f"sqlite:///{tmp_path / 'evals.sqlite'}", repository, 8, seed=1)


@pytest.mark.e2e
def test_a_kill_at_each_statement_of_postgres(postgres_url: str, repository: Path) -> None:
    """The same."""
    at_each(postgres_url, repository)


@pytest.mark.e2e
@pytest.mark.parametrize("seed", range(2, 9))
def test_many_kills_at_random(url: str, repository: Path, seed: int) -> None:
    """Seven times thirty processes for each database."""
    at_random(url, repository, 10, seed)
