"""The native engine: obtain, render for this machine, start what is not running as it should, wait until it answers."""

import hashlib
import os
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from generator.artifact import Artifact
from generator.launch import children
from generator.launch.components import MISSING, Component, components
from generator.launch.obtain.catalog import CORE, PACKAGES
from generator.launch.obtain.ensure import ensure
from generator.launch.obtain.package import Obtained
from generator.launch.placement import native_placement
from generator.launch.state import Running, State
from generator.launch.table import Row
from generator.output.write import render_into
from generator.pipeline import artifacts
from generator.resolve import resolve
from generator.spec.load import LoadedSpec

READY_WITHIN = 60.0
_ROOM = 200_000_000


class CannotLaunch(Exception):  # noqa: N818  # what the person reads
    """The stack, or a part of it, could not be started; whatever this run started was stopped again."""


def up(loaded: LoadedSpec, state: State, say: Callable[[str], None], *, demo_traffic: bool) -> list[Row]:
    """Start what is not running as the spec wants it. Raises CannotLaunch and CannotBeHad."""
    obtained = _obtain(say)
    placement = native_placement(
        state, loaded.spec.stack.ports.model_dump(), obtained, example_app=loaded.spec.app == "example"
    )
    model = resolve(loaded.spec, spec_name=loaded.name, placement=placement)
    if shutil.disk_usage(state.root).free < _ROOM:
        raise CannotLaunch(f"less than {_ROOM // 1_000_000} MB are free on the disk of {state.root}; free some space")
    rendered = artifacts(model)
    render_into(state.etc, rendered, force=True)
    for receiver in model.notify:
        if receiver.secret_file:
            _link(loaded.folder / receiver.secret_file, state.etc / "secrets" / receiver.kind, say)
    wanted = components(model, state, obtained, demo_traffic=demo_traffic)
    return _Run(state, say, rendered).bring_up(wanted)


def _obtain(say: Callable[[str], None]) -> Mapping[str, Obtained]:
    with ThreadPoolExecutor() as pool:
        return dict(zip(CORE, pool.map(lambda name: ensure(PACKAGES[name], say), CORE), strict=True))


def _link(secret: Path, link: Path, say: Callable[[str], None]) -> None:
    """The rendered config names one place for each secret; the file itself stays the person's."""
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(secret.resolve())
    if not secret.exists():
        say(
            f"note: {secret} is not there, so {link.name} stays silent; put the secret into it, nothing needs a restart"
        )


