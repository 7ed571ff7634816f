"""A day has a budget, and what is over it is skipped."""

import asyncio
import time

from app.evals.settings import Settings
from app.evals.store import Store
from app.evals.worker.purse import OVER, day
from app.telemetry import Telemetry

from tests.app.evals.worker.conftest import USD, FakeJudge, item, with_judge
from tests.app.evals.worker.working import Worker, worker_again


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


def test_an_answer_that_no_longer_fits_is_left_out_alone(store: Store, settings: Settings, kit: Telemetry) -> None:
    """With 0.85 of 1.00 USD left, one that may cost 0.9 is skipped, with the reason, and the short ones after it are judged."""
    today = day(time.time())
    earlier = store.reserve(0.15, 1.0, 60, today)
    assert earlier
    store.settle(earlier, 0.15)
    judge = FakeJudge()
    judge.most_usd = lambda item, _dimension: 0.9 if item.answer == "long" else 0.01  # type: ignore[method-assign]
    store.put([item(1, answer="long"), *(item(number) for number in range(2, 12)), item(12, answer="long"), item(13)])
    worker = Worker(store, judge, with_judge(settings, max_usd_per_day=1.0, concurrency=1), kit)
    asyncio.run(worker.until(worker.drained))
    assert store.depth().skipped == 2
    assert len(store.verdicts()) == 22
    (said,) = worker.said
    assert "judging it may cost 0.9000 USD, and 0.8500 of 1.00 USD are left" in said
    assert store.state(OVER) is None


def test_a_long_answer_at_the_end_of_the_budget_does_not_keep_it_open(
    store: Store, settings: Settings, kit: Telemetry
) -> None:
    """Once no typical judgement fits the day is over, and the sentence says that."""
    judge = FakeJudge()
    judge.most_usd = lambda item, _dimension: 0.05 if item.answer == "long" else 0.01  # type: ignore[method-assign]
    store.put([item(number, **({"answer": "long"} if number % 5 == 0 else {})) for number in range(1, 80)])
    worker = Worker(store, judge, with_judge(settings, max_usd_per_day=0.06, concurrency=1), kit)
    asyncio.run(worker.until(worker.drained))
    assert store.spent(day(time.time())).usd > 0.06 - 0.01
    assert store.state(OVER) == {"day": day(time.time())}
    assert "of 0.06 USD), no typical judgement fits" in worker.said[-1]
    assert len(worker.said) == 2


def test_a_judge_without_a_price_is_held_to_a_number_of_calls(store: Store, settings: Settings, kit: Telemetry) -> None:
    """0.05 USD a day at the assumed half cent: ten calls."""
    store.put([item(number) for number in range(20)], worker="w")
    judge = FakeJudge()
    worker = Worker(store, judge, with_judge(settings, max_usd_per_day=0.05, usd_per_million_tokens=None), kit)
    asyncio.run(worker.until(worker.drained))
    assert judge.calls == 10
    assert 15 <= store.depth().skipped <= 18
    assert "at most 10 calls a day" in worker.said[0]


def test_money_of_a_claim_that_was_lost_is_spent_at_once(store: Store, settings: Settings, kit: Telemetry) -> None:
    """Nobody knows whether its judge was paid, so the most counts; set aside, it would keep others waiting for a quarter of an hour."""
    store.put([item(1)])
    store.extend = lambda *_claim: False  # type: ignore[method-assign]
    worker = Worker(store, FakeJudge(seconds=30), settings, kit, lease=1.5, grace=0.1)
    today = day(time.time())

    def spent() -> bool:
        return store.spent(today).usd >= 10 * USD - 1e-9

    asyncio.run(worker.until(spent))
    assert store.spent(today).reserved == 0
