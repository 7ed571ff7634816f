"""From the queue to verdicts, with a real store and a judge that does as it is told."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app.evals.settings import Settings
from app.evals.store import Store, open_store
from app.evals.worker import judging as judging_module
from app.evals.worker.gate import Gate
from app.evals.worker.judging import Judging
from app.evals.worker.purse import Purse, day
from app.evals.worker.rate import Bucket
from app.evals.worker.run import Run
from app.telemetry import Telemetry
from app.telemetry.spans import Spans
from opentelemetry.trace import StatusCode

from tests.app.evals.worker.conftest import GROUNDED, USD, FakeJudge, item, with_judge


class Worker:
    """One judging process, in this one."""

    def __init__(
        self, store: Store, judge: FakeJudge, settings: Settings, kit: Telemetry, *, lease: float = 30.0, grace: float = 2.0
    ) -> None:  # fmt: skip
        self.said: list[str] = []
        self.store, self.gate = store, Gate(self.said.append, draw=lambda: 0.02, wrong_pause=0.3)
        self.purse = Purse(store, judge, settings.judge, "w", self.said.append, self.said.append)
        self.judging = Judging(
            store, judge, settings.dimensions, self.purse, self.gate, Bucket(settings.judge.per_minute), kit, "w"
        )
        self.run = Run(
            store, self.judging, self.gate, worker="w", concurrency=settings.judge.concurrency, lease=lease, grace=grace
        )

    async def until(self, done: Callable[[], bool], seconds: float = 10.0) -> None:
        """Work until something is so; fails where it is not in time."""
        stop = asyncio.Event()
        task = asyncio.create_task(self.run.run(stop))
        end = time.monotonic() + seconds
        while not (reached := done()) and time.monotonic() < end and not task.done():  # noqa: ASYNC110  # nothing sets an event
            await asyncio.sleep(0.01)
        stop.set()
        await task
        assert reached, "not in time"

    def drained(self) -> bool:
        """Nothing waits and nothing runs."""
        depth = self.store.depth()
        return not depth.waiting and not depth.running


Make = Callable[..., Worker]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits after failures are short."""
    monkeypatch.setattr(judging_module, "back_off", lambda _attempt, retry_after: retry_after or 0.02)


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


@pytest.mark.usefixtures("soon")
def test_an_outage_of_the_judge_buries_nothing(store: Store, settings: Settings, kit: Telemetry) -> None:
    """Down for a while, then there again."""
    store.put([item(number) for number in range(20)])
    judge = FakeJudge()
    judge.down = True
    worker = Worker(store, judge, settings, kit)

    async def both() -> None:
        async def mend() -> None:
            await asyncio.sleep(0.8)
            judge.down = False

        mending = asyncio.create_task(mend())
        await worker.until(lambda: not judge.down and worker.drained())
        await mending

    asyncio.run(both())
    assert store.depth().dead == 0
    assert len(store.verdicts()) == 40
    assert any("not available (503 no capacity)" in one for one in worker.said)
    assert worker.said[-1] == "the judge answers again"
    assert store.spent(day(time.time())).usd == pytest.approx(40 * USD)


@pytest.mark.usefixtures("soon")
def test_an_answer_that_fails_six_times_while_others_do_not_is_buried(
    store: Store, settings: Settings, kit: Telemetry
) -> None:
    """With its reason; it is counted, and `retry` brings it back."""
    store.put([item(0)], worker="w")
    judge = FakeJudge()
    judge.down = True
    worker = Worker(store, judge, with_judge(settings, concurrency=1), kit)
    answered = worker.gate.unavailable
    worker.gate.unavailable = lambda reason, wait: (answered(reason, wait), worker.gate.answered())[0]  # type: ignore[method-assign]
    asyncio.run(worker.until(lambda: store.depth().dead == 1))
    assert judge.calls == 6
    (dead,) = store.dead(10)
    assert dead.attempts == 6
    assert dead.reason == "after 6 attempts: 503 no capacity"
    assert store.totals("w").dropped["dead"] == 1
    judge.down = False
    assert store.retry("dead") == 1
    asyncio.run(worker_again(store, judge, settings, kit))
    assert len(store.verdicts()) == 2


async def worker_again(store: Store, judge: FakeJudge, settings: Settings, kit: Telemetry) -> None:
    """Another process does what is left."""
    worker = Worker(store, judge, settings, kit)
    await worker.until(worker.drained)


@pytest.mark.usefixtures("soon")
def test_who_is_told_when_to_come_back_does_not_come_sooner(store: Store, settings: Settings, kit: Telemetry) -> None:
    store.put([item(1)])
    judge = FakeJudge()
    judge.down, judge.retry_after = True, 0.6
    worker = Worker(store, judge, settings, kit)
    began = time.monotonic()

    async def both() -> None:
        async def mend() -> None:
            await asyncio.sleep(0.2)
            judge.down = False

        mending = asyncio.create_task(mend())
        await worker.until(worker.drained)
        await mending

    asyncio.run(both())
    assert time.monotonic() - began >= 0.6
    assert judge.calls == 3


