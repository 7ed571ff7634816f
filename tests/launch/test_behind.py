"""What is not at hand is obtained behind the running stack; with a Go toolchain that does what the test wants."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from generator.launch.obtain.package import cache_folder
from tests.launch.conftest import Stack, program

Leftovers = Callable[[], list[str]]


@pytest.fixture
def machine(stack: Stack, tmp_path: Path) -> dict[str, str]:
    """No release archives; a cache with the core alone; Go that builds for ever."""
    cache, tools = tmp_path / "cache", tmp_path / "tools"
    cache.mkdir()
    tools.mkdir()
    for name in ("prometheus", "alertmanager"):
        if (cache_folder() / name).exists():
            (cache / name).symlink_to(cache_folder() / name)
    (tools / "go").write_text(f"#!/bin/sh\necho $$ >> {tmp_path}/go.pids\nexec sleep 300\n")
    (tools / "go").chmod(0o755)
    return {
        "STACKGEN_CACHE": str(cache),
        "STACKGEN_RELEASES_URL": "http://127.0.0.1:9",
        "PATH": f"{tools}:{os.environ['PATH']}",
    }


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def builds(stack: Stack) -> list[int]:
    """Process ids of the builds so far."""
    file = stack.folder / "go.pids"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def test_the_core_does_not_wait_for_what_has_to_be_built(stack: Stack, machine: dict[str, str]) -> None:
    """`up` returns, says what is on its way, and status says how far it is."""
    done = stack.run("up", **machine)
    assert done.returncode == 0, done.stderr
    assert "On its way" in done.stdout
    until(lambda: len(builds(stack)) == 1)
    told = json.loads(stack.run("status", "--json", **machine).stdout)
    gaps = {gap["role"]: gap for gap in told["missing"]}
    assert set(gaps) == {"traces", "logs", "collector", "dashboards"}
    assert "building" in gaps["logs"]["coming"]
    assert gaps["traces"]["coming"] == "waits for its turn"
    assert psutil.Process(builds(stack)[0]).nice() == 19


def test_down_ends_what_is_on_its_way(stack: Stack, machine: dict[str, str], leftovers: Leftovers) -> None:
    """No compiler is left, no half of a build, and no word of it in the next status."""
    assert stack.run("up", **machine).returncode == 0
    until(lambda: len(builds(stack)) == 1)
    assert stack.run("down", **machine).returncode == 0
    until(lambda: not psutil.pid_exists(builds(stack)[0]))
    assert leftovers() == []
    assert not list(Path(machine["STACKGEN_CACHE"]).glob("*/.part-*"))


@pytest.mark.e2e
def test_a_second_up_leaves_it_alone(stack: Stack, machine: dict[str, str]) -> None:
    """One build goes on; no other is begun."""
    assert stack.run("up", **machine).returncode == 0
    until(lambda: len(builds(stack)) == 1)
    assert stack.run("up", **machine).returncode == 0
    time.sleep(1)
    assert len(builds(stack)) == 1


@pytest.mark.e2e
def test_after_it_was_killed_the_next_up_begins_anew(stack: Stack, machine: dict[str, str]) -> None:
    """Nothing is said to be on its way that is not; the half of a build is cleared away."""
    assert stack.run("up", **machine).returncode == 0
    until(lambda: len(builds(stack)) == 1)
    behind = json.loads((stack.folder / ".stackgen/behind.json").read_text())["pid"]
    os.killpg(behind, signal.SIGKILL)
    until(lambda: not psutil.pid_exists(behind) or psutil.Process(behind).status() == psutil.STATUS_ZOMBIE)
    assert "On its way" not in stack.run("status", **machine).stdout
    assert stack.run("up", **machine).returncode == 0
    until(lambda: len(builds(stack)) == 2)
    assert len(list(Path(machine["STACKGEN_CACHE"]).glob("victorialogs/.part-*"))) == 1


def test_what_cannot_be_had_is_named_with_its_loss(stack: Stack, machine: dict[str, str]) -> None:
    """With the reason of the usual way, and it is not tried again at once."""
    go = Path(machine["PATH"].split(":")[0]) / "go"
    go.write_text(f"#!/bin/sh\necho $$ >> {stack.folder}/go.pids\necho 'no such module' >&2\nexit 1\n")
    done = stack.run("up", "--wait", "all", **machine)
    assert done.returncode == 0, done.stderr
    assert "On its way" not in done.stdout
    assert "lost: searchable logs" in done.stdout
    assert "127.0.0.1:9 cannot be reached" in done.stdout
    tried = len(builds(stack))
    assert tried >= 3
    assert stack.run("up", **machine).returncode == 0
    time.sleep(1)
    assert len(builds(stack)) == tried


VICTORIA_LOGS = """#!/bin/sh
case "$*" in *-version*) echo "victoria-logs-20260101-v1.52.1"; exit 0;; esac
echo "cannot open the storage" >&2
exit 3
"""


def test_what_the_stack_can_do_without_does_not_take_it_down(stack: Stack, machine: dict[str, str]) -> None:
    """A store that ends at once: its log is shown, the table says so, and the core runs."""
    store = Path(machine["PATH"].split(":")[0]) / "victoria-logs"
    store.write_text(VICTORIA_LOGS)
    store.chmod(0o755)
    without = [word for role in ("traces", "collector", "dashboards") for word in ("--without", role)]
    done = stack.run("up", *without, **machine)
    assert done.returncode == 0, done.stderr
    assert "cannot open the storage" in done.stderr
    assert "the others go on without it" in done.stderr
    states = {name: row["state"] for name, row in stack.running().items()}
    assert states.pop("victorialogs") != "running"
    assert set(states.values()) == {"running"}


@pytest.mark.e2e
def test_what_was_obtained_and_cannot_join_says_why(stack: Stack, machine: dict[str, str], tmp_path: Path) -> None:
    """Somebody else listens on its port: who and on which, and the core goes on."""
    built = Path(machine["PATH"].split(":")[0]) / "built"
    built.write_bytes(program(tmp_path, "victoria-logs-20260101-v1.52.1"))
    built.chmod(0o755)
    go = built.with_name("go")
    go.write_text(f'#!/bin/sh\nwhile [ "$1" != -o ]; do shift || exit 1; done\nexec cp {built} "$2/victoria-logs"\n')
    without = [word for role in ("traces", "collector", "dashboards") for word in ("--without", role)]
    with socket.create_server(("127.0.0.1", stack.ports["victorialogs"])):
        done = stack.run("up", "--wait", "all", *without, **machine)
    assert done.returncode == 0, done.stderr
    why = f"victorialogs cannot join: port {stack.ports['victorialogs']} for victorialogs is held by"
    assert why in done.stdout
    states = {name: row["state"] for name, row in stack.running().items()}
    assert states.pop("victorialogs") == "left out"
    assert set(states.values()) == {"running"}
