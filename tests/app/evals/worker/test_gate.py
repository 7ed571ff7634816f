"""An outage of the judge uses up nobody's attempts."""

import asyncio

from app.evals.worker.gate import Gate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def gate() -> tuple[Gate, Clock, list[str]]:
    said: list[str] = []
    clock = Clock()
    return Gate(said.append, clock, lambda: 1.0), clock, said


def test_a_few_failures_close_nothing() -> None:
    """Four in a row, an answer, four in a row."""
    one, _clock, said = gate()
    for _round in range(2):
        for _failure in range(4):
            one.unavailable("503", None)
        assert one.open
        one.answered()
    assert said == []


def test_five_in_a_row_are_an_outage_that_is_said_once_a_minute() -> None:
    one, clock, said = gate()
    for _failure in range(5):
        one.unavailable("503", None)
    assert one.down
    assert not one.open
    assert not one.probing
    clock.now += 1
    assert one.probing
    for _failure in range(5):
        one.unavailable("503", None)
        clock.now += 1
    assert len(said) == 1
    clock.now += 60
    one.unavailable("503", None)
    assert len(said) == 2
    assert "503" in said[0]
    one.answered()
    assert said[-1] == "the judge answers again"
    clock.now += 120
    assert one.open


def test_what_the_judge_asks_for_holds_for_everybody() -> None:
    """One 429 with retry-after: nobody claims until then, and yet it is no outage."""
    one, clock, said = gate()
    one.unavailable("429", 7.0)
    assert not one.open
    assert not one.down
    clock.now += 7
    assert one.open
    assert said == []


def test_a_wrong_key_is_sure_after_three_and_said_loudly() -> None:
    one, clock, said = gate()
    assert not one.misconfigured("401")
    assert not one.misconfigured("401")
    assert one.open
    assert one.misconfigured("401")
    assert not one.open
    assert "REFUSES EVERYTHING (401)" in said[0]
    clock.now += 59
    assert not one.probing
    clock.now += 1
    assert one.probing


def test_while_the_judge_is_down_one_request_at_a_time_finds_out() -> None:
    said: list[str] = []
    one = Gate(said.append, draw=lambda: 0.05)
    for _failure in range(5):
        one.unavailable("503", None)
    at_once = [0, 0]

    async def ask() -> None:
        async with one.passed():
            at_once[0] += 1
            at_once[1] = max(at_once)
            await asyncio.sleep(0.01)
            at_once[0] -= 1

    async def all_of_them() -> None:
        await asyncio.gather(*(ask() for _request in range(5)))

    asyncio.run(all_of_them())
    assert at_once[1] == 1
    one.answered()
    asyncio.run(all_of_them())
    assert at_once[1] == 5