def test_what_the_judge_refuses_for_good_is_buried_at_once(store: Store, settings: Settings, kit: Telemetry) -> None:
    store.put([item(number) for number in range(8)], worker="w")
    judge = FakeJudge()
    judge.refuses = {item(3).call_id, item(4).call_id, item(5).call_id, item(6).call_id}
    worker = Worker(store, judge, settings, kit)
    asyncio.run(worker.until(worker.drained))
    assert {one.call_id for one in store.dead(10)} == judge.refuses
    assert judge.calls == 4 + 4 * 2
    assert worker.said == []


@pytest.mark.usefixtures("soon")
def test_a_wrong_key_burns_nothing(store: Store, settings: Settings, kit: Telemetry) -> None:
    """Said loudly, few are asked meanwhile, and all are judged once it is right."""
    store.put([item(number) for number in range(30)])
    judge = FakeJudge()
    judge.misconfigured = True
    worker = Worker(store, judge, with_judge(settings, concurrency=2), kit)

    async def both() -> None:
        async def mend() -> None:
            await asyncio.sleep(0.7)
            assert judge.calls <= 10
            judge.misconfigured = False

        mending = asyncio.create_task(mend())
        await worker.until(lambda: not judge.misconfigured and worker.drained(), 15)
        await mending

    asyncio.run(both())
    assert store.depth().dead == 0
    assert len(store.verdicts()) == 60
    assert "THE JUDGE REFUSES EVERYTHING (401 wrong key)" in worker.said[0]


def test_a_spent_budget_skips_and_says_so_once(store: Store, settings: Settings, kit: Telemetry) -> None:
    """Room for ten judgements that cost 1/10 of the most they may: then the rest is skipped, counted, and can be brought back."""
    store.put([item(number) for number in range(40)], worker="w")
    judge = FakeJudge()
    worker = Worker(store, judge, with_judge(settings, max_usd_per_day=0.02), kit)
    asyncio.run(worker.until(worker.drained))
    spent = store.spent(day(time.time()))
    assert spent.usd <= 0.02
    # Less than what one more might have cost.
    assert spent.usd > 0.02 - 10 * USD
    depth = store.depth()
    assert depth.skipped == store.totals("w").dropped["budget"] > 25
    assert len([one for one in worker.said if "the budget of" in one]) == 1
    assert store.retry("skipped") == depth.skipped
    asyncio.run(worker_again(store, judge, settings, kit))
    assert len(store.verdicts()) == 80


def test_a_budget_begins_again_with_the_day(store: Store, settings: Settings, kit: Telemetry) -> None:
    judge = FakeJudge()
    worker = Worker(store, judge, with_judge(settings, max_usd_per_day=0.01), kit)
    today = time.time()
    worker.purse._clock = lambda: today  # noqa: SLF001  # tomorrow cannot be waited for
    store.put([item(1)])
    asyncio.run(worker.until(worker.drained))
    assert store.depth().skipped == 1
    today += 86_400
    store.put([item(2)])
    asyncio.run(worker_again_tomorrow(worker))
    assert judge.calls == 2


async def worker_again_tomorrow(worker: Worker) -> None:
    """The same process goes on."""
    worker.judging.stopping = False
    await worker.until(worker.drained)


def test_one_long_answer_does_not_end_the_day(store: Store, settings: Settings, kit: Telemetry) -> None:
    """It alone may cost more than a day has: it is skipped alone."""
    judge = FakeJudge()
    judge.most_usd = lambda item, _dimension: 9.0 if item.answer == "long" else 0.01  # type: ignore[method-assign]
    store.put([item(1, answer="long"), item(2), item(3)])
    worker = Worker(store, judge, settings, kit)
    asyncio.run(worker.until(worker.drained))
    assert store.depth().skipped == 1
    assert len(store.verdicts()) == 4
    assert worker.said == []


def test_a_judge_without_a_price_is_held_to_a_number_of_calls(store: Store, settings: Settings, kit: Telemetry) -> None:
    """0.05 USD a day at the assumed half cent: ten calls."""
    store.put([item(number) for number in range(20)], worker="w")
    judge = FakeJudge()
    worker = Worker(store, judge, with_judge(settings, max_usd_per_day=0.05, usd_per_million_tokens=None), kit)
    asyncio.run(worker.until(worker.drained))
    assert judge.calls == 10
    assert 15 <= store.depth().skipped <= 18
    assert "at most 10 calls a day" in worker.said[0]


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
    """And the money that it may cost stays set aside: it counts as spent later."""
    store.put([item(1)])
    judge = FakeJudge(60)
    worker = Worker(store, judge, settings, kit, grace=0.2)
    began = time.monotonic()
    asyncio.run(worker.until(lambda: judge.at_once == 1))
    assert time.monotonic() - began < 2
    assert store.depth().waiting == 1
    assert store.spent(day(time.time())).reserved == pytest.approx(10 * USD)


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
