"""From the queue to verdicts, with a real store and a judge that does as it is told."""

import asyncio
import logging
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from app.evals.settings import Settings
from app.evals.store import Store, open_store
from app.evals.worker.purse import day
from app.telemetry import Telemetry
from app.telemetry.spans import Spans
from opentelemetry.trace import StatusCode

from tests.app.evals.worker.conftest import GROUNDED, USD, FakeJudge, item, with_judge
from tests.app.evals.worker.working import Worker, worker_again


def test_every_answer_gets_a_verdict_a_dimension_once(store: Store, settings: Settings, kit: Telemetry) -> None:
    """And the totals are what the rows say, the money what the judge took."""
    store.put([item(number) for number in range(30)], worker="w")
    judge = FakeJudge()
    worker = Worker(store, judge, settings, kit)
    asyncio.run(worker.until(worker.drained))
    assert len(judge.asked) == len(set(judge.asked)) == 60
    results = store.totals("w").results
    assert results["gpt-4o-mini", "groundedness", "pass"] == (25, 100.0, 400.0)
    assert results["gpt-4o-mini", "groundedness", "fail"] == (5, 20.0, 80.0)
    assert len(store.verdicts()) == 60
    spent = store.spent(day(time.time()))
    assert spent.usd == pytest.approx(60 * USD)
    assert spent.reserved == 0
    assert store.totals("w").judge_usd == pytest.approx(60 * USD)


def test_so_many_at_a_time_and_no_more(store: Store, settings: Settings, kit: Telemetry) -> None:
    store.put([item(number) for number in range(20)])
    judge = FakeJudge(0.02)
    worker = Worker(store, judge, with_judge(settings, concurrency=3), kit)
    asyncio.run(worker.until(worker.drained))
    assert judge.most_at_once == 3


def test_what_was_judged_is_not_judged_again(store: Store, settings: Settings, kit: Telemetry) -> None:
    """A worker that died between two dimensions: the next one judges the other."""
    store.put([item(1)])
    judge = FakeJudge()
    claim = store.claim("dead", 1, -1.0)[0]
    store.record(claim, asyncio.run(judge.judge(claim.item, GROUNDED)))
    worker = Worker(store, judge, settings, kit)
    asyncio.run(worker.until(worker.drained))
    assert [name for _call, name in judge.asked] == ["groundedness", "refusal"]
    assert len(store.verdicts()) == 2


def test_stopping_gives_back_what_was_not_begun(store: Store, settings: Settings, kit: Telemetry) -> None:
    """What is at the judge is finished, as it is paid for; the rest waits for another worker at once."""
    store.put([item(number) for number in range(20)])
    judge = FakeJudge(0.5)
    worker = Worker(store, judge, settings, kit)
    began = time.monotonic()
    asyncio.run(worker.until(lambda: judge.at_once == 4))
    assert time.monotonic() - began < 1.5
    assert len(store.verdicts()) == 4
    depth = store.depth()
    assert (depth.waiting, depth.running) == (20, 0)
    asyncio.run(worker_again(store, FakeJudge(), settings, kit))
    assert len(store.verdicts()) == 40


def test_stopping_does_not_wait_for_a_judge_that_hangs(store: Store, settings: Settings, kit: Telemetry) -> None:
    """And the money that it may cost counts as spent: nobody knows whether it is."""
    store.put([item(1)])
    judge = FakeJudge(60)
    worker = Worker(store, judge, settings, kit, grace=0.2)
    began = time.monotonic()
    asyncio.run(worker.until(lambda: judge.at_once == 1))
    assert time.monotonic() - began < 2
    assert store.depth().waiting == 1
    assert store.spent(day(time.time())).usd == pytest.approx(10 * USD)


def test_a_lease_is_kept_alive_while_the_judge_thinks(store: Store, settings: Settings, kit: Telemetry) -> None:
    """A judge that takes three leases, and another worker that looks all the time."""
    store.put([item(1)])
    judge = FakeJudge(1.5)
    worker = Worker(store, judge, with_judge(settings), kit, lease=0.5)
    stolen: list[object] = []

    async def both() -> None:
        async def thief() -> None:
            while True:
                await asyncio.sleep(0.05)
                if judge.at_once:
                    stolen.extend(store.claim("thief", 1, 30))

        stealing = asyncio.create_task(thief())
        await worker.until(lambda: len(store.verdicts()) == 2)
        stealing.cancel()

    asyncio.run(both())
    assert stolen == []
    assert judge.calls == 2


