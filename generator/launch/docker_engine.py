"""The Docker engine that answers here: whether it and Compose are new enough, and how it sees the files of this machine."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass

Version = tuple[int, int]
ENGINE: Version = (20, 10)
COMPOSE: Version = (2, 26)
_PATIENCE = 10.0


@dataclass(frozen=True)
class Engine:
    """`desktop`: files of this machine belong to whoever reads them; `shifted`: a container's user has another id outside."""

    engine: Version
    compose: Version
    desktop: bool = False
    shifted: bool = False

    @property
    def too_old(self) -> str:
        """What has to be newer, with what was found; empty where all is new enough."""
        wanted = (("Docker engine", self.engine, ENGINE), ("Docker Compose", self.compose, COMPOSE))
        old = [f"{name} {_dotted(here)} (it takes {_dotted(least)})" for name, here, least in wanted if here < least]
        return f"too old for the stack's containers: {', '.join(old)}" if old else ""


def found() -> Engine | None:
    """The engine, where it and `docker compose` answer within seconds; a version that cannot be read counts as 0.0."""
    compose = _said("compose", "version", "--short")
    info = _said("info", "--format", "{{json .}}") if compose else ""
    try:
        told = json.loads(info)
        engine = str(told["ServerVersion"])
    except (ValueError, KeyError, TypeError):
        return None
    if not engine:
        return None
    options = " ".join(told.get("SecurityOptions") or [])
    desktop = sys.platform != "linux" or told.get("OperatingSystem") == "Docker Desktop"
    return Engine(_version(engine), _version(compose), desktop, "name=rootless" in options or "name=userns" in options)


def _said(*words: str) -> str:
    try:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _version(told: str) -> Version:
    match = re.search(r"(\d+)\.(\d+)", told)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
