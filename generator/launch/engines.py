"""Which engine a command is about: the one that runs this folder's stack, else the one asked for, else the best at hand."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from generator.launch import children, compose
from generator.launch.bring_up import CannotLaunch
from generator.launch.state import State

Engine = Literal["auto", "compose", "native"]
VARIABLE = "STACKGEN_ENGINE"
ENGINES: tuple[Engine, ...] = ("auto", "compose", "native")


def wished(engine: Engine = "auto") -> Engine:
    """What the command line says, else what the environment says. Raises CannotLaunch for a word that is no engine."""
    told = os.environ.get(VARIABLE, "") or "auto"
    if engine != "auto":
        return engine
    for known in ENGINES:
        if told == known:
            return known
    raise CannotLaunch(f"{VARIABLE} is {told!r}: there are {', '.join(ENGINES)}")


def docker() -> bool:
    """Whether Docker is to be asked, and answers."""
    return wished() != "native" and compose.answers()


def lives(state: State) -> bool:
    """Whether anything runs that was started natively."""
    return any(children.find(entry.pid, entry.began) for entry in state.read().values())


def contains(state: State) -> bool:
    """Whether containers of this folder's stack may be there; true as well where nobody noted what was started."""
    started = state.engines()
    return started is None or "compose" in started


def for_up(engine: Engine, state: State, file: Path, say: Callable[[str], None]) -> Engine:
    """Compose or native; never one beside the other, since both want the same ports. Raises CannotLaunch."""
    wish = wished(engine)
    if lives(state):
        if wish == "compose":
            raise CannotLaunch("this stack runs natively, and Compose would want the same ports; `make down` first")
        if wish == "auto" and compose.answers():
            say("Docker answers, but this stack runs natively and goes on so; `make down` first to change that")
        return "native"
    before = "compose" in (state.engines() or ())
    if wish == "native" and before and compose.answers() and compose.rows(file):
        raise CannotLaunch("this stack runs with Compose, and has the ports; `make down` first")
    if wish != "auto":
        return wish
    if compose.answers(say):
        return "compose"
    if before:
        say("this stack ran with Compose, and Docker does not answer now: launching natively; `make down` removes both")
    return "native"
