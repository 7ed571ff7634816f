"""What Docker tells of containers, read from what it prints."""

import os
from pathlib import Path

import pytest

from generator.launch import containers


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of that name which prints what the test puts beside it."""
    program = tmp_path / "docker"
    program.write_text(f'#!/bin/sh\ncat "{tmp_path}/$1"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def test_memory_is_what_is_used_not_what_is_allowed(docker: Path) -> None:
    """In bytes, whatever the unit."""
    (docker / "stats").write_text(
        '{"ID": "a1", "MemUsage": "45.5MiB / 512MiB"}\n{"ID": "b2", "MemUsage": "1.5GiB / 2GiB"}\n'
    )
    assert containers.memory(["a1", "b2"]) == {"a1": 47_710_208, "b2": 1_610_612_736}


def test_seconds_are_known_until_docker_forgets(docker: Path) -> None:
    """A container without a health check, or with an old one, has none."""
    good = '{"ExitCode": 0, "End": "2026-01-01T10:00:07.2345678+01:00"}'
    bad = good.replace('"ExitCode": 0', '"ExitCode": 1')
    one = '{"Id": "%s", "State": {"StartedAt": "2026-01-01T09:00:00.123456789Z", "Health": {"Log": [%s]}}}\n'
    listed = (("new", [bad, good]), ("old", [good] * 5), ("without", []))
    (docker / "inspect").write_text("".join(one % (name, ",".join(log)) for name, log in listed))
    assert containers.seconds(["new", "old", "without"]) == {"new": 7.1}


def test_an_engine_that_says_nothing_is_no_obstacle(docker: Path) -> None:
    """Nothing is known then."""
    (docker / "stats").write_text("unknown flag\n")
    assert containers.memory(["a1"]) == {}
    assert containers.seconds(["a1"]) == {}
    assert containers.memory([]) == {}
