"""Which engine and which Compose `stackgen up` takes, and what it says of one that it does not."""

import json

import pytest

from generator.launch import compose
from generator.launch.bring_up import CannotLaunch
from tests.launch.compose.pretended import PLAIN, Docker


@pytest.mark.parametrize(
    ("engine", "version", "told"),
    [
        ("19.03.8", "2.26.1", "Docker engine 19.3 (it takes 20.10)"),
        ("20.10.24", "v2.25.0", "Docker Compose 2.25 (it takes 2.26)"),
        ("unknown", "?", "Docker engine 0.0 (it takes 20.10), Docker Compose 0.0 (it takes 2.26)"),
    ],
)
def test_what_is_too_old_is_named(docker: Docker, engine: str, version: str, told: str) -> None:
    """Asked for Docker, nothing is launched; else it is not used, and a note says why."""
    docker.says("info", json.dumps(PLAIN | {"ServerVersion": engine}))
    docker.says("compose", version)
    with pytest.raises(CannotLaunch) as caught:
        docker.up()
    assert told in str(caught.value)
    assert not docker.started
    assert not compose.answers(docker.said.append)
    assert told in docker.said[0]


@pytest.mark.parametrize(
    ("engine", "version"), [("20.10.0", "v2.26.0"), ("28.2.2", "5.0.1"), ("26.1.5+dfsg1", "2.26.1-4")]
)
def test_what_is_new_enough_is_used(docker: Docker, engine: str, version: str) -> None:
    """However a distribution writes it."""
    docker.says("info", json.dumps(PLAIN | {"ServerVersion": engine}))
    docker.says("compose", version)
    assert compose.answers(docker.said.append)
    assert docker.said == []


def test_an_engine_that_does_not_answer_is_none(docker: Docker) -> None:
    """As where the plug-in alone is installed."""
    docker.says("info", json.dumps({"ServerVersion": ""}))
    assert not compose.answers()
    with pytest.raises(CannotLaunch, match="no Docker engine with Compose answers"):
        docker.up()
