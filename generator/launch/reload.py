"""Let a running program read its changed config, and hear from the program itself whether it took it."""

import os
import re
import signal
import time
import urllib.request
from pathlib import Path

import psutil

from generator import conventions as c
from generator.launch import children
from generator.launch.component import Component

WITHIN = 20.0
_FAILED = re.compile(rb"level=error", re.IGNORECASE)


class Refused(Exception):  # noqa: N818  # what the person reads
    """The program did not take its config."""


def reload(one: Component, process: psutil.Process, log: Path) -> None:
    """Returns once the new config is in force. Raises Refused, and what ran with the one before goes on with it."""
    size, before = _size(log), _told(one)
    os.kill(process.pid, signal.SIGHUP)
    deadline = time.monotonic() + WITHIN
    while children.find(process.pid, process.create_time()):
        if one.tells:
            good, at = _told(one)
            if good and at != before[1]:
                return
            # A second refusal changes none of the two numbers: the log tells.
            if at and not good and (before[0] or _FAILED.search(_since(log, size))):
                raise Refused("refuses its changed config and goes on with the one before")
        elif one.reloaded and one.reloaded.encode() in _since(log, size):
            return
        if not children.wait_until(deadline):
            raise Refused(f"did not take its changed config within {WITHIN:.0f} s")
    raise Refused("ended at its changed config")


def _told(one: Component) -> tuple[bool, float]:
    """Whether it took its last config, and when it last took one; nothing where it does not answer."""
    if not one.tells:
        return False, 0.0
    try:
        with urllib.request.urlopen(one.tells, timeout=2) as response:
            text = response.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return False, 0.0
    numbers = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith(one.name))
    good, at = numbers.get(c.reload_successful(one.name)), numbers.get(c.reload_success_at(one.name))
    return float(good or 0) == 1, float(at or 0)


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _since(log: Path, size: int) -> bytes:
    try:
        with log.open("rb") as handle:
            handle.seek(size)
            return handle.read()
    except OSError:
        return b""
