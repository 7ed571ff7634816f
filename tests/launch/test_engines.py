"""Each engine knows of the other: never both at once into the same ports, and what one started `down` finds."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from generator.launch.bring_up import CannotLaunch
from generator.launch.engines import for_up, wished
from generator.launch.state import Running, State
from tests.launch.conftest import CONTAINER, Docker, Stack, free_ports


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Stack]:
    """A stack that needs no programs, since nothing of it is launched natively."""
    one = Stack(tmp_path / "folder", free_ports())
    one.folder.mkdir()
    one.spec()
    yield one
    one.run("down")


@pytest.fixture
def state(folder: Stack) -> State:
    """Of that stack."""
    return State(folder.folder / ".stackgen")


def started(state: State, pid: int, began: float) -> None:
    """Note a process as one that was started."""
    state.write({"prometheus": Running("prometheus", pid, began, "1", "", "", 1.0, "", "")})


@pytest.fixture
def alive(state: State) -> Iterator[None]:
    """Something that was started natively, and runs."""
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        state.start("native")
        started(state, process.pid, psutil.Process(process.pid).create_time())
        yield
        process.kill()


def test_up_keeps_to_what_runs(alive: None, state: State, docker: Docker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Docker came to the machine meanwhile: nothing is started into taken ports, and a line says how to change."""
    for name, value in docker.environment.items():
        monkeypatch.setenv(name, value)
    said: list[str] = []
    assert for_up("auto", state, Path("compose.yaml"), said.append) == "native"
    assert "`make down` first" in said[0]
    with pytest.raises(CannotLaunch, match="runs natively"):
        for_up("compose", state, Path("compose.yaml"), said.append)


def test_compose_beside_a_native_stack_is_refused(alive: None, folder: Stack, docker: Docker) -> None:
    """By the command itself, before it starts anything."""
    done = folder.run("up", "--engine", "compose", **docker.environment)
    assert done.returncode == 1
    assert "this stack runs natively" in done.stderr
    assert docker.asked("up") == []


def test_containers_have_their_ports_too(folder: Stack, state: State, docker: Docker) -> None:
    """The native engine beside them is refused; once they are down it is not."""
    state.start("compose")
    docker.runs(CONTAINER)
    done = folder.run("up", "--engine", "native", **docker.environment)
    assert done.returncode == 1
    assert "this stack runs with Compose" in done.stderr


def test_after_a_restart_of_the_machine_down_finds_the_containers(folder: Stack, state: State, docker: Docker) -> None:
    """What was started natively has ended, nobody noted an engine, and Docker answers."""
    started(state, 2**22 - 1, 0.0)
    done = folder.run("down", **docker.environment)
    assert done.returncode == 0, done.stderr
    assert "prometheus: had ended before" in done.stderr
    assert len(docker.asked("down")) == 1


def test_compose_is_noted_shown_and_taken_down(folder: Stack, state: State, docker: Docker) -> None:
    """Whatever the native engine had left in the notes."""
    started(state, 2**22 - 1, 0.0)
    docker.runs(CONTAINER)
    done = folder.run("up", "--json", **docker.environment)
    assert done.returncode == 0, done.stderr
    assert state.engines() == {"compose"}
    shown = json.loads(folder.run("status", "--json", **docker.environment).stdout)
    assert [row["component"] for row in shown["components"]] == ["app"]
    assert folder.run("down", **docker.environment).returncode == 0
    assert len(docker.asked("down")) == 1
    assert state.engines() == set()


def test_containers_of_another_folder_are_left_alone(alive: None, folder: Stack, docker: Docker) -> None:
    """The name of a Compose project is that of the service: this folder noted that it started none."""
    assert folder.run("down", **docker.environment).returncode == 0
    assert folder.run("down", **docker.environment).returncode == 0
    assert docker.asked("down") == []


def test_containers_that_docker_cannot_be_asked_about_are_told(folder: Stack, state: State) -> None:
    """Exit code 1: something may be left."""
    state.start("compose")
    done = folder.run("down")
    assert done.returncode == 1
    assert "started with Compose" in done.stderr


def test_the_environment_chooses_where_the_command_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that is no engine is an error, not a guess."""
    monkeypatch.setenv("STACKGEN_ENGINE", "native")
    assert wished() == "native"
    assert wished("compose") == "compose"
    monkeypatch.setenv("STACKGEN_ENGINE", "podman")
    with pytest.raises(CannotLaunch, match="auto, compose, native"):
        wished()


def test_where_the_environment_says_native_docker_is_asked_nothing(stack: Stack, docker: Docker) -> None:
    """As all tests of the native engine, on machines where Docker answers: up, status, logs, down."""
    environment = docker.environment | {"STACKGEN_ENGINE": "native"}
    done = stack.up(**environment)
    assert done.returncode == 0, done.stderr
    for word in ("status", "logs", "down"):
        assert stack.run(word, **environment).returncode == 0
    assert not (docker.folder / "asked").exists()
