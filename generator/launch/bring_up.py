"""Start what is not running as it should, and wait until it answers; a failure takes back exactly what was started."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable

import psutil

from generator.artifact import Artifact
from generator.launch import children
from generator.launch.component import Component
from generator.launch.plan import config_digest, digest, plan
from generator.launch.reload import Refused, reload
from generator.launch.state import Running, State

READY_WITHIN = 60.0


class CannotLaunch(Exception):  # noqa: N818  # what the person reads
    """The stack, or a part of it, could not be started; whatever this run started was stopped again."""


class Run:
    """One `up`: knows what it started itself, so that it can take exactly that back."""

    def __init__(self, state: State, say: Callable[[str], None], rendered: list[Artifact]) -> None:
        self._state, self._say, self._rendered = state, say, rendered
        self._running = state.read()
        self._started: list[psutil.Process] = []

    def bring_up(self, wanted: list[Component]) -> None:
        """Start what is wanted and does not run so, stop what is not wanted. Raises CannotLaunch."""
        todo = plan(wanted, self._running, self._config)
        if todo.taken:
            lines = "\n".join(f"  {held}" for held in todo.taken)
            raise CannotLaunch(
                f"ports are in use:\n{lines}\nStop it, or choose other ports under stack.ports in the spec."
            )
        for one in todo.reload:
            self._reload(one)
        for name, why in todo.left.items():
            self._say(f"{name} is not started: {why}\nthe others go on without it")
        self._state.leave(todo.left)
        try:
            for name in todo.again:
                self._say(f"{name}: restarting, it is wanted differently now")
            self._drop(todo.stop)
            began = time.monotonic()
            awaited = [one for one in todo.start if not one.late]
            for one in awaited:
                self._start(one)
            for one in awaited:
                self._wait_or_leave(one, began)
            for one in todo.start:
                if one.late:
                    self._start(one)
        except BaseException:
            self._say("stopping what this run started")
            children.stop(self._started)
            gone = {process.pid for process in self._started}
            self._state.write({name: entry for name, entry in self._running.items() if entry.pid not in gone})
            raise

    def _drop(self, names: list[str]) -> None:
        entries = [self._running.pop(name) for name in names]
        children.stop([process for entry in entries if (process := children.find(entry.pid, entry.began))])
        self._state.write(self._running)

    def _reload(self, one: Component) -> None:
        """What was refused is not noted as done, so that the next launch tries again."""
        entry = self._running[one.name]
        process = children.find(entry.pid, entry.began)
        if process is None:
            return
        self._say(f"{one.name}: reloading its changed config")
        try:
            reload(one, process, self._state.log(one.name))
        except Refused as error:
            said = self._death(one, str(error))
            if one.core:
                raise CannotLaunch(said) from error
            self._say(f"{said}\nthe others go on")
        else:
            self._keep(Running(**{**entry.__dict__, "config": self._config(one)}))

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
                digest(one),
                self._config(one),
                one.command,
                one.environment,
                str(folder),
            )
        )

    def _wait(self, one: Component, began: float) -> None:
        entry = self._running[one.name]
        deadline = began + READY_WITHIN
        while one.ready and not answers(one.ready):
            if not children.find(entry.pid, entry.began):
                raise CannotLaunch(self._death(one, "ended right after its start"))
            if not children.wait_until(deadline):
                raise CannotLaunch(self._death(one, f"was not ready after {READY_WITHIN:.0f} s"))
        if not children.find(entry.pid, entry.began):
            raise CannotLaunch(self._death(one, "ended right after its start"))
        self._keep(Running(**{**entry.__dict__, "seconds": round(time.monotonic() - began, 1)}))
        self._say(f"{one.name}: ready")

    def _wait_or_leave(self, one: Component, began: float) -> None:
        """What the stack can do without does not take the rest down with it; the table shows that it does not run."""
        try:
            self._wait(one, began)
        except CannotLaunch as error:
            if one.core:
                raise
            self._say(f"{error}\nthe others go on without it")
            entry = self._running[one.name]
            children.stop([process for process in [children.find(entry.pid, entry.began)] if process])

    def _death(self, one: Component, what: str) -> str:
        log = self._state.log(one.name)
        last = "\n".join(f"  | {line}" for line in children.tail(log, 5))
        return f"{one.name} {what}. Its log, {log}, ends with:\n{last}"

    def _keep(self, entry: Running) -> None:
        self._running[entry.name] = entry
        self._state.write(self._running)

    def _config(self, one: Component) -> str:
        return config_digest(one, self._rendered, self._state.etc / "secrets")


def answers(url: str) -> bool:
    """Whether something answers 200 within a second."""
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return bool(response.status == 200)
    except (OSError, ValueError):
        return False
