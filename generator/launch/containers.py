"""What Docker itself says of containers: how long they took to be healthy, and how much memory they use."""

import json
import re
import subprocess
from collections.abc import Collection
from datetime import datetime
from typing import Any

_UNITS = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "kB": 1000, "MB": 1000**2, "GB": 1000**3}
_KEPT = 5
"""Docker forgets all but the last results of a health check."""


def memory(ids: Collection[str]) -> dict[str, int]:
    """Bytes by container id, as far as Docker tells; takes a second or two."""
    listed = _lines(["docker", "stats", "--no-stream", "--no-trunc", "--format", "{{json .}}", *ids]) if ids else []
    return {entry["ID"]: _bytes(entry["MemUsage"]) for entry in listed}


def seconds(ids: Collection[str]) -> dict[str, float]:
    """Seconds from a container's start until it was healthy first, by id; not there once Docker has forgotten it."""
    listed = _lines(["docker", "inspect", "--format", "{{json .}}", *ids]) if ids else []
    found = {}
    for entry in listed:
        checks = (entry["State"].get("Health") or {}).get("Log") or []
        good = next((check for check in checks if check["ExitCode"] == 0), None)
        if good and (len(checks) < _KEPT or good is not checks[0]):
            found[entry["Id"]] = round((_moment(good["End"]) - _moment(entry["State"]["StartedAt"])).total_seconds(), 1)
    return found


def _lines(command: list[str]) -> list[Any]:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return []


def _bytes(told: str) -> int:
    """Of `45.3MiB / 512MiB` the first."""
    match = re.match(r"([\d.]+)\s*([A-Za-z]+)", told)
    return round(float(match[1]) * _UNITS.get(match[2], 0)) if match else 0


def _moment(told: str) -> datetime:
    """Docker writes nanoseconds, of which Python reads six places."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", told))
