"""What ends by itself is started again, after growing pauses; what keeps ending is given up, with its last words."""

import itertools
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.launch import children, native
from generator.launch.bring_up import Run
from generator.launch.component import Component
from generator.launch.keeper import STEADY, TRIES, Keeper
from generator.launch.state import Running, State
from generator.launch.table import remarks

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
ENDS = ["sh", "-c", "echo no storage >&2; exit 3"]


class Clock:
    """Seconds, as the test wants them."""

    now = 1000.0

    def __call__(self) -> float:
        """Now."""
        return self.now


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """A folder of its own; whatever was started is stopped."""
    one = State(tmp_path)
    yield one
    native.down(one, lambda _line: None)


def up(state: State, *wanted: Component) -> None:
    """Bring it up; of what ends at once too."""
    Run(state, lambda _line: None, []).bring_up(list(wanted))


def until(condition: Callable[[], object]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ended(entry: Running) -> bool:
    """Whether its process is gone."""
    return children.find(entry.pid, entry.began) is None


def kill(state: State, name: str) -> None:
    """As a crash does."""
    entry = state.read()[name]
    os.kill(entry.pid, signal.SIGKILL)
    until(lambda: ended(entry))


def test_what_was_killed_runs_again_as_it_was_started(state: State) -> None:
    """Same command, environment and folder; what runs is left alone."""
    told = [sys.executable, "-c", "import os, time; print(os.environ['WORD'], os.getcwd(), flush=True); time.sleep(60)"]
    up(state, Component("store", "1", told, environment={"WORD": "hello"}), Component("app", "1", SLEEPS))
    before = state.read()
    until(lambda: len(children.tail(state.log("store"), 9)) == 1)
    kill(state, "store")
    assert Keeper(state).turn()
    after = state.read()
    assert after["app"] == before["app"]
    assert after["store"].restarts == 1
    assert not ended(after["store"])
    until(lambda: children.tail(state.log("store"), 9) == [f"hello {state.root}"] * 2)
    assert "  store ended and was started again once" in remarks(native.rows(state))


def test_what_keeps_ending_is_given_up(state: State) -> None:
    """After growing pauses, each time; the table has the end of its log, and the next launch begins anew."""
    clock = Clock()
    keeper = Keeper(state, clock)
    up(state, Component("store", "1", ENDS, "http://127.0.0.1:1/", core=False), Component("app", "1", SLEEPS))
    began, tries = clock.now, []
    while not state.read()["store"].given_up:
        before = state.read()["store"]
        until(lambda one=before: ended(one))  # type: ignore[misc]
        assert keeper.turn()
        if state.read()["store"].restarts > before.restarts:
            tries.append(clock.now - began)
        clock.now += 0.5
    pauses = [after - before for before, after in itertools.pairwise(tries)]
    assert len(tries) == TRIES
    assert pauses == sorted(pauses)
    assert pauses[-1] > 4 * pauses[0]
    (row,) = [row for row in native.rows(state) if row.component == "store"]
    assert (row.state, row.restarts) == ("given up", TRIES)
    assert "no storage" in "\n".join(remarks([row]))
    clock.now += 3600
    keeper.turn()
    assert state.read()["store"].restarts == TRIES
    up(state, Component("store", "1", SLEEPS, core=False), Component("app", "1", SLEEPS))
    assert {row.component: (row.state, row.restarts) for row in native.rows(state)} == {
        "store": ("running", 0),
        "app": ("running", 0),
    }


def test_what_ran_for_a_while_is_not_counted_as_one_that_keeps_ending(state: State) -> None:
    """A crash a day is started again for ever."""
    clock = Clock()
    keeper = Keeper(state, clock)
    up(state, Component("app", "1", SLEEPS))
    for _day in range(TRIES + 2):
        kill(state, "app")
        keeper.turn()
        clock.now += STEADY + 1
    assert state.read()["app"].restarts == TRIES + 2
    assert not ended(state.read()["app"])


def test_whoever_works_on_the_stack_is_not_disturbed(state: State) -> None:
    """What a command stops in order to start it anew is not started twice."""
    up(state, Component("app", "1", SLEEPS))
    kill(state, "app")
    keeper = Keeper(state)
    with state.lock():
        assert keeper.turn()
        assert ended(state.read()["app"])
    keeper.turn()
    assert not ended(state.read()["app"])


def test_it_ends_with_the_stack(state: State) -> None:
    """Also where the folder is gone."""
    up(state, Component("app", "1", SLEEPS))
    keeper = Keeper(state)
    assert keeper.turn()
    native.down(state, lambda _line: None)
    assert not keeper.turn()
