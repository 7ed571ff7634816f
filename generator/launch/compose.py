"""The Compose engine: the rendered `stack/compose.yaml`, run by the Docker engine that answers."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def up(file: Path, model: Model, folder: Path, say: Callable[[str], None], *, demo_traffic: bool) -> list[Row]:
    """Start everything and wait until it is healthy. Raises CannotLaunch."""
    for receiver in model.notify:
        if receiver.secret_file:
            _placeholder(folder / receiver.secret_file, receiver.kind, say)
    if model.traces.headers_file:
        _placeholder(folder / model.traces.headers_file, "the endpoint of traces", say)
    services = (
        [] if demo_traffic or not model.app.example else ["app", "prometheus", "alertmanager", "grafana", "collector"]
    )
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
            *services,
        ],
        check=False,
    ).returncode
    if code != 0:
        raise CannotLaunch(f"docker compose ended with {code}; `docker compose -f {file} logs` says why")
    return rows(file)


def _placeholder(secret: Path, kind: str, say: Callable[[str], None]) -> None:
    """Compose refuses to start without the file; an empty one keeps that receiver silent until the secret is there."""
    if not secret.exists():
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.touch(mode=0o644)
        say(f"note: {secret} was not there, so {kind} stays silent; put the secret into it")


def down(file: Path) -> int:
    """Stop and remove the containers; volumes stay."""
    return subprocess.run(["docker", "compose", "-f", file, "down", "--remove-orphans"], check=False).returncode


def logs(file: Path, names: list[str], lines: int, *, follow: bool) -> int:
    """The containers' logs."""
    more = ["--follow"] if follow else []
    return subprocess.run(
        ["docker", "compose", "-f", file, "logs", "--tail", str(lines), *more, *names], check=False
    ).returncode


def rows(file: Path) -> list[Row]:
    """What Compose says of each service."""
    done = subprocess.run(
        ["docker", "compose", "-f", file, "ps", "--all", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = []
    for entry in _entries(done.stdout):
        published = [port for port in entry.get("Publishers") or [] if port.get("PublishedPort")]
        url = f"http://127.0.0.1:{published[0]['PublishedPort']}" if published else ""
        running = entry.get("State") == "running" and entry.get("Health") in {"", "healthy", None}
        word = "running" if running else str(entry.get("Health") or entry.get("State"))
        version = str(entry.get("Image", "")).rpartition(":")[2]
        found.append(Row(entry["Service"], word, version, url, 0.0, 0))
    return found


def _entries(text: str) -> list[dict[str, Any]]:
    """Compose prints one JSON array, or one object a line, depending on its version."""
    try:
        data = json.loads(text)
        return data if isinstance(data, list) else [data]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
