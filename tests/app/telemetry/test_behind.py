"""What is done behind a call: all of it, in order, whoever calls how fast."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from app.telemetry import behind
from app.telemetry.behind import Behind, Dropped


@pytest.fixture
def lost() -> Counter[str]:
    """What was dropped, by part."""
    return Counter()


@pytest.fixture
def dropped(lost: Counter[str]) -> Dropped:
    """Counting there."""
    return Dropped(lambda part, number: lost.update({part: number}))


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    """Something that work waits for, until the end of the test at most."""
    event = threading.Event()
    yield event
    event.set()


def test_whoever_hands_over_without_a_pause_loses_nothing(dropped: Dropped, lost: Counter[str]) -> None:
    """Although the thread never gets a turn of its own: who lets go of the interpreter lock for a moment gets it back first."""
    done: list[int] = []

    def work(number: int) -> None:
        until = time.perf_counter() + 30e-6
        while time.perf_counter() < until:
            pass
        done.append(number)

    one = Behind(dropped)
    for number in range(3 * behind.MOST):
        for _turn in range(40):
            os.urandom(16)
        one.put(work, number, "log", 10)
    one.close(time.monotonic() + 5)
    assert not lost
    assert done == list(range(3 * behind.MOST))


def test_what_is_done_after_some_is_done_at_the_end_too(dropped: Dropped) -> None:
    """Whoever flushes finds it done."""
    seen: list[int] = []
    written: list[list[int]] = []

    def write() -> None:
        if seen:
            written.append(seen.copy())
            seen.clear()

    one = Behind(dropped, write)
    for number in range(200):
        one.put(seen.append, number, "log", 1)
    one.flush()
    assert [one for many in written for one in many] == list(range(200))
    assert len(written) < 20
    one.close(time.monotonic() + 5)


def test_nobody_waits_for_work_that_is_stuck(
    dropped: Dropped, lost: Counter[str], stuck: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever hands over sleeps for a part of a millisecond at most; what waits is bounded, counted, and over within the time that the end has."""
    one, slept, begun = Behind(dropped), list[float](), threading.Event()
    one.put(lambda _record: begun.set() or (stuck.wait(30) and None), None, "log", 0)
    assert begun.wait(20)
    monkeypatch.setattr(time, "sleep", slept.append)
    for _number in range(behind.MOST + 500):
        one.put(lambda _record: None, None, "log", 0)
    monkeypatch.undo()
    assert not stuck.is_set()
    assert set(slept) == {behind.TURN}
    assert behind.TURN < 0.0005
    assert lost["log"] == 500
    one.close(time.monotonic() + 0.5)
    assert not stuck.is_set()
    assert lost["log"] == behind.MOST + 500


def test_long_texts_are_bounded_too(dropped: Dropped, lost: Counter[str], stuck: threading.Event) -> None:
    """By their characters."""
    one = Behind(dropped)
    one.put(lambda _record: stuck.wait(30) and None, None, "log", 0)
    time.sleep(0.3)
    for _number in range(100):
        one.put(lambda _record: None, None, "blob", 1_000_000)
    assert 45 <= lost["blob"] <= 55
    stuck.set()
    one.close(time.monotonic() + 5)


def test_what_is_done_no_longer_counts_as_waiting(dropped: Dropped, lost: Counter[str]) -> None:
    """Even if there is never nothing that waits."""
    one, left = Behind(dropped), iter(range(8))

    def work(_record: object) -> None:
        if next(left, None) is not None:
            one.put(work, None, "log", 10_000_000)

    one.put(work, None, "log", 10_000_000)
    time.sleep(1.5)
    assert next(left, "all of it") == "all of it"
    one.close(time.monotonic() + 5)
    assert not lost


def test_what_is_regular_is_done_soon_after_the_start(dropped: Dropped) -> None:
    """And not only after a whole turn, which a process may not live to see."""
    one, done = Behind(dropped), threading.Event()
    one.every(3600, done.set, first=0.0)
    assert done.wait(20)
    one.close(time.monotonic() + 5)
