"""The drill's own stack: real Prometheus, Alertmanager, app, simulator and traffic, in a folder and on ports of its own."""

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from generator import conventions as c
from generator.artifact import Artifact
from generator.drill import web
from generator.drill.playable import TIMEOUT, Pace
from generator.drill.receiver import Receiver
from generator.drill.rendered import SCRAPES, adapted, cut_off
from generator.drill.signals import deferred
from generator.launch import children
from generator.launch.component import Component
from generator.launch.components import components
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import ensure
from generator.launch.placement import native_placement
from generator.launch.state import Running, State
from generator.model import Model
from generator.output.write import render_into
from generator.pipeline import artifacts
from generator.resolve import resolve
from generator.spec.load import parse

READY_WITHIN = 60.0
AT_ONCE = 150
_NEEDED = (c.PROMETHEUS, c.ALERTMANAGER, c.SIMULATOR, c.APP)
# A key would make the app spend real money, and a trace endpoint would get the drill's calls as if they were people's.
_OFFLINE = dict.fromkeys(("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "JUDGE_API_KEY", "OTEL_EXPORTER_OTLP_ENDPOINT"), "")


class CannotDrill(Exception):  # noqa: N818  # what the person reads
    """The drill's stack could not be started, or ended on its own."""


@dataclass
class Stack:
    """Not running until `start`; `stop` takes back everything that was started, by process."""

    folder: Path
    spec_text: str
    receiver: Receiver
    pace: Pace
    scale: float
    say: Callable[[str], None]
    model: Model = field(init=False)
    _components: dict[str, Component] = field(default_factory=dict)
    _running: dict[str, psutil.Process] = field(default_factory=dict)
    _rendered: list[Artifact] = field(default_factory=list)

    def start(self) -> None:
        """Obtain, render, start and wait. Raises CannotDrill, CannotBeHad and ProblemsFound."""
        (self.folder / "spec.yaml").write_text(self.spec_text, encoding="utf-8")
        spec, _tree = parse(self.spec_text, "spec.yaml")
        obtained = {name: ensure(PACKAGES[name], self.say) for name in (c.PROMETHEUS, c.ALERTMANAGER)}
        placement = native_placement(self._state, spec.stack.ports.model_dump(), obtained, example_app=True)
        self.model = resolve(spec, spec_name="spec.yaml", placement=placement)
        self._rendered = adapted(artifacts(self.model), self.receiver.webhook, self.scale)
        render_into(self._state.etc, self._rendered, force=True)
        self._secret(self._state.etc / "secrets" / "slack")
        listed = components(self.model, self._state, obtained, demo_traffic=False)
        self._components = {one.name: one for one in listed if one.name in _NEEDED}
        for name in _NEEDED:
            self._start(name)
        for name in _NEEDED:
            self._wait(name)
        self.traffic({})
        self._begin(c.TRAFFIC, self._traffic())

    def stop(self) -> None:
        """Everything that was started, whatever its state."""
        children.stop(list(self._running.values()))
        self._running.clear()
        self._state.write({})

    def alive(self) -> None:
        """Raises CannotDrill where a part has ended on its own."""
        for name, process in self._running.items():
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                raise CannotDrill(self._death(name, "ended"))

    def url(self, component: str) -> str:
        """Where a component answers, on loopback."""
        return self.model.placement[component].url

    @property
    def page(self) -> str:
        """The four golden signals, live, while the drill lasts."""
        return f"{self.url(c.PROMETHEUS)}/consoles/{c.PAGE}"

    def traffic(self, rates: dict[str, float]) -> None:
        """Calls a second by model, from now on."""
        part = self._control.with_suffix(".part")
        part.write_text(json.dumps(rates), encoding="utf-8")
        part.replace(self._control)

    def chaos(self, settings: dict[str, float], only: tuple[str, ...]) -> None:
        """How the simulator misbehaves from now on; nothing: it behaves. Raises OSError."""
        url = f"{self.url(c.SIMULATOR)}/chaos"
        web.send(url, {**settings, "models": list(only)}) if settings else web.send(url, None, "DELETE")

    def scrapes(self, *, arrive: bool) -> None:
        """Let the app's scrapes arrive, or fail: the app and the rules go on meanwhile."""
        text = next(one.text for one in self._rendered if one.path == SCRAPES)
        text = text if arrive else cut_off(text, self.model.service.name)
        (self._state.etc / SCRAPES).write_text(text, encoding="utf-8")
        os.kill(self._running[c.PROMETHEUS].pid, signal.SIGHUP)

    def restart_app(self) -> None:
        """Stop the app and start it again, as a deployment does. Raises CannotDrill."""
        children.stop([self._running.pop(c.APP)])
        self._start(c.APP)
        self._wait(c.APP)

    @property
    def _state(self) -> State:
        return State(self.folder / ".stackgen")

    @property
    def _control(self) -> Path:
        return self.folder / "traffic.json"

    def _secret(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.receiver.slack, encoding="utf-8")

    def _traffic(self) -> Component:
        app = self._components[c.APP]
        python = app.command[0]
        command = [python, "-m", "app.traffic", "--control", str(self._control), "--at-once", str(AT_ONCE)]
        return Component(c.TRAFFIC, app.version, command, environment=app.environment | {"TRAFFIC_TARGET": app.url})

    def _start(self, name: str) -> None:
        self._begin(name, self._components[name])

    def _begin(self, name: str, one: Component) -> None:
        own = {"SIMULATOR_PACE": f"{self.pace.pace:.4f}", "LLM_TIMEOUT_SECONDS": f"{TIMEOUT}"}
        self._state.data(name).mkdir(parents=True, exist_ok=True)
        try:
            with deferred():
                self._running[name] = children.start(
                    one.command, self._state.log(name), one.environment | _OFFLINE | own, one.folder or self.folder
                )
        except OSError as error:
            raise CannotDrill(f"{name} cannot be started: {error}") from error
        # Written at once, so that `stackgen down` finds what a drill left that was killed outright.
        self._state.write(
            {
                key: Running(key, each.pid, each.create_time(), one.version, one.url, one.ready, 0.0, "", "")
                for key, each in self._running.items()
            }
        )

    def _wait(self, name: str) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not web.answers(self._components[name].ready):
            self.alive()
            if not children.wait_until(deadline):
                raise CannotDrill(self._death(name, f"was not ready after {READY_WITHIN:.0f} s"))

    def _death(self, name: str, what: str) -> str:
        log = self._state.log(name)
        last = "\n".join(f"  | {line}" for line in children.tail(log, 5))
        return f"{name} {what}. Its log, {log}, ends with:\n{last}"
