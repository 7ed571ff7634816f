"""Behind the running stack: obtain what was not at hand, one after the other at low priority, and let each join.

A process of its own, so that `make stack` returns as soon as the core is up: `python -m generator.launch.behind SPEC`.
"""

import argparse
import hashlib
import os
import signal
import sys
import time
from collections.abc import Collection
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psutil

from generator.launch import children, native
from generator.launch.bring_up import CannotLaunch
from generator.launch.coming import WAITS, Told, stop, tell, told
from generator.launch.money import FOLLOWED
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.launch.roles import COLLECTOR, DASHBOARDS, LOGS, TRACES, Role, cast, roles
from generator.launch.state import Busy, State
from generator.problems import ProblemsFound
from generator.spec.load import LoadedSpec, load

_NAME = "behind"
_ORDER = (LOGS.name, COLLECTOR.name, TRACES.name, DASHBOARDS.name)
"""What takes least time, and is of use soonest, first."""
_AGAIN = 3600.0
"""Seconds after which what could not be had is tried again unasked."""
_PATIENCE = 120.0


def start(spec: Path, state: State, loaded: LoadedSpec, *, demo_traffic: bool, without: Collection[str] = ()) -> None:
    """Go for what is missing, unless that goes on already or has just failed; roles of `without` are not missed."""
    before, asked = told(state), _asked(demo_traffic, without)
    if asked != before.asked:
        stop(state)
        failed = before.failed if list(without) == before.without else {}
        before = Told(failed=failed, ended=before.ended, without=list(without), asked=asked)
        tell(state, before)
    wanted = [role.name for role in _missing(loaded, without)]
    recent = time.time() - before.ended < _AGAIN
    if before.coming or not [name for name in wanted if not (recent and name in before.failed)]:
        return
    command = [sys.executable, "-m", __name__, str(spec.resolve()), *([] if demo_traffic else ["--no-traffic"])]
    process = children.start(command, state.log(_NAME), {}, state.root)
    process.nice(19)
    coming = dict.fromkeys(wanted, WAITS)
    tell(state, Told(process.pid, process.create_time(), coming, time.time(), without=before.without, asked=asked))


def _asked(demo_traffic: bool, without: Collection[str]) -> str:
    """It joins with the environment that it was started in, so that another key is another wish."""
    told = [str(demo_traffic), *without, *(f"{name}={os.environ.get(name, '')}" for name in FOLLOWED)]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def _missing(loaded: LoadedSpec, without: Collection[str]) -> list[Role]:
    played = cast(loaded.spec, without)
    found = [role for role in roles(loaded.spec, without) if not role.core and role.name not in played]
    return sorted(found, key=lambda role: _ORDER.index(role.name))


def _work(spec: Path, state: State, *, demo_traffic: bool) -> None:
    note = told(state)
    note.pid, note.began = os.getpid(), psutil.Process().create_time()
    missing = _missing(load(spec), note.without)
    note.coming, note.failed = dict.fromkeys((role.name for role in missing), WAITS), {}
    for role in missing:
        note.since = time.time()

        def say(line: str, name: str = role.name) -> None:
            print(line, flush=True)
            note.coming[name] = line
            tell(state, note)

        reasons = []
        for player in role.players:
            say(f"{player}: looking for it")
            try:
                ensure(PACKAGES[player], say)
            except CannotBeHad as error:
                print(error, flush=True)
                reasons.append(_reason(player, str(error)))
            else:
                say(f"{player}: joining")
                if why := _join(spec, state, note, player, demo_traffic=demo_traffic):
                    note.failed[role.name] = f"{player} {why}"
                break
        else:
            note.failed[role.name] = "; ".join(reasons)
        note.coming.pop(role.name)
        tell(state, note)
    note.ended = time.time()
    tell(state, note)


def _reason(player: str, error: str) -> str:
    """The one way that would be the usual one for a person to mend."""
    ways = [line.strip() for line in error.splitlines()[1:-1]]
    archive = next((way.partition(": ")[2] for way in ways if way.startswith("release archive")), "")
    return f"{player}: {archive or ways[-1]}"


def _join(spec: Path, state: State, note: Told, player: str, *, demo_traffic: bool) -> str:
    """Empty, or why it does not run although it was obtained."""
    try:
        with state.lock(_PATIENCE):
            # Whoever stopped the stack in the meantime does not want it back.
            if state.read():
                native.up(load(spec), state, _log, demo_traffic=demo_traffic, without=note.without)
                if why := state.left().get(player):
                    return f"cannot join: {why}"
    except (CannotLaunch, CannotBeHad, Busy, ProblemsFound) as error:
        print(f"cannot join: {error}", flush=True)
        said = " ".join(line.strip() for line in str(error).splitlines()[:2])
        return f"cannot join: {said}"
    return ""


def _log(line: str) -> None:
    print(line, flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    """Until everything has joined or cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec", type=Path)
    parser.add_argument("--no-traffic", action="store_true")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _work(arguments.spec, State.beside(arguments.spec), demo_traffic=not arguments.no_traffic)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
