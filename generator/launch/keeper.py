"""Beside the running stack: start again what ended by itself, after growing pauses, and give up what keeps ending.

A process of its own: `python -m generator.launch.keeper FOLDER`. It reads no spec, so that one that is being edited is not half applied because
something broke: each part is started as it was started before.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import NoReturn

from generator.launch import children
from generator.launch.state import Busy, Running, State

NAME = "keeper"
TRIES = 5
"""How often a part is started again that ends each time before it was steady."""
STEADY = 60.0
"""Seconds after which a part counts as one that runs."""
_TICK = 1.0


@dataclass
class _Trouble:
    """Of one part: how often it was started again in a row, when last, and when it is due; 0 where no end was seen."""

    tries: int = 0
    started: float = 0.0
    due: float = 0.0


class Keeper:
    """Looks, and starts again; `clock` in seconds."""

    def __init__(self, state: State, clock: Callable[[], float] = time.monotonic) -> None:
        self._state, self._clock = state, clock
        self._trouble: dict[str, _Trouble] = {}

    def turn(self) -> bool:
        """Once; false when there is nothing to keep any more."""
        entries = self._state.read()
        if not entries:
            return False
        if any(self._is_due(entry) for entry in entries.values()):
            try:
                with self._state.lock():
                    # Whoever held the lock may have stopped or started it.
                    for entry in self._state.read().values():
                        if self._is_due(entry):
                            self._again(entry)
            except Busy:
                pass
        return True

    def _is_due(self, entry: Running) -> bool:
        now, trouble = self._clock(), self._trouble.setdefault(entry.name, _Trouble())
        if entry.given_up or not entry.command or children.find(entry.pid, entry.began):
            trouble.due = 0.0
            return False
        if not trouble.due:
            if now - trouble.started > STEADY:
                trouble.tries = 0
            trouble.due = now + (2.0 ** (trouble.tries - 1) if trouble.tries else 0.0)
        return now >= trouble.due

    def _again(self, entry: Running) -> None:
        trouble = self._trouble[entry.name]
        if trouble.tries >= TRIES:
            _log(f"{entry.name}: given up after {TRIES} tries")
            self._keep(replace(entry, given_up=True))
            return
        _log(f"{entry.name}: had ended, starting it again")
        with children.undisturbed():
            try:
                log = self._state.log(entry.name)
                process = children.start(entry.command, log, entry.environment, Path(entry.folder))
                began = process.create_time()
            except OSError as error:
                _log(f"{entry.name}: {error}")
            else:
                self._keep(replace(entry, pid=process.pid, began=began, seconds=0.0, restarts=entry.restarts + 1))
        trouble.tries, trouble.started, trouble.due = trouble.tries + 1, self._clock(), 0.0

    def _keep(self, entry: Running) -> None:
        self._state.write(self._state.read() | {entry.name: entry})


def start(state: State) -> None:
    """In place of one that runs, since it starts parts in the environment that it was started in itself; hold the lock."""
    stop(state)
    with children.undisturbed():
        process = children.start([sys.executable, "-m", __name__, str(state.root)], state.log(NAME), {}, state.root)
        state.keep_by(process.pid, process.create_time())


def lives(state: State) -> bool:
    """Whether one looks after this stack; it may hold the lock for a moment."""
    return children.find(*state.keeper()) is not None


def stop(state: State) -> None:
    """What it keeps goes on."""
    if process := children.find(*state.keeper()):
        children.stop([process])


def _log(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def main() -> None:
    """Until the stack is down."""
    signal.signal(signal.SIGTERM, _interrupt)
    state = State(Path(sys.argv[1]))
    keeper = Keeper(state)
    while True:
        time.sleep(_TICK)
        replaced = state.keeper()[0] != os.getpid() and lives(state)
        if replaced or not keeper.turn():
            return


if __name__ == "__main__":
    main()
