"""Two workers of one name would each tell what both counted: one has the name, and the other is told so."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from app.evals.store import Holder, Store, open_store
from app.evals.worker import alone
from app.evals.worker.alone import HELD, Name, Taken, place_of

from tests.app.evals.store.conftest import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]
Open = Callable[[], Store]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.e2e)])
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens one and the same store as another process would."""
    file = f"sqlite:///{tmp_path / 'evals.sqlite'}"
    url = file if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    made: list[Store] = []

    def one() -> Store:
        made.append(open_store(url))
        return made[-1]

    yield one
    for store in made:
        store.close()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow each other at once."""
    monkeypatch.setattr(alone, "_LOOK", 0.01)


class Clock:
    """Goes on by itself, a little with each look, and as far as it is told."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def take(name: Name) -> None:
    asyncio.run(name.take(asyncio.Event()))


def test_a_second_one_that_lives_is_refused(another: Open) -> None:
    """As soon as the first has given a sign of life; the message says what to do."""
    clock = Clock()
    first, second = (Name(another(), "evals", place, clock) for place in ("a", "b"))
    take(first)
    threading.Timer(0.3, first.keep).start()
    with pytest.raises(
        Taken, match=r"on .* is alive under this name, 'evals': .* set EVALS_WORKER to a name of its own"
    ):
        take(second)
    take(Name(another(), "evals-2", "b", clock))
    assert first.keep()


def test_the_same_folder_takes_over_at_once(another: Open) -> None:
    """Whoever was there before is dead, for it would hold the folder's lock; were it not (a copied folder), it stops."""
    clock = Clock()
    first, again = (Name(another(), "evals", "a", clock) for _start in range(2))
    take(first)
    take(again)
    assert not first.keep()
    first.leave()
    assert again.keep()


def test_a_dead_ones_name_is_free_when_its_lease_is_over(another: Open) -> None:
    """From another folder: a container that starts with an empty one."""
    clock = Clock()
    first, second = (Name(another(), "evals", place, clock) for place in ("a", "b"))
    take(first)
    clock.now += HELD - 1
    threading.Timer(0.2, lambda: setattr(clock, "now", clock.now + 2)).start()
    take(second)
    assert not first.keep()


def test_a_dead_one_whose_clock_was_ahead_blocks_nobody_for_long(
    another: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a day: no sign of life for the length of a lease is enough."""
    clock, ahead = Clock(), Clock()
    ahead.now += 86_400
    take(Name(another(), "evals", "a", ahead))
    monkeypatch.setattr(alone, "HELD", 0.2)
    take(Name(another(), "evals", "b", clock))


def test_who_ends_leaves_its_name(another: Open) -> None:
    clock = Clock()
    first, second = (Name(another(), "evals", place, clock) for place in ("a", "b"))
    take(first)
    first.leave()
    take(second)


def test_who_is_asked_to_stop_meanwhile_waits_no_longer(another: Open) -> None:
    first, second = (Name(another(), "evals", place) for place in ("a", "b"))
    take(first)
    stop = asyncio.Event()
    stop.set()
    asyncio.run(second.take(stop))
    assert first.keep()


def test_who_loses_its_name_is_stopped(another: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says why; a store that is down meanwhile is no reason."""
    monkeypatch.setattr(alone, "BEAT", 0.01)
    first, again = (Name(another(), "evals", "a") for _start in range(2))
    take(first)
    take(again)
    stopped = threading.Event()
    first.run(threading.Event(), stopped.set)
    assert stopped.is_set()
    assert "EVALS_WORKER" in first.lost


def test_many_that_ask_at_once_are_one(another: Open) -> None:
    """The others are told which."""
    stores = [another() for _store in range(5)]
    had: list[Holder | None] = []

    def ask(place: int) -> None:
        had.append(stores[place].take_name("evals", Holder(str(place), f"life{place}", "here", 60.0), 1.0))

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    others = {one.place for one in had if one is not None}
    assert had.count(None) == 1
    assert len(others) == 1


def test_a_folder_has_one_name_of_its_own(tmp_path: Path) -> None:
    """The same after a restart, and another than any other's."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert place_of(tmp_path / "one") == place_of(tmp_path / "one") != place_of(tmp_path / "two")