def test_a_claim_that_was_lost_is_let_go_of(store: Store, settings: Settings, kit: Telemetry) -> None:
    """Another worker has it: this one stops paying for it."""
    store.put([item(1)])
    judge = FakeJudge(60)
    worker = Worker(store, judge, settings, kit, lease=0.6)

    def taken() -> bool:
        if judge.at_once:
            # As if this worker had been asleep for long.
            store.claim("other", 1, 600, now=time.time() + 100)
        return judge.calls == 1 and not judge.at_once

    asyncio.run(worker.until(taken))
    assert store.depth().running == 1


def test_a_store_that_is_locked_for_a_while_loses_nothing(
    tmp_path: Path, url: str, settings: Settings, kit: Telemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds the file; no judgement is paid for twice."""
    from app.evals.store import sqlite

    monkeypatch.setattr(sqlite, "_SECONDS", 0.05)
    store = open_store(url)
    store.put([item(number) for number in range(12)])
    judge = FakeJudge(0.02)
    worker = Worker(store, judge, settings, kit)

    async def both() -> None:
        async def lock() -> None:
            while not judge.calls:  # noqa: ASYNC110  # nothing sets an event
                await asyncio.sleep(0.005)
            holder = sqlite3.connect(tmp_path / "evals.sqlite", isolation_level=None, timeout=5)
            holder.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(1.0)
            holder.execute("ROLLBACK")
            holder.close()

        locking = asyncio.create_task(lock())
        await worker.until(lambda: locking.done() and worker.drained(), 15)

    asyncio.run(both())
    assert len(store.verdicts()) == 24
    assert judge.calls == 24
    assert store.totals("w").judge_usd == pytest.approx(24 * USD)
    store.close()


def test_a_mistake_of_ours_costs_one_answer_at_most(
    store: Store, settings: Settings, kit: Telemetry, caplog: pytest.LogCaptureFixture, soon: None
) -> None:
    """Anything that a library raises: the others go on, and this one is buried after six attempts."""
    store.put([item(number) for number in range(6)])
    judge = FakeJudge()
    judged = judge.judge

    async def broken(one: object, dimension: object) -> object:
        if one == item(3, ended=one.ended):  # type: ignore[attr-defined]
            raise ZeroDivisionError("no reason")
        return await judged(one, dimension)  # type: ignore[arg-type]

    judge.judge = broken  # type: ignore[method-assign,assignment]
    worker = Worker(store, judge, settings, kit)
    with caplog.at_level(logging.CRITICAL):
        asyncio.run(worker.until(worker.drained))
    (dead,) = store.dead(5)
    assert dead.reason == "after 6 attempts: ZeroDivisionError: no reason"
    assert len(store.verdicts()) == 10


def test_each_judgement_is_a_span_linked_to_the_one_it_judges(store: Store, settings: Settings, kit: Telemetry) -> None:
    """A trace of its own; an answer without a trace has no link."""
    found: list[Any] = []
    kit.spans = Spans(found.append, kit.clean)
    store.put([item(7, trace_id="ab" * 16, span_id="cd" * 8), item(8)])
    worker = Worker(store, FakeJudge(), settings, kit)
    asyncio.run(worker.until(worker.drained))
    assert [span.name for span in found] == ["llm.judge"] * 4
    first = next(span for span in found if span.attributes["llm.call_id"] == item(7).call_id)
    assert first.attributes == {
        "gen_ai.evaluation.name": "groundedness",
        "gen_ai.evaluation.score.label": "fail",
        "gen_ai.request.model": "gpt-4o-mini",
        "llm.call_id": item(7).call_id,
    }
    ((linked, _attributes),) = first.links
    assert (f"{linked.trace_id:032x}", f"{linked.span_id:016x}") == ("ab" * 16, "cd" * 8)
    assert first.context.trace_id != linked.trace_id
    assert all(not span.links for span in found if span.attributes["llm.call_id"] == item(8).call_id)


def test_a_failed_judgement_is_a_failed_span(store: Store, settings: Settings, kit: Telemetry) -> None:
    found: list[Any] = []
    kit.spans = Spans(found.append, kit.clean)
    judge = FakeJudge()
    judge.refuses = {item(1).call_id}
    store.put([item(1)])
    worker = Worker(store, judge, settings, kit)
    asyncio.run(worker.until(worker.drained))
    (span,) = found
    assert span.status == StatusCode.ERROR
    assert span.message == "JudgeRefused"
