"""What is done behind a call: all of it, in order, whoever calls how fast."""

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


class Starved(Behind):
    """Its thread gets no turn before the end, as where somebody else never lets go of the interpreter lock for long."""

    def _run(self) -> None:
        self._closing.wait()
        self._drain()


@pytest.mark.parametrize("helped", [True, False])
def test_whoever_hands_over_without_a_pause_helps(dropped: Dropped, lost: Counter[str], helped: bool) -> None:
    """A thread that gets no turn loses nothing, and nothing changes its place; without help it would lose most."""
    done: list[int] = []
    one = Starved(dropped, helped=helped)
    for number in range(3 * behind.MOST):
        one.put(done.append, number, "log", 10)
    one.close(time.monotonic() + 5)
    assert lost["log"] == (0 if helped else 2 * behind.MOST)
    assert done == list(range(len(done)))
    assert len(done) + lost["log"] == 3 * behind.MOST


def test_nobody_waits_for_work_that_is_stuck(dropped: Dropped, lost: Counter[str], stuck: threading.Event) -> None:
    """It is bounded, counted, and over within the time that the end has."""
    one = Behind(dropped, helped=True)
    one.put(lambda _record: stuck.wait(30) and None, None, "log", 0)
    time.sleep(0.3)
    slowest = 0.0
    for _number in range(behind.MOST + 500):
        began = time.perf_counter()
        one.put(lambda _record: None, None, "log", 0)
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < 0.1
    assert lost["log"] == 500
    began = time.monotonic()
    one.close(began + 0.5)
    assert time.monotonic() - began < 1
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
