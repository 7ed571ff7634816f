"""What is on its way to a running stack, as the process that fetches it says, and what nobody plays."""

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from generator.launch import children
from generator.launch.roles import Role, roles
from generator.launch.state import State
from generator.launch.table import Gap
from generator.spec.load import LoadedSpec

WAITS = "waits for its turn"


@dataclass
class Told:
    """What is on its way: role -> what happens to it, since when (seconds since the epoch); and role -> why it cannot be had."""

    pid: int = 0
    began: float = 0.0
    coming: dict[str, str] = field(default_factory=dict)
    since: float = 0.0
    failed: dict[str, str] = field(default_factory=dict)
    ended: float = 0.0
    without: list[str] = field(default_factory=list)
    """Roles that nobody asked for."""
    asked: str = ""
    """Digest of all that was asked for; what is obtained joins as it was asked for last."""


def told(state: State) -> Told:
    """What the last run says; nothing is on its way where it no longer runs."""
    try:
        found = Told(**json.loads(_file(state).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Told()
    if children.find(found.pid, found.began) is None:
        found.coming = {}
    return found


def stop(state: State) -> None:
    """End it, and whatever it builds; half of a build is thrown away."""
    found = told(state)
    process = children.find(found.pid, found.began)
    if process:
        children.stop([process])
        _file(state).unlink(missing_ok=True)


def gaps(state: State, loaded: LoadedSpec) -> list[Gap]:
    """Each role that nobody plays, with what is being done about it."""
    now = told(state)
    running, left = state.read(), state.left()
    return [
        Gap(role.name, role.lost, _since(now, role.name), now.failed.get(role.name, "") or _left(role, left))
        for role in roles(loaded.spec, now.without)
        if not role.core and not any(player in running for player in role.players)
    ]


def _left(role: Role, left: Mapping[str, str]) -> str:
    return next((f"{player} cannot join: {left[player]}" for player in role.players if player in left), "")


def _since(now: Told, role: str) -> str:
    what = now.coming.get(role, "")
    minutes = int(time.time() - now.since) // 60
    return f"{what}; for {minutes} min so far" if what and what != WAITS and minutes else what


def wait(state: State) -> None:
    """Until nothing is on its way any more, showing what is."""
    shown = ""
    while now := told(state).coming:
        line = next((f"{role}: {what}" for role, what in now.items() if what != WAITS), "")
        if line and line != shown:
            shown = line
            print(line, file=sys.stderr, flush=True)
        time.sleep(0.5)


def _file(state: State) -> Path:
    return state.root / "behind.json"


def tell(state: State, note: Told) -> None:
    """Replace what is said, in one step."""
    part = _file(state).with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(asdict(note)), encoding="utf-8")
    part.replace(_file(state))
