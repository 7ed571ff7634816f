"""Kill anything at any moment: nothing is lost, nothing counted twice, and little is paid for twice."""

import json
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from app.evals.store import open_store
from app.evals.worker.purse import day

from tests.app.evals.worker.fleet import Fleet

DIMENSIONS = 3
RATE = 5.0
"""Answers a second."""


POINTS = 200


@pytest.mark.e2e
@pytest.mark.timeout(1200)
def test_killed_at_random_points_under_load(
    tmp_path: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each kill comes in the middle of work; half of them hit a judging process, the others the whole worker or the application."""
    draw = random.Random(POINTS)
    fleet = Fleet(tmp_path, repository, pace=0.1)
    victims = ["judging process", "judging process", "worker", "application"] * (POINTS // 4)
    draw.shuffle(victims)
    try:
        store = open_store(fleet.store)
        fleet.start_worker()
        fleet.start_application(RATE)
        for victim in victims:
            before = store.totals("w").judge_usd

            def working(before: float = before) -> bool:
                return bool(
                    store.totals("w").judge_usd > before and store.depth().running and len(fleet.children()) == 2
                )

            fleet.until(working, "work")
            time.sleep(draw.uniform(0.0, 0.4))
            if victim == "judging process":
                draw.choice(fleet.children()).kill()
            elif victim == "application":
                fleet.kill(fleet.application)
                fleet.start_application(RATE)
            else:
                fleet.kill(fleet.worker)
                fleet.start_worker()
        store.close()
        fleet.kill(fleet.application)
        drained(fleet, 60 + 2 * POINTS)
        told = checked(fleet, kills=POINTS - victims.count("application"))
    finally:
        fleet.stop()
    with capsys.disabled():
        print(f"\n{POINTS} kills (half a judging process, a quarter the worker, a quarter the application): {told}")


def drained(fleet: Fleet, seconds: float) -> None:
    """Wait until all that was promised is judged, and every verdict has its line."""
    store = open_store(fleet.store)

    def done() -> bool:
        depth = store.depth()
        if depth.waiting or depth.running or store.unlogged(1):
            return False
        return fleet.promised() <= {row.item.call_id for row in store.verdicts(most=1_000_000)}

    fleet.until(done, "all that was promised is judged", seconds)
    store.close()


def checked(fleet: Fleet, kills: int) -> str:
    """Compare what was promised, recorded, counted, told, logged, paid and served."""
    store = open_store(fleet.store)
    rows = store.verdicts(most=1_000_000)
    each = Counter((row.item.call_id, row.verdict.dimension) for row in rows)
    promised = fleet.promised()
    judged = {call_id for call_id, _dimension in each}
    assert promised <= judged, f"{len(promised - judged)} lost"
    assert set(each.values()) == {1}, "a verdict twice"
    assert len(each) == DIMENSIONS * len(judged), "a dimension is missing"

    counted = Counter((row.verdict.model, row.verdict.dimension, row.verdict.label) for row in rows)
    totals = store.totals("w")
    assert {key: found[0] for key, found in totals.results.items()} == dict(counted)
    time.sleep(1.1)
    for (model, dimension, label), number in counted.items():
        series = f'llm_eval_results_total{{dimension="{dimension}",model="{model}",verdict="{label}"}}'
        assert fleet.sample(series) == number, series
        assert fleet.sample(series.replace("results", "weight")) == 4 * number
    assert counted["gpt-4o-mini", "groundedness", "fail"] == sum(not int(call_id, 16) % 5 for call_id in judged)

    lines = [json.loads(line) for line in (fleet.folder / "evals.jsonl").read_text().splitlines()]
    logged = Counter((line["call_id"], line["evaluation"]["gen_ai.evaluation.name"]) for line in lines)
    assert set(logged) == set(each), "a line is missing"

    ledger = fleet.got(f"{fleet.simulator}/ledger")
    extra = ledger["calls"] - len(rows)
    # In flight are at most four judgements a kill.
    assert 0 <= extra <= 4 * kills
    spent = store.spent(day(time.time()))
    paid = cost(fleet, ledger)
    assert spent.usd + spent.reserved >= paid - 1e-9
    store.close()
    return (
        f"{len(promised)} answers promised, {len(judged)} judged, 0 lost; {len(rows)} verdicts, 0 twice; "
        f"{ledger['calls']} judge calls, {extra} beyond the needed; {len(lines) - len(each)} lines repeated; "
        f"paid {paid:.6f} USD, booked {spent.usd + spent.reserved:.6f} USD"
    )


def cost(fleet: Fleet, ledger: dict[str, object]) -> float:
    """What the simulator has served, in USD."""
    judge = json.loads(fleet.contract.read_text())["evals"]["judge"]
    prices, tokens = judge["usd_per_million_tokens"], ledger["tokens"]
    assert isinstance(tokens, dict)
    fresh = tokens["input"] - tokens["cache_read"] - tokens["cache_write"]
    dollars = fresh * prices["input"] + tokens["output"] * prices["output"]
    return (
        float(dollars + tokens["cache_read"] * prices["cache_read"] + tokens["cache_write"] * prices["cache_write"])
        / 1e6
    )
