"""The control set is judged again every so often, by one of all workers."""

import asyncio
import dataclasses
import time

import pytest
from app.evals.settings import Settings
from app.evals.store import Store, StoreError
from app.evals.worker.control import Control
from app.evals.worker.purse import day

from tests.app.evals.worker.conftest import GROUNDED, FakeJudge


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


def test_a_judge_that_is_down_is_asked_again_by_the_same_worker(
    store: Store, daily: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.evals.calibration import control

    async def down(*_words: object, **_more: object) -> None:
        raise StoreError("down")

    judge = FakeJudge()
    one = Control(store, judge, daily, "a")
    with monkeypatch.context() as patch:
        patch.setattr(control, "rejudge", down)
        with pytest.raises(StoreError):
            asyncio.run(one.once())
    assert asyncio.run(one.once())


def test_never_is_never(store: Store, settings: Settings) -> None:
    judge = FakeJudge()
    asyncio.run(asyncio.wait_for(Control(store, judge, settings, "a").run(), 5))
    assert judge.calls == 0
