"""What is somebody else's already: the lock, a port, the name of a project."""

import os
import socket

import pytest

from generator.launch import compose
from generator.launch.bring_up import CannotLaunch
from generator.launch.state import Busy, State
from tests.launch.compose.pretended import Docker


def test_two_at_once_never_mix(docker: Docker, capsys: pytest.CaptureFixture[str]) -> None:
    """With the lock that the stack without Docker has: up and down say who works."""
    file = docker.spec()
    with State.beside(docker.folder / "spec.yaml").lock():
        with pytest.raises(Busy, match="another stackgen"):
            docker.up()
        assert compose.down(file) == 1
    assert "another stackgen" in capsys.readouterr().err
    assert not any(word in call for call in docker.calls for word in (" up ", " down "))


def test_a_port_in_use_is_named_and_our_own_is_not(docker: Docker) -> None:
    """Before anything is started; a container's name says more than that of the engine's proxy."""
    with socket.create_server(("127.0.0.1", docker.ports["prometheus"])):
        with pytest.raises(CannotLaunch) as caught:
            docker.up()
        assert f"port {docker.ports['prometheus']} for prometheus is held by" in str(caught.value)
        assert f"process {os.getpid()}" in str(caught.value)
        docker.says("publisher", "other-prometheus-1\n")
        with pytest.raises(CannotLaunch, match="held by the container other-prometheus-1"):
            docker.up()
        assert not docker.started
        docker.entry("prometheus", Publishers=[{"PublishedPort": docker.ports["prometheus"]}])
        docker.up()
    assert docker.started


def test_a_port_of_a_part_that_is_left_out_may_be_in_use(docker: Docker) -> None:
    """Grafana's, say."""
    with socket.create_server(("127.0.0.1", docker.ports["grafana"])):
        docker.up(without=["dashboards"])
    assert docker.started


def test_another_checkouts_containers_are_left_alone(docker: Docker, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the same service's name: neither replaced, nor ended, nor shown as ours."""
    docker.says("owner", "/home/ada/other/stack/compose.yaml\n")
    docker.entry("prometheus")
    file = docker.spec()
    with pytest.raises(CannotLaunch, match="started from /home/ada/other/stack"):
        docker.up()
    assert compose.down(file) == 1
    assert compose.logs(file, [], 5, follow=False) == 1
    assert "COMPOSE_PROJECT_NAME" in capsys.readouterr().err
    assert compose.rows(file) == []
    assert not any(word in call for call in docker.calls for word in (" up ", " down ", " logs "))
    docker.says("owner", f"{file}\n")
    assert docker.up()


def test_a_project_can_be_given_another_name(docker: Docker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is that one whose owner is asked for."""
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", "second")
    docker.up()
    assert any("label=com.docker.compose.project=second" in call for call in docker.calls)
    assert docker.environment()["COMPOSE_PROJECT_NAME"] == "second"
