"""The Compose engine: the rendered `stack/compose.yaml`, run by the Docker engine that answers."""

import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from generator import conventions as c
from generator.configs.compose import PROFILES
from generator.launch import before, children, containers, docker_engine, handed, waiting
from generator.launch.bring_up import CannotLaunch
from generator.launch.project import Project, environment, publisher, taken
from generator.launch.state import Busy, State
from generator.launch.table import Row
from generator.model import Model

_STDERR = 2


def answers(say: Callable[[str], None] | None = None) -> bool:
    """Whether `docker compose` is here and an engine answers it, both new enough; `say` is told where one is not."""
    here = docker_engine.found()
    if here and here.too_old and say:
        say(f"note: Docker is not used, {here.too_old}")
    return bool(here and not here.too_old)


def up(
    file: Path,
    model: Model,
    folder: Path,
    say: Callable[[str], None],
    *,
    demo_traffic: bool,
    without: Collection[str] = (),
) -> list[Row]:
    """Start everything but the roles of `without`, and wait until it is healthy. Raises CannotLaunch and Busy."""
    here = docker_engine.found()
    if here is None or here.too_old:
        raise CannotLaunch(f"Docker is {here.too_old}" if here else "no Docker engine with Compose answers")
    project = Project(file)
    profiles = [role for role in PROFILES if role not in without and (demo_traffic or role != c.TRAFFIC)]
    with State.beside(folder / model.spec_name).lock():
        if told := project.elsewhere():
            raise CannotLaunch(told)
        before.placeholders(model, folder, say)
        before.log_files(model, folder, say)
        before.loopback(model, say)
        secrets = handed.secrets(project, profiles)
        if told := handed.closed(secrets, here, say):
            raise CannotLaunch(told)
        _ports_are_free(project, profiles)
        more = handed.inputs(project, secrets) | handed.store_file()
        command = project.command("up", "--detach", "--build", "--remove-orphans")
        # What it says of builds is progress: standard output is for the table, or for machines.
        code = subprocess.run(command, check=False, env=environment(profiles, more), stdout=_STDERR).returncode
        wrong = f"docker compose ended with {code}" if code else waiting.healthy(project)
        if wrong:
            raise CannotLaunch(_death(project, wrong))
        for entry in project.entries():
            if entry["Service"] == c.TRAFFIC and waiting.ended_well(entry):
                say(f"{c.TRAFFIC} has ended: {' '.join(_last_words(project, c.TRAFFIC, 1))}")
    return rows(file)


def _ports_are_free(project: Project, profiles: Collection[str]) -> None:
    held = [(port, name, who) for port, name in taken(project, profiles) if (who := children.holder(port))]
    if held:
        lines = "\n".join(f"  port {port} for {name} is held by {publisher(port) or who}" for port, name, who in held)
        raise CannotLaunch(f"ports are in use:\n{lines}\nStop it, or choose other ports under stack.ports in the spec.")


def _death(project: Project, wrong: str) -> str:
    """Each service that is not as it should be, with the end of its log."""
    lines = [wrong]
    for row in rows(project.file):
        if row.state not in {"running", "created"}:
            lines.append(f"{row.component} is {row.state}. Its log ends with:")
            lines += [f"  | {line}" for line in _last_words(project, row.component, 5)]
    return "\n".join([*lines, "What came up is left as it is, to look at; `make down` removes it."])


def _last_words(project: Project, service: str, lines: int) -> list[str]:
    return project.said("logs", "--no-log-prefix", "--tail", str(lines), service).splitlines()


def down(file: Path) -> int:
    """Stop and remove the containers; volumes stay. 1 where they are another folder's, or another command works on them."""
    project = Project(file)
    if told := project.elsewhere():
        print(told, file=sys.stderr)
        return 1
    try:
        with State.beside(file.parent.parent / file.name).lock():
            command = project.command("down", "--remove-orphans")
            return subprocess.run(command, check=False, env=environment(PROFILES)).returncode
    except Busy as error:
        print(error, file=sys.stderr)
        return 1


def logs(file: Path, names: list[str], lines: int, *, follow: bool) -> int:
    """The containers' logs."""
    project = Project(file)
    if told := project.elsewhere():
        print(told, file=sys.stderr)
        return 1
    more = ["--follow"] if follow else []
    command = project.command("logs", "--tail", str(lines), *more, *names)
    return subprocess.run(command, check=False, env=environment(PROFILES)).returncode


def rows(file: Path) -> list[Row]:
    """What Compose says of each service, but of those that have ended as they should; none of another folder's."""
    project = Project(file)
    if project.elsewhere():
        return []
    entries = [one for one in project.entries() if not waiting.ended_well(one)]
    alive = [str(entry["ID"]) for entry in entries if entry.get("State") == "running"]
    used, took = containers.memory(alive), containers.seconds(alive)
    found = []
    for entry in entries:
        published = [port for port in entry.get("Publishers") or [] if port.get("PublishedPort")]
        url = f"http://127.0.0.1:{published[0]['PublishedPort']}" if published else ""
        word = "running" if waiting.fine(entry) else str(entry.get("Health") or entry.get("State"))
        version = str(entry.get("Image", "")).rpartition(":")[2]
        found.append(Row(entry["Service"], word, version, url, _of(took, entry), round(_of(used, entry))))
    return found


def _of(told: Mapping[str, float], entry: dict[str, Any]) -> float:
    """Compose says the beginning of an id, Docker all of it; 0 where nothing is told."""
    return next((value for name, value in told.items() if name.startswith(str(entry["ID"]))), 0.0)
