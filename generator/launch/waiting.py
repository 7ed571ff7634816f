"""Until every container is well: `docker compose up --wait` would take one that has ended as it should for a failure."""

import time
from collections import Counter
from typing import Any

from generator.configs.container import ENDING
from generator.launch.project import Project

_PATIENCE = 600.0
_EVERY = 1.0
_RESTARTS = 8
"""So often found between two starts, a container does not come up."""


def healthy(project: Project) -> str:
    """Wait, then what is wrong and where; empty where all is well."""
    deadline, between = time.monotonic() + _PATIENCE, Counter[str]()
    while True:
        entries = [one for one in project.entries() if not (fine(one) or ended_well(one))]
        between.update(str(one["Service"]) for one in entries if one.get("State") == "restarting")
        failed = [str(one["Service"]) for one in entries if _failed(one) or between[str(one["Service"])] >= _RESTARTS]
        if failed:
            return f"not up: {', '.join(failed)}"
        if not entries:
            return ""
        if time.monotonic() > deadline:
            return f"not healthy after {_PATIENCE:.0f} s: {', '.join(str(one['Service']) for one in entries)}"
        time.sleep(_EVERY)


def fine(entry: dict[str, Any]) -> bool:
    """Running, and healthy where that can be told."""
    return entry.get("State") == "running" and entry.get("Health") in {"", "healthy", None}


def ended_well(entry: dict[str, Any]) -> bool:
    """Ended without an error, of those that may end."""
    return entry.get("Service") in ENDING and entry.get("State") == "exited" and entry.get("ExitCode") == 0


def _failed(entry: dict[str, Any]) -> bool:
    return entry.get("State") in {"exited", "dead"} or entry.get("Health") == "unhealthy"
