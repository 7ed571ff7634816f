"""The control set is judged again every so often, by one of all workers."""

import asyncio
import contextlib
import dataclasses
import itertools
import time
from collections import Counter

import pytest
from app.evals.judge import JudgeRefused
from app.evals.settings import Settings
from app.evals.store import Store
from app.evals.worker.control import ATTEMPTS, Control
from app.evals.worker.purse import day
from app.evals.worker.rate import Bucket

from tests.app.evals.worker.conftest import GROUNDED, REFUSAL, FakeJudge, with_judge


@pytest.fixture
def daily(settings: Settings) -> Settings:
    """Once a day, in one dimension."""
    return dataclasses.replace(settings, control_seconds=86_400, dimensions=(GROUNDED,))


def test_once_in_its_time_and_by_one(store: Store, daily: Settings) -> None:
    """What it costs is the worker's."""
    judge, now = FakeJudge(), [time.time()]
    one = Control(store, judge, daily, "a", lambda: now[0])
    other = Control(store, judge, daily, "b", lambda: now[0])
    assert asyncio.run(one.once())
    size = judge.calls
    assert size > 0
    assert store.totals("a").judge_usd == pytest.approx(store.spent(day(time.time())).usd) != 0
    for _look in range(3):
        assert not asyncio.run(one.once())
        assert not asyncio.run(other.once())
        now[0] += 20_000
    now[0] += 40_000
    assert asyncio.run(other.once())
    assert not asyncio.run(one.once())
    assert judge.calls == 2 * size
    assert store.verdicts() == []


def test_a_run_that_failed_goes_on_where_it_was(store: Store, daily: Settings) -> None:
    """What is finished is not paid for again, by whichever worker it is."""
    judge, now = FakeJudge(), [time.time()]
    both = dataclasses.replace(daily, dimensions=(GROUNDED, REFUSAL))
    judge.misconfigured_in = "refusal"
    with pytest.raises(JudgeRefused):
        asyncio.run(Control(store, judge, both, "a", lambda: now[0]).once())
    first = judge.calls
    judge.misconfigured_in = ""
    now[0] += 61
    assert asyncio.run(Control(store, judge, both, "a", lambda: now[0]).once())
    asked = Counter(name for _call, name in judge.asked[first:])
    assert list(asked) == ["refusal"]
    assert not asyncio.run(Control(store, judge, both, "a", lambda: now[0]).once())


def test_each_failure_doubles_the_pause_and_a_restart_does_not(store: Store, daily: Settings) -> None:
    """A minute, two, four, at most six hours; a day of failures asks the judge a few times."""
    judge, now = FakeJudge(), [time.time()]
    judge.misconfigured = True
    attempts, began = [], now[0]
    while now[0] < began + 86_400:
        before = judge.calls
        # Another one each time, as after a restart.
        with contextlib.suppress(JudgeRefused):
            asyncio.run(Control(store, judge, daily, "a", lambda: now[0]).once())
        if judge.calls > before:
            attempts.append(now[0] - began)
            now[0] += 60 * 2 ** min(len(attempts) - 1, 8) - 1
        else:
            now[0] += 1 if len(attempts) < 10 else 3600
    pauses = [round(after - before) for before, after in itertools.pairwise(attempts)]
    assert pauses[:8] == [60, 120, 240, 480, 960, 1920, 3840, 7680]
    assert len(attempts) <= 13


def test_success_ends_the_pauses(store: Store, daily: Settings) -> None:
    judge, now = FakeJudge(), [time.time()]
    judge.misconfigured = True
    one = Control(store, judge, daily, "a", lambda: now[0])
    for _time in range(3):
        with pytest.raises(JudgeRefused):
            asyncio.run(one.once())
        now[0] += 3600
    judge.misconfigured = False
    assert asyncio.run(one.once())
    assert store.state(ATTEMPTS) is None


def test_a_run_that_was_killed_counts_as_one_that_failed(store: Store, daily: Settings) -> None:
    """Else a worker that dies of it, and is started again, would pay for it each time."""
    judge = FakeJudge(60)

    async def killed() -> None:
        running = asyncio.create_task(Control(store, judge, daily, "a").once())
        while not judge.calls:  # noqa: ASYNC110  # nothing sets an event
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(killed())
    calls = judge.calls
    assert not asyncio.run(Control(store, judge, daily, "a").once())
    assert judge.calls == calls


def test_its_requests_are_of_the_same_rate_as_those_of_answers(store: Store, daily: Settings) -> None:
    """Each waits for the process's bucket, and not for one of its own."""
    taken: list[int] = []

    class Counted(Bucket):
        async def ahead(self) -> None:
            taken.append(judge.calls)
            await super().ahead()

    judge, slow = FakeJudge(), with_judge(daily, concurrency=1, per_minute=1)
    assert asyncio.run(Control(store, judge, slow, "a", bucket=Counted(0)).once())
    assert taken == list(range(judge.calls))


def test_never_is_never(store: Store, settings: Settings) -> None:
    judge = FakeJudge()
    asyncio.run(asyncio.wait_for(Control(store, judge, settings, "a").run(), 5))
    assert judge.calls == 0
