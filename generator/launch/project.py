"""The Compose project of one rendered file: its name, its services, what the engine has of it, and whose it is."""

import json
import os
import re
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from generator.configs.compose import PROFILES


@dataclass(frozen=True)
class Project:
    """`file` is `stack/compose.yaml`, or where it would be."""

    file: Path

    @cached_property
    def tree(self) -> Mapping[str, Any]:
        """The file; empty where it cannot be read."""
        try:
            return yaml.safe_load(self.file.read_text(encoding="utf-8")) or {}
        except (OSError, yaml.YAMLError):
            return {}

    @property
    def name(self) -> str:
        """As Compose finds it: the environment counts more than the file."""
        return os.environ.get("COMPOSE_PROJECT_NAME") or str(self.tree.get("name", ""))

    def services(self, profiles: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Those that start with these profiles."""
        listed: Mapping[str, Any] = self.tree.get("services", {})
        return {
            name: one for name, one in listed.items() if not one.get("profiles") or set(one["profiles"]) & set(profiles)
        }

    def command(self, *words: str) -> list[str]:
        """`docker compose` for this file."""
        return ["docker", "compose", "-f", str(self.file), *words]

    def said(self, *words: str) -> str:
        """What `docker compose` prints, for every profile."""
        # Without codes for a terminal, which some versions write into a pipe as well.
        command = [*self.command()[:2], "--ansi", "never", *self.command()[2:], *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment(PROFILES))
        return done.stdout

    def entries(self) -> list[dict[str, Any]]:
        """What Compose says of each container."""
        return _objects(self.said("ps", "--all", "--format", "json"))

    def elsewhere(self) -> str:
        """The file of another folder that this project's containers were started from, and what to do; empty where they are ours."""
        if not self.name:
            return ""
        label = "com.docker.compose.project"
        done = subprocess.run(
            ["docker", "ps", "--all", "--filter", f"label={label}={self.name}", "--format", f'{{{{.Label "{label}.config_files"}}}}'],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        ours = self.file.resolve()
        for line in done.stdout.splitlines():
            files = [Path(file) for file in line.split(",") if file]
            if files and ours not in [file.resolve() for file in files]:
                return (
                    f"the Compose project {self.name} is that of another folder: its containers were started from {files[0]}. "
                    f"End it with `make down` there, or with `docker compose --project-name {self.name} down`; "
                    "to run both, give this one another name (and ports) by COMPOSE_PROJECT_NAME in the environment"
                )
        return ""


def environment(profiles: Collection[str], more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the shell says of profiles counts more than the file `.env` beside the Compose file."""
    return os.environ | {"COMPOSE_PROFILES": ",".join(profiles)} | dict(more or {})


def taken(project: Project, profiles: Collection[str]) -> list[tuple[int, str]]:
    """Ports that services of these profiles publish and that the project does not hold itself, with the service's name."""
    ours = {
        publisher.get("PublishedPort")
        for entry in project.entries() if entry.get("State") == "running" for publisher in entry.get("Publishers") or []
    }  # fmt: skip
    wanted = [
        (int(port.split(":")[-2]), name)
        for name, service in project.services(profiles).items() for port in service.get("ports", [])
    ]  # fmt: skip
    return [(port, name) for port, name in wanted if port not in ours]


def publisher(port: int) -> str:
    """The container that publishes a port, whoever started it; empty where none does."""
    command = ["docker", "ps", "--filter", f"publish={port}", "--format", "{{.Names}}"]
    names = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return f"the container {names[0]}" if names else ""


def _objects(text: str) -> list[dict[str, Any]]:
    """Compose prints one JSON array, or one object a line, depending on its version."""
    try:
        data = json.loads(text)
        return data if isinstance(data, list) else [data]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if re.match(r"\s*\{", line)]
