"""Requests a minute, and waits after failures."""

import asyncio
import time

import pytest
from app.evals.worker.rate import CAP, Bucket, back_off


async def taken(bucket: Bucket, seconds: float) -> int:
    """How many requests get through in so many seconds."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            await asyncio.wait_for(bucket.take(), end - time.monotonic())
        except TimeoutError:
            break
        count += 1
    return count


def test_a_bucket_lets_so_many_through() -> None:
    """600 a minute are 10 a second, and one more that waits in the bucket."""
    assert asyncio.run(taken(Bucket(600), 0.55)) in {5, 6}


def test_shares_of_a_rate_add_up_to_it() -> None:
    """Four processes with a quarter each."""

    async def all_of_them() -> list[int]:
        return await asyncio.gather(*(taken(Bucket(1200 / 4), 0.5) for _process in range(4)))

    counts = asyncio.run(all_of_them())
    assert max(counts) - min(counts) <= 1
    assert 10 <= sum(counts) <= 14


def test_who_waits_first_goes_first() -> None:
    order: list[int] = []

    async def one(bucket: Bucket, number: int) -> None:
        await bucket.take()
        order.append(number)

    async def all_of_them() -> None:
        bucket = Bucket(6000)
        await asyncio.gather(*(one(bucket, number) for number in range(10)))

    asyncio.run(all_of_them())
    assert order == list(range(10))


class Watch:
    """A clock that goes on when somebody sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self._sleep = 0.0, asyncio.sleep
        monkeypatch.setattr("app.evals.worker.rate.asyncio.sleep", self.sleep)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await self._sleep(0)
        self.now += seconds


def test_a_token_taken_ahead_is_for_one_request_of_that_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty a minute: a judgement of two requests takes two seconds' worth, whoever else asks meanwhile."""
    watch = Watch(monkeypatch)
    bucket, at = Bucket(60, clock=watch), []

    async def judgement() -> None:
        await bucket.ahead()
        for _request in range(2):
            await bucket.take()
            at.append(watch.now)

    async def all_of_them() -> None:
        await asyncio.gather(*(judgement() for _one in range(4)))

    asyncio.run(all_of_them())
    assert at == [float(second) for second in range(8)]


def test_who_repairs_a_reply_waits_for_one_first_request_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its money is set aside already, and the others' is not."""
    bucket, order = Bucket(60, clock=Watch(monkeypatch)), []

    async def first(name: str) -> None:
        await bucket.ahead()
        order.append(name)

    async def both() -> None:
        await bucket.ahead()
        await bucket.take()
        others = [asyncio.create_task(first(name)) for name in "abcd"]
        await asyncio.sleep(0)
        await bucket.take()
        order.append("repair")
        await asyncio.gather(*others)

    asyncio.run(both())
    assert order.index("repair") <= 1


def test_no_rate_is_no_limit() -> None:
    async def many() -> None:
        bucket = Bucket(0)
        for _request in range(1000):
            await bucket.take()

    began = time.monotonic()
    asyncio.run(many())
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(("attempt", "longest"), [(1, 5), (2, 10), (3, 20), (6, 160), (50, CAP)])
def test_each_failure_doubles_the_longest_wait(attempt: int, longest: float) -> None:
    """Full jitter: anything from 0 to it."""
    assert back_off(attempt, None, lambda: 0.0) == 0
    assert back_off(attempt, None, lambda: 1.0) == longest


def test_who_refused_says_how_long_at_least() -> None:
    assert back_off(1, 30.0, lambda: 1.0) == 30
    assert back_off(6, 30.0, lambda: 1.0) == 160
