"""What one worker of all does at a time."""

import threading

from app.evals.store import Store, open_store
from app.evals.worker.turn import Turn


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def turn(store: Store, worker: str, clock: Clock) -> Turn:
    return Turn(store, "lines", worker, 30, clock=clock, sleep=lambda _seconds: None)


def test_it_stays_with_who_keeps_asking(store: Store) -> None:
    clock = Clock()
    one, other = turn(store, "a", clock), turn(store, "b", clock)
    for _look in range(20):
        assert one.mine()
        assert not other.mine()
        clock.now += 10


def test_it_goes_to_another_once_that_is_gone(store: Store) -> None:
    """And the first is told when it comes back."""
    clock = Clock()
    one, other = turn(store, "a", clock), turn(store, "b", clock)
    assert one.mine()
    clock.now += 31
    assert other.mine()
    assert not one.mine()


def test_it_can_be_left(store: Store) -> None:
    clock = Clock()
    one, other = turn(store, "a", clock), turn(store, "b", clock)
    assert one.mine()
    other.over()
    assert one.mine()
    one.over()
    assert other.mine()


def test_the_same_worker_goes_on_after_a_restart(store: Store) -> None:
    clock = Clock()
    assert turn(store, "a", clock).mine()
    assert turn(store, "a", clock).mine()


def test_of_many_that_ask_at_once_one_has_it(url: str, store: Store) -> None:
    got: list[str] = []
    start = threading.Barrier(6)

    def ask(name: str) -> None:
        own = open_store(url)
        one = Turn(own, "lines", name, 30)
        start.wait()
        if one.mine():
            got.append(name)
        own.close()

    threads = [threading.Thread(target=ask, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_what_is_no_note_is_as_none(store: Store) -> None:
    store.set_state("turn/lines", ["strange"])
    assert turn(store, "a", Clock()).mine()
