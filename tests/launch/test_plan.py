"""A launch is worked out first: what cannot be done stops nothing that runs."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.artifact import Artifact
from generator.launch import children, native
from generator.launch.bring_up import CannotLaunch, Run
from generator.launch.component import Component
from generator.launch.plan import config_digest, digest
from generator.launch.state import State
from tests.launch.conftest import free_ports

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
LONGER = [sys.executable, "-c", "import time; time.sleep(90)"]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """A folder of its own; whatever was started is stopped."""
    one = State(tmp_path)
    yield one
    native.down(one, lambda _line: None)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def up(state: State, *wanted: Component) -> list[str]:
    """Bring it up; what it said."""
    said: list[str] = []
    Run(state, said.append, []).bring_up(list(wanted))
    return said


def alive(state: State) -> dict[str, int]:
    """Process ids of what runs."""
    return {name: one.pid for name, one in state.read().items() if children.find(one.pid, one.began)}


def test_a_taken_port_of_the_core_stops_nothing(state: State, taken: int) -> None:
    """Not even what is wanted differently now, or no longer."""
    up(state, Component("app", "1", SLEEPS), Component("old", "1", SLEEPS))
    before = alive(state)
    with pytest.raises(CannotLaunch, match=f"port {taken} for metrics is held by"):
        up(state, Component("app", "1", LONGER), Component("metrics", "1", SLEEPS, ports=(taken,)))
    assert set(before) == {"app", "old"}
    assert alive(state) == before


def test_a_taken_port_of_what_can_be_done_without_is_no_obstacle(state: State, taken: int) -> None:
    """The others are started, the reason is said, and the table has it until it can be started."""
    wanted = Component("app", "1", LONGER), Component("store", "1", SLEEPS, ports=(taken,), core=False)
    up(state, Component("app", "1", SLEEPS))
    before = alive(state)
    said = "\n".join(up(state, *wanted))
    assert f"store is not started: port {taken} for store is held by" in said
    assert "the others go on without it" in said
    assert set(alive(state)) == {"app"}
    assert alive(state) != before
    rows = {row.component: row for row in native.rows(state)}
    assert rows["store"].state == "left out"
    assert str(taken) in rows["store"].note
    up(state, Component("app", "1", LONGER), Component("store", "1", SLEEPS, core=False))
    assert {row.component: row.state for row in native.rows(state)} == {"app": "running", "store": "running"}


def test_a_port_that_the_launch_itself_frees_is_not_taken(state: State) -> None:
    """It was held by what is stopped first."""
    port = free_ports(("app",))["app"]
    serves = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    ready = f"http://127.0.0.1:{port}/"
    up(state, Component("first", "1", serves, ready, ports=(port,)))
    up(state, Component("second", "1", serves, ready, ports=(port,)))
    assert set(alive(state)) == {"second"}


def test_another_secret_is_another_config_and_is_kept_nowhere(tmp_path: Path) -> None:
    """Its file may be changed in place; one that is not there counts, too."""
    one = Component("collector", "1", SLEEPS, config=("collector",), secrets=("traces",))
    rendered = [Artifact("collector/collector.yaml", "a: 1\n")]
    found = {config_digest(one, rendered, tmp_path)}
    for secret in ("api-key: 1", "api-key: 2"):
        (tmp_path / "traces").write_text(secret)
        found.add(config_digest(one, rendered, tmp_path))
    assert len(found) == 3
    assert not any("api-key" in word for word in found)


def test_another_key_is_another_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """It decides whom to ask when it starts; the key itself is not kept."""
    one = Component("app", "1", SLEEPS, inherits=("OPENAI_API_KEY",))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    without = digest(one)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    assert digest(one) != without
    assert "sk-1" not in digest(one)
