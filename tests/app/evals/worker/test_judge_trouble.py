"""A judge that is away, refuses, or does not know the key."""

import asyncio
import time

import pytest
from app.evals.settings import Settings
from app.evals.store import Store
from app.evals.worker.purse import day
from app.telemetry import Telemetry

from tests.app.evals.worker.conftest import USD, FakeJudge, item, with_judge
from tests.app.evals.worker.working import Worker, worker_again


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
