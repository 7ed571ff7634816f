"""What is started late makes nothing slower, and nobody waits for it."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator import conventions as c
from generator import judging
from generator.launch import native
from generator.launch.bring_up import Run
from generator.launch.component import Component
from generator.launch.components import components
from generator.launch.placement import native_placement
from generator.launch.state import State
from generator.model import Model
from tests.conftest import SMALL
from tests.launch.conftest import free_ports

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """A folder of its own; whatever was started is stopped."""
    one = State(tmp_path)
    yield one
    native.down(one, lambda _line: None)


def up(state: State, *wanted: Component) -> None:
    """Bring it up."""
    Run(state, lambda _line: None, []).bring_up(list(wanted))


def words(state: State) -> dict[str, str]:
    """Component -> what the table says."""
    return {row.component: row.state for row in native.rows(state)}


def test_nobody_waits_for_it_and_the_table_says_that_it_starts(state: State) -> None:
    """Its address would not answer for a minute."""
    began = time.monotonic()
    up(state, Component("late", "1", SLEEPS, "http://127.0.0.1:1/readyz", late=True), Component("first", "1", SLEEPS))
    assert time.monotonic() - began < 5
    assert words(state) == {"first": "running", "late": "starting"}


def test_it_starts_when_the_others_are_ready(state: State) -> None:
    """So that it takes no processor from them meanwhile."""
    port = free_ports(("app",))["app"]
    serves = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    up(state, Component("late", "1", SLEEPS, late=True), Component("app", "1", serves, f"http://127.0.0.1:{port}/"))
    entries = state.read()
    assert entries["late"].began >= entries["app"].began + entries["app"].seconds - 0.2
    assert words(state) == {"app": "running", "late": "running"}


def test_one_that_ended_at_once_is_seen(state: State) -> None:
    """It starts no longer: it has ended."""
    up(state, Component("late", "1", [sys.executable, "-c", "pass"], "http://127.0.0.1:1/readyz", late=True))
    deadline = time.monotonic() + 10
    while words(state) == {"late": "starting"} and time.monotonic() < deadline:
        time.sleep(0.05)
    assert words(state) == {"late": "ended"}


def listed(model: Model, state: State) -> dict[str, Component]:
    """What would be started for a model."""
    placement = native_placement(state, model.stack.ports, {}, example_app=model.app.example)
    return {
        one.name: one
        for one in components(model.placed(_with_prometheus(placement, model)), state, {}, demo_traffic=True)
    }


def _with_prometheus(placement: object, model: Model) -> object:
    return type(placement)({**placement.places, c.PROMETHEUS: model.placement[c.PROMETHEUS]})  # type: ignore[attr-defined, call-arg]


def test_app_and_worker_share_one_spool(model: Model, tmp_path: Path) -> None:
    """The worker may be read by the page of this stack's Prometheus, and is late."""
    found = listed(model, State(tmp_path))
    app, worker = found[c.APP], found[c.EVALS]
    assert app.environment["EVALS_FOLDER"] == worker.environment["EVALS_FOLDER"] == str(tmp_path / "data/evals")
    assert worker.command[-2:] == ["app.evals", "worker"]
    assert worker.late
    assert not worker.core
    assert worker.ready.endswith("/readyz")
    assert "http://127.0.0.1:9090" in worker.environment["EVALS_ORIGINS"].split()
    assert worker.environment["EVALS_LOG_FILE"].endswith(judging.LOG)


def test_without_evals_there_is_no_worker(model_of: Callable[[str], Model], tmp_path: Path) -> None:
    """And the application is told of no spool."""
    found = listed(model_of(SMALL + "evals: {sample: 0%}\n"), State(tmp_path))
    assert c.EVALS not in found
    assert "EVALS_FOLDER" not in found[c.APP].environment