class _Run:
    """One `up`: knows what it started itself, so that it can take exactly that back."""

    def __init__(self, state: State, say: Callable[[str], None], rendered: list[Artifact]) -> None:
        self._state, self._say, self._rendered = state, say, rendered
        self._running = state.read()
        self._started: list[psutil.Process] = []

    def bring_up(self, wanted: list[Component]) -> list[Row]:
        self._drop([name for name in self._running if name not in {one.name for one in wanted}])
        try:
            waiting = [one for one in wanted if not self._goes_on(one)]
            self._ports_are_free(waiting)
            began = time.monotonic()
            for one in waiting:
                self._start(one)
            for one in waiting:
                self._wait(one, began)
        except BaseException:
            self._say("stopping what this run started")
            children.stop(self._started)
            gone = {process.pid for process in self._started}
            self._state.write({name: entry for name, entry in self._running.items() if entry.pid not in gone})
            raise
        return rows(self._state)

    def _drop(self, names: list[str]) -> None:
        entries = [self._running.pop(name) for name in names]
        children.stop([process for entry in entries if (process := children.find(entry.pid, entry.began))])
        self._state.write(self._running)

    def _goes_on(self, one: Component) -> bool:
        """Whether it runs as wanted already, reloading it where only its config has changed; else it is stopped."""
        entry = self._running.get(one.name)
        process = entry and children.find(entry.pid, entry.began)
        if not entry or not process:
            return False
        config = self._config(one)
        if entry.digest == _digest(one) and (entry.config == config or one.reloads):
            if entry.config != config:
                self._say(f"{one.name}: reloading its changed config")
                os.kill(process.pid, signal.SIGHUP)
                self._keep(Running(**{**entry.__dict__, "config": config}))
            return True
        self._say(f"{one.name}: restarting, it is wanted differently now")
        self._drop([one.name])
        return False

    def _ports_are_free(self, waiting: list[Component]) -> None:
        taken = [(one, who) for one in waiting if one.port and (who := children.holder(one.port))]
        if taken:
            lines = "\n".join(f"  port {one.port} for {one.name} is held by {who}" for one, who in taken)
            raise CannotLaunch(
                f"ports are in use:\n{lines}\nStop it, or choose other ports under stack.ports in the spec."
            )

    def _start(self, one: Component) -> None:
        try:
            folder = one.folder or self._state.root
            self._state.data(one.name).mkdir(parents=True, exist_ok=True)
            with children.undisturbed():
                process = children.start(one.command, self._state.log(one.name), one.environment, folder)
                self._started.append(process)
        except OSError as error:
            raise CannotLaunch(f"{one.name} cannot be started: {error}") from error
        self._keep(
            Running(
                one.name,
                process.pid,
                process.create_time(),
                one.version,
                one.url,
                one.ready,
                0.0,
                _digest(one),
                self._config(one),
            )
        )

    def _wait(self, one: Component, began: float) -> None:
        entry = self._running[one.name]
        deadline = began + READY_WITHIN
        while one.ready and not _answers(one.ready):
            if not children.find(entry.pid, entry.began):
                raise CannotLaunch(self._death(one, "ended right after its start"))
            if not children.wait_until(deadline):
                raise CannotLaunch(self._death(one, f"was not ready after {READY_WITHIN:.0f} s"))
        if not children.find(entry.pid, entry.began):
            raise CannotLaunch(self._death(one, "ended right after its start"))
        self._keep(Running(**{**entry.__dict__, "seconds": round(time.monotonic() - began, 1)}))
        self._say(f"{one.name}: ready")

    def _death(self, one: Component, what: str) -> str:
        log = self._state.log(one.name)
        last = "\n".join(f"  | {line}" for line in children.tail(log, 5))
        return f"{one.name} {what}. Its log, {log}, ends with:\n{last}"

    def _keep(self, entry: Running) -> None:
        self._running[entry.name] = entry
        self._state.write(self._running)

    def _config(self, one: Component) -> str:
        texts = [item.path + item.text for item in self._rendered if item.path.split("/")[0] in one.config]
        return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _digest(one: Component) -> str:
    text = "\0".join([*one.command, *(f"{name}={value}" for name, value in sorted(one.environment.items()))])
    return hashlib.sha256(text.encode()).hexdigest()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return bool(response.status == 200)
    except (OSError, ValueError):
        return False


def rows(state: State) -> list[Row]:
    """What was started, and how it is."""
    found = []
    for entry in state.read().values():
        process = children.find(entry.pid, entry.began)
        alive = process is not None and (not entry.ready or _answers(entry.ready))
        word = "running" if alive else "not ready" if process else "ended"
        note = "" if alive else " ".join(children.tail(state.log(entry.name), 1))
        found.append(
            Row(
                entry.name,
                word,
                entry.version,
                entry.url,
                entry.seconds,
                children.memory(process) if process else 0,
                note,
            )
        )
    return found


def down(state: State, say: Callable[[str], None]) -> None:
    """Stop everything that was started, and say so."""
    entries = state.read()
    alive = {name: process for name, entry in entries.items() if (process := children.find(entry.pid, entry.began))}
    children.stop(list(alive.values()))
    for name in entries:
        say(f"{name}: {'stopped' if name in alive else 'had ended before'}")
    if not entries:
        say("nothing runs")
    state.write({})


def missing() -> dict[str, str]:
    """What the native form goes without, and what is lost."""
    return dict(MISSING)
