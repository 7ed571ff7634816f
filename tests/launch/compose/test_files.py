"""Secrets and configs that containers read: who may read them, and what a changed one starts anew."""

import json
import os
import struct
from pathlib import Path

import pytest

from generator import conventions as c
from generator.launch.bring_up import CannotLaunch
from generator.versions import PINNED
from tests.launch.compose.pretended import PLAIN, SLACK, Docker


def test_a_secret_that_the_container_cannot_read_stops_the_launch(docker: Docker) -> None:
    """Alertmanager would say so only when it has something to tell; each way that mends it is named, and works."""
    secret, uid = docker.secret(0o600), PINNED[c.ALERTMANAGER].uid
    with pytest.raises(CannotLaunch) as caught:
        docker.up()
    assert f"{secret} cannot be read by alertmanager, which is user {uid}" in str(caught.value)
    assert f"chown {uid} {secret}" in str(caught.value)
    assert f"setfacl -m u:{uid}:r {secret}" in str(caught.value)
    assert f"chmod 700 {secret.parent} && chmod 644 {secret}" in str(caught.value)
    assert not docker.started
    assert secret.stat().st_mode & 0o777 == 0o600
    secret.parent.chmod(0o700)
    secret.chmod(0o644)
    docker.up()
    assert docker.started


def test_a_secret_of_the_containers_own_user_needs_nobody_else(docker: Docker) -> None:
    """As after `chown`."""
    secret = docker.secret(0o400)
    try:
        os.chown(secret, PINNED[c.ALERTMANAGER].uid, -1)
    except PermissionError:
        pytest.skip("only root can give a file away")
    docker.up()
    assert docker.started


def test_a_secret_that_an_access_list_opens_is_open(docker: Docker) -> None:
    """As after `setfacl`: for the container's user, and not for another one."""
    secret = docker.secret(0o600)

    def list_(uid: int) -> bytes:
        entries = (
            (0x01, 6, 2**32 - 1),
            (0x02, 4, uid),
            (0x04, 0, 2**32 - 1),
            (0x10, 4, 2**32 - 1),
            (0x20, 0, 2**32 - 1),
        )
        return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)

    try:
        os.setxattr(secret, "system.posix_acl_access", list_(4711))
    except OSError:
        pytest.skip("no access lists here")
    with pytest.raises(CannotLaunch):
        docker.up()
    os.setxattr(secret, "system.posix_acl_access", list_(PINNED[c.ALERTMANAGER].uid))
    docker.up()
    assert docker.started


def test_where_owners_differ_outside_nothing_is_refused(docker: Docker) -> None:
    """Docker Desktop shows files as the reader's own; of a rootless engine's users only a note can be made."""
    docker.secret(0o600)
    docker.says("info", json.dumps(PLAIN | {"OperatingSystem": "Docker Desktop"}))
    docker.up()
    assert docker.said == []
    docker.says("info", json.dumps(PLAIN | {"SecurityOptions": ["name=seccomp", "name=rootless"]}))
    docker.up()
    assert "may not be able to read it" in docker.said[0]
    assert "chmod 700" in docker.said[0]


def test_a_changed_secret_makes_a_new_container(docker: Docker) -> None:
    """Of who reads it, and of nobody else; what it says is not in the value that changes."""
    secret = docker.secret(0o644)
    docker.up()
    first = docker.environment()
    docker.up()
    assert docker.environment() == first
    secret.unlink()
    docker.secret(0o644).write_text("https://receiver.invalid/T1P")
    docker.up()
    second = docker.environment()
    assert {name for name in first if first[name] != second[name]} == {"STACKGEN_INPUTS_ALERTMANAGER"}
    labels = [
        line for line in (docker.folder / "stack/compose.yaml").read_text().splitlines() if "stackgen.inputs:" in line
    ]
    assert '    labels: {stackgen.inputs: "${STACKGEN_INPUTS_ALERTMANAGER:-}"}' in labels


def test_a_changed_config_makes_a_new_container(docker: Docker) -> None:
    """A container goes on with the file that it was started with: rendering puts another in its place."""
    docker.secret(0o644)
    docker.up()
    first = docker.environment()
    docker.up(f"{SLACK}\nlogs: {{retention: 30d}}")
    second = docker.environment()
    assert {name for name in first if first[name] != second[name]} == {"STACKGEN_INPUTS_LOKI"}


def test_a_missing_secret_is_made_empty_in_a_folder_closed_to_others(docker: Docker) -> None:
    """The container gets the file and not the folder; a note says what is silent until then, and what has to be done."""
    endpoint = 'traces: {backend: otlp, endpoint: "https://otlp.example.org", headers_file: secrets/traces}'
    docker.up(f"{SLACK}\n{endpoint}")
    folder = docker.folder / "secrets"
    assert folder.stat().st_mode & 0o777 == 0o700
    slack, traces = docker.said
    assert f"{folder / 'slack'} is empty, so slack stays silent; put the secret into it and launch again" in slack
    assert "launch again, as the Collector reads them at its start" in traces
    assert (folder / "traces").stat().st_size == 0


def test_the_file_with_the_databases_address_is_handed_over(
    docker: Docker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By a path that Compose reads as the person means it, and only where the worker can read it."""
    docker.secret(0o644)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVALS_STORE_FILE", "store")
    with pytest.raises(CannotLaunch, match="store, which evals is to read, is not a file"):
        docker.up()
    (tmp_path / "store").write_text("postgresql://u:p@db/evals")
    (tmp_path / "store").chmod(0o600)
    with pytest.raises(CannotLaunch, match="store cannot be read by evals, which is user 10001"):
        docker.up()
    (tmp_path / "store").chmod(0o644)
    docker.up()
    assert docker.environment()["EVALS_STORE_FILE"] == str(tmp_path / "store")
