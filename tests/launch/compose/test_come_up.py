"""Containers that are built and come up or do not, and what people are told of them."""

import shutil
from typing import Any

import pytest

from generator.launch import commands
from generator.launch.bring_up import CannotLaunch
from tests.launch.compose.pretended import SLACK, Docker


def test_every_launch_builds_the_app_from_this_checkout(docker: Docker, capfd: pytest.CaptureFixture[str]) -> None:
    """Docker knows by itself what has not changed; edited code never runs as it was. What is said of it is not for machines."""
    docker.up()
    printed = capfd.readouterr()
    assert "building" not in printed.out
    assert "building" in printed.err
    (up,) = [call for call in docker.calls if " up " in call]
    assert up == f"compose -f {docker.folder}/stack/compose.yaml up --detach --build --remove-orphans"


def test_a_container_that_has_ended_as_it_should_is_no_failure(docker: Docker) -> None:
    """Demo traffic, where it would cost money, says so; the table has what runs."""
    docker.entry("app", Health="healthy")
    docker.entry("traffic", State="exited")
    docker.entry("collector-queue", State="exited")
    assert [row.component for row in docker.up()] == ["app"]
    assert "traffic has ended: no demo traffic" in docker.said


@pytest.mark.parametrize(
    ("service", "state"),
    [
        ("app", {"State": "exited"}),
        ("traffic", {"State": "exited", "ExitCode": 1}),
        ("app", {"Health": "unhealthy"}),
        ("jaeger", {"State": "restarting"}),
    ],
)
def test_a_container_that_does_not_come_up_is_named(docker: Docker, service: str, state: dict[str, Any]) -> None:
    """With the end of its log."""
    docker.entry(service, **state)
    with pytest.raises(CannotLaunch) as caught:
        docker.up()
    assert f"not up: {service}" in str(caught.value)
    assert "  | no demo traffic" in str(caught.value)


def test_loopback_and_log_files_of_an_app_of_ones_own(docker: Docker) -> None:
    """A note says where the app has to listen, the folder of its logs is made as ours, and a log that is closed is named."""
    logs = docker.folder / "logs"
    app = f'{SLACK}\napp: {{targets: ["127.0.0.1:8000", "app.internal:8000"], log_files: ["{logs}/app.jsonl"]}}'
    docker.secret(0o644)
    docker.up(f'{app}\ntraces: {{backend: otlp, endpoint: "http://localhost:4418"}}')
    assert logs.is_dir()
    target, endpoint = docker.said
    assert "Prometheus runs in a container and asks for 127.0.0.1:8000 by the name host.docker.internal" in target
    assert "must listen on the bridge too" in target
    assert "the Collector runs in a container and asks for http://localhost:4418" in endpoint
    (logs / "app.jsonl").touch(mode=0o600)
    docker.up(app)
    assert f"{logs}/app.jsonl cannot be read by the Collector" in docker.said[2]
    shutil.rmtree(logs)
    logs.touch()
    with pytest.raises(CannotLaunch, match="cannot be made"):
        docker.up(app)


def test_the_command_says_it_to_people(docker: Docker, capsys: pytest.CaptureFixture[str]) -> None:
    """Not with a traceback."""
    docker.spec()
    docker.secret(0o600)
    assert commands.up(docker.folder / "spec.yaml", engine="compose") == 1
    assert "cannot be read by alertmanager" in capsys.readouterr().err
