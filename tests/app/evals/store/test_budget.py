"""Nobody spends more than the day's budget, however many ask at once and whoever dies."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from app.evals.store import Spent, Store, open_store

from tests.app.evals.store.audit import audit

NOW = 1_000_000.0
RACERS = """
import os, sys
from app.evals.store import open_store

gate, opened = os.pipe()
for racer in range(8):
    if not os.fork():
        os.close(opened)
        store, got = open_store(sys.argv[1]), 0
        os.read(gate, 1)
        for day in range(30):
            while (reservation := store.reserve(0.01, 0.05, 600, f"d{day}")) is not None:
                got += 1
                if got % 3 == 0:
                    store.settle(reservation, 0.004, worker="w")
        os.write(1, b"%d %d\\n" % (got, got // 3))
        os._exit(0)
os.close(opened)
sys.exit(sum(os.wait()[1] for racer in range(8)))
"""


def test_eight_processes_together_stay_below(url: str, repository: Path) -> None:
    """Which begin together and settle some for less: on each of thirty days, of which not one more judgement would fit."""
    open_store(url).close()
    environment = os.environ | {"PYTHONPATH": str(repository / "examples")}
    done = subprocess.run(
        [sys.executable, "-c", RACERS, url], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    told = [[int(word) for word in line.split()] for line in done.stdout.splitlines()]
    got, settled = (sum(one[place] for one in told) for place in (0, 1))
    with open_store(url) as store:
        days = [store.spent(f"d{day}") for day in range(30)]
    assert all(40 < round((day.usd + day.reserved) * 1000, 6) <= 50 for day in days)
    assert sum(round(day.usd * 1000) for day in days) == settled * 4
    assert sum(round(day.reserved * 1000) for day in days) == (got - settled) * 10
    assert (len(told), sum(one[0] > 0 for one in told) > 1) == (8, True)
    assert audit(url) == []


def test_a_limit_is_reached_to_the_cent(store: Store) -> None:
    """A hundred times 0.01 is 1, which a sum of floats denies."""
    made = [store.reserve(0.01, 1.0, 60, "d") for _ in range(101)]
    assert made[99] is not None
    assert made[100] is None
    assert store.spent("d") == Spent(0.0, 1.0)


def test_what_is_left_comes_back(store: Store) -> None:
    first = store.reserve(0.6, 1.0, 60, "d")
    assert store.reserve(0.6, 1.0, 60, "d") is None
    assert first is not None
    store.settle(first, 0.1)
    assert store.reserve(0.6, 1.0, 60, "d") is not None
    assert store.spent("d") == Spent(0.1, 0.6)


def test_what_cost_more_than_was_set_aside_is_told_as_it_is(store: Store) -> None:
    first = store.reserve(0.6, 1.0, 60, "d")
    assert first is not None
    store.settle(first, 1.5)
    assert store.spent("d") == Spent(1.5, 0.0)
    assert store.reserve(0.0, 1.0, 60, "d") is None


def test_what_nobody_settled_in_time_is_spent(store: Store, url: str) -> None:
    """Its owner may have asked the judge before it died. Should it come back, what it says is what counts."""
    late = store.reserve(0.6, 1.0, 60, "d", NOW)
    assert store.spent("d", NOW + 59) == Spent(0.0, 0.6)
    assert store.spent("d", NOW + 60) == Spent(0.6, 0.0)
    assert store.reserve(0.6, 1.0, 60, "d", NOW + 600) is None
    assert late is not None
    store.settle(late, 0.2, worker="w")
    assert store.spent("d", NOW + 60) == Spent(0.2, 0.0)
    assert audit(url) == []


def test_a_sweep_closes_the_books_of_those_who_never_came_back(store: Store) -> None:
    """A day later; then it is too late to settle."""
    late = store.reserve(0.6, 1.0, 60, "d", NOW)
    store.sweep(1_000, NOW + 86_000)
    store.sweep(1_000, NOW + 87_000)
    assert late is not None
    store.settle(late, 0.1, worker="w")
    assert store.spent("d", NOW) == Spent(0.6, 0.0)
    assert store.totals("w").judge_usd == 0.0


def test_days_have_nothing_to_do_with_each_other(store: Store) -> None:
    assert store.reserve(1.0, 1.0, 60, "2026-11-26") is not None
    assert store.reserve(1.0, 1.0, 60, "2026-11-27") is not None
    assert store.spent("2026-11-28") == Spent(0.0, 0.0)


def test_a_judgement_without_a_verdict_costs_its_worker(store: Store) -> None:
    """Where a worker is named: some amounts are counts of calls, and no money."""
    for worker in ("w", None):
        reservation = store.reserve(1.0, 10.0, 60, "d")
        assert reservation is not None
        store.settle(reservation, 0.5, worker=worker)
        store.settle(reservation, 0.5, worker=worker)
    assert store.totals("w").judge_usd == 0.5
    assert store.spent("d") == Spent(1.0, 0.0)


def test_amounts_that_are_none(store: Store) -> None:
    """No limit is a limit; less than nothing and what is no number are mistakes."""
    assert store.reserve(1e6, math.inf, 60, "d") is not None
    for usd in (-0.1, math.nan):
        with pytest.raises(ValueError, match="0 or more"):
            store.reserve(usd, 1.0, 60, "d")
    assert json.dumps(store.spent("d").reserved) == "1000000.0"
