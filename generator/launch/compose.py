"""The Compose engine: the rendered `stack/compose.yaml`, run by the Docker engine that answers."""

import json
import os
import subprocess
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from generator import conventions as c
from generator.configs.compose import PROFILES
from generator.launch import containers
from generator.launch.bring_up import CannotLaunch
from generator.launch.table import Row
from generator.model import Model

_PATIENCE = 600


def answers() -> bool:
    """Whether `docker compose` is here and an engine answers it, within seconds."""
    try:
        for command in (["docker", "compose", "version"], ["docker", "info", "--format", "{{.ServerVersion}}"]):
            if subprocess.run(command, capture_output=True, timeout=5, check=False).returncode != 0:
                return False
    except (OSError, subprocess.TimeoutExpired):
        return False
    return True


def up(
    file: Path,
    model: Model,
    folder: Path,
    say: Callable[[str], None],
    *,
    demo_traffic: bool,
    without: Collection[str] = (),
) -> list[Row]:
    """Start everything but the roles of `without`, and wait until it is healthy. Raises CannotLaunch."""
    for receiver in model.notify:
        if receiver.secret_file:
            _placeholder(folder / receiver.secret_file, receiver.kind, say)
    if model.traces.headers_file:
        _placeholder(folder / model.traces.headers_file, "the endpoint of traces", say)
    profiles = [role for role in PROFILES if role not in without and (demo_traffic or role != c.TRAFFIC)]
    code = subprocess.run(
        [
            "docker",
            "compose",
            "-f",
            file,
            "up",
            "--detach",
            "--wait",
            "--wait-timeout",
            str(_PATIENCE),
            "--remove-orphans",
        ],
        check=False,
        env=_with(profiles),
    ).returncode
    if code != 0:
        raise CannotLaunch(_death(file, code))
    return rows(file)


def _death(file: Path, code: int) -> str:
    """Each service that is not as it should be, with the end of its log."""
    lines = [f"docker compose ended with {code}"]
    for row in rows(file):
        if row.state not in {"running", "created"}:
            command = ["docker", "compose", "-f", str(file), "logs", "--no-log-prefix", "--tail", "5", row.component]
            said = subprocess.run(command, capture_output=True, text=True, check=False, env=_with(PROFILES)).stdout
            lines.append(f"{row.component} is {row.state}. Its log ends with:")
            lines += [f"  | {line}" for line in said.splitlines()]
    return "\n".join([*lines, "What came up is left as it is, to look at; `make down` removes it."])


def _with(profiles: Collection[str]) -> dict[str, str]:
    """What the shell says of profiles counts more than the file `.env` beside the Compose file."""
    return os.environ | {"COMPOSE_PROFILES": ",".join(profiles)}


def _placeholder(secret: Path, kind: str, say: Callable[[str], None]) -> None:
    """Compose refuses to start without the file; an empty one keeps that receiver silent until the secret is there."""
    if not secret.exists():
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.touch(mode=0o644)
        say(f"note: {secret} was not there, so {kind} stays silent; put the secret into it")


def down(file: Path) -> int:
    """Stop and remove the containers; volumes stay."""
    return subprocess.run(
        ["docker", "compose", "-f", file, "down", "--remove-orphans"], check=False, env=_with(PROFILES)
    ).returncode


def logs(file: Path, names: list[str], lines: int, *, follow: bool) -> int:
    """The containers' logs."""
    more = ["--follow"] if follow else []
    return subprocess.run(
        ["docker", "compose", "-f", file, "logs", "--tail", str(lines), *more, *names],
        check=False,
        env=_with(PROFILES),
    ).returncode


def rows(file: Path) -> list[Row]:
    """What Compose says of each service."""
    done = subprocess.run(
        ["docker", "compose", "-f", file, "ps", "--all", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        env=_with(PROFILES),
    )
    entries = _entries(done.stdout)
    alive = [str(entry["ID"]) for entry in entries if entry.get("State") == "running"]
    used, took = containers.memory(alive), containers.seconds(alive)
    found = []
    for entry in entries:
        published = [port for port in entry.get("Publishers") or [] if port.get("PublishedPort")]
        url = f"http://127.0.0.1:{published[0]['PublishedPort']}" if published else ""
        running = entry.get("State") == "running" and entry.get("Health") in {"", "healthy", None}
        word = "running" if running else str(entry.get("Health") or entry.get("State"))
        version = str(entry.get("Image", "")).rpartition(":")[2]
        found.append(Row(entry["Service"], word, version, url, _of(took, entry), round(_of(used, entry))))
    return found


def _of(told: Mapping[str, float], entry: dict[str, Any]) -> float:
    """Compose says the beginning of an id, Docker all of it; 0 where nothing is told."""
    return next((value for name, value in told.items() if name.startswith(str(entry["ID"]))), 0.0)


def _entries(text: str) -> list[dict[str, Any]]:
    """Compose prints one JSON array, or one object a line, depending on its version."""
    try:
        data = json.loads(text)
        return data if isinstance(data, list) else [data]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
