"""What one launch has to do, worked out before anything is stopped, started or told."""

import hashlib
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from generator.artifact import Artifact
from generator.launch import children
from generator.launch.component import Component
from generator.launch.state import Running

Holder = Callable[[int, Collection[int]], str]


@dataclass
class Plan:
    """`stop` are names of what is not wanted, or not so; `left` is what has no free port, with the reason."""

    reload: list[Component] = field(default_factory=list)
    stop: list[str] = field(default_factory=list)
    start: list[Component] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    """Names of those that are both stopped and started."""
    left: dict[str, str] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    """Ports of what the stack is of no use without, each with who holds it: nothing may be done then."""


def plan(
    wanted: list[Component],
    running: Mapping[str, Running],
    config: Callable[[Component], str],
    holder: Holder = children.holder,
) -> Plan:
    """From what was started and what is wanted; `config` is the digest of what a component reads. Touches nothing."""
    todo = Plan(stop=[name for name in running if name not in {one.name for one in wanted}])
    for one in wanted:
        entry = running.get(one.name)
        if not entry or not children.find(entry.pid, entry.began):
            todo.start.append(one)
        elif entry.digest != digest(one) or (entry.config != config(one) and not one.reloads):
            todo.stop.append(one.name)
            todo.again.append(one.name)
            todo.start.append(one)
        elif entry.config != config(one):
            todo.reload.append(one)
    freed = _processes([running[name] for name in todo.stop])
    for one in todo.start:
        held = [f"port {port} for {one.name} is held by {who}" for port in one.ports if (who := holder(port, freed))]
        if held and one.core:
            todo.taken += held
        elif held:
            todo.left[one.name] = "; ".join(held)
    todo.start = [one for one in todo.start if one.name not in todo.left]
    todo.again = [name for name in todo.again if name not in todo.left]
    # What had ended before is forgotten: the reason why it is not started says more.
    todo.stop += [name for name in todo.left if name in running and name not in todo.stop]
    return todo


def _processes(entries: list[Running]) -> set[int]:
    """Ids of the processes and their children: what they listen on is free once they are stopped."""
    found = set()
    for process in (children.find(entry.pid, entry.began) for entry in entries):
        if process:
            try:
                found |= {process.pid, *(child.pid for child in process.children(recursive=True))}
            except psutil.Error:
                continue
    return found


def digest(one: Component) -> str:
    """Of what a component is started with; of inherited keys nothing but this is kept."""
    inherited = {name: os.environ.get(name, "") for name in one.inherits}
    words = [f"{name}={value}" for name, value in sorted((one.environment | inherited).items())]
    return hashlib.sha256("\0".join([*one.command, *words]).encode()).hexdigest()


def config_digest(one: Component, rendered: list[Artifact], secrets: Path) -> str:
    """Of what a component reads: its rendered files, and the bytes of its secret files, of which nothing else is kept."""
    texts = [item.path + item.text for item in rendered if item.path.split("/")[0] in one.config]
    found = hashlib.sha256("\0".join(texts).encode())
    for name in one.secrets:
        try:
            found.update((secrets / name).read_bytes())
        except OSError:
            found.update(b"\0")
    return found.hexdigest()
