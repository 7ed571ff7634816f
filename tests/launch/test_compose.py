"""What `stackgen up` does around `docker compose`, with a program of that name that says what a test wants."""

import json
import os
import shutil
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator import conventions as c
from generator.configs import alertmanager, collector, loki, prometheus, tempo
from generator.configs import compose as compose_file
from generator.launch import commands, compose, waiting
from generator.launch.bring_up import CannotLaunch
from generator.launch.state import Busy, State
from generator.launch.table import Row
from generator.output.write import render_into
from generator.resolve import resolve
from generator.spec.load import load
from generator.versions import PINNED
from tests.launch.conftest import free_ports

DOCKER = """\
#!/bin/sh
here={here}
echo "$*" >>"$here/calls"
case "$*" in
  "compose version --short") cat "$here/compose" ;;
  info*) cat "$here/info" ;;
  *" up "*) echo "building"; env | grep -E '^(STACKGEN|COMPOSE|EVALS)' >"$here/environment"; exit "$(cat "$here/code")" ;;
  "ps --all --filter label="*) cat "$here/owner" ;;
  "ps --filter publish="*) cat "$here/publisher" ;;
  *" ps --all --format json") cat "$here/entries" ;;
  *" logs "*) echo "no demo traffic" ;;
esac
"""
PLAIN = {"ServerVersion": "28.2.2", "OperatingSystem": "Debian GNU/Linux 12", "SecurityOptions": ["name=seccomp"]}
SPEC = """\
service: {{name: bot}}
models: [{{name: m1, provider: x, price: {{input: 1, output: 2}}}}]
{more}
stack: {{ports: {{{ports}}}}}
"""
BUILDERS = (compose_file.build, prometheus.build, alertmanager.build, collector.build, loki.build, tempo.build)
"""Of all that is rendered, what these tests look at."""
SLACK = "notify: {slack: {webhook_file: secrets/slack}}"


@dataclass
class Docker:
    """What it says is in `here`; the stack is in `folder`."""

    here: Path
    folder: Path
    ports: dict[str, int]
    said: list[str]

    def says(self, name: str, text: str) -> None:
        """From now on."""
        (self.here / name).write_text(text)

    def entry(self, service: str, **more: Any) -> None:
        """One more container."""
        one = {"ID": service, "Service": service, "State": "running", "Health": "", "ExitCode": 0, "Publishers": []}
        with (self.here / "entries").open("a") as entries:
            entries.write(json.dumps(one | more) + "\n")

    def spec(self, more: str = SLACK) -> Path:
        """Render; the Compose file."""
        ports = ", ".join(f"{name}: {port}" for name, port in self.ports.items())
        (self.folder / "spec.yaml").write_text(SPEC.format(more=more, ports=ports))
        loaded = load(self.folder / "spec.yaml")
        model = resolve(loaded.spec, spec_name="spec.yaml")
        render_into(self.folder / "stack", [one for build in BUILDERS for one in build(model)])
        return self.folder / "stack/compose.yaml"

    def up(self, more: str = SLACK, **words: Any) -> list[Row]:
        """Render and launch."""
        file = self.spec(more)
        loaded = load(self.folder / "spec.yaml")
        model = resolve(loaded.spec, spec_name="spec.yaml")
        return compose.up(file, model, loaded.folder, self.said.append, **{"demo_traffic": True, **words})

    @property
    def calls(self) -> list[str]:
        """Every command line so far."""
        return (self.here / "calls").read_text().splitlines()

    @property
    def started(self) -> bool:
        """Whether containers were."""
        return any(" up " in call for call in self.calls)

    def environment(self) -> dict[str, str]:
        """Of the last `up`."""
        return dict(line.split("=", 1) for line in (self.here / "environment").read_text().splitlines())

    def secret(self, mode: int, name: str = "slack") -> Path:
        """A file that is ours."""
        file = self.folder / "secrets" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("https://receiver.invalid/T0P")
        file.chmod(mode)
        return file


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    """New enough, with nothing running."""
    here, folder = tmp_path / "bin", tmp_path / "stack"
    here.mkdir()
    folder.mkdir()
    (here / "docker").write_text(DOCKER.format(here=here))
    (here / "docker").chmod(0o755)
    for name, text in {"compose": "2.26.1-4\n", "info": json.dumps(PLAIN), "code": "0"}.items():
        (here / name).write_text(text)
    for name in ("owner", "publisher", "entries", "calls"):
        (here / name).touch()
    monkeypatch.setenv("PATH", f"{here}:{os.environ['PATH']}")
    for name in ("COMPOSE_PROJECT_NAME", "EVALS_STORE_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(waiting, "_EVERY", 0.0)
    return Docker(here, folder, free_ports(), [])


def test_every_launch_builds_the_app_from_this_checkout(docker: Docker, capfd: pytest.CaptureFixture[str]) -> None:
    """Docker knows by itself what has not changed; edited code never runs as it was. What is said of it is not for machines."""
    docker.up()
    printed = capfd.readouterr()
    assert "building" not in printed.out
    assert "building" in printed.err
    (up,) = [call for call in docker.calls if " up " in call]
    assert up == f"compose -f {docker.folder}/stack/compose.yaml up --detach --build --remove-orphans"


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


def test_the_command_says_it_to_people(docker: Docker, capsys: pytest.CaptureFixture[str]) -> None:
    """Not with a traceback."""
    docker.spec()
    docker.secret(0o600)
    assert commands.up(docker.folder / "spec.yaml", engine="compose") == 1
    assert "cannot be read by alertmanager" in capsys.readouterr().err
