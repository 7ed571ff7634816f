"""Children are started again when they die, and die when their parent does."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
from app.evals.worker.processes import Processes

CHILD = """
import os, sys, time
from app.evals.worker.processes import orphaned
orphaned(lambda: os._exit(0))
print(os.environ["EVALS_PROCESS"], os.getpid(), flush=True)
time.sleep(60)
"""
PARENT = f"""
import sys, time
from app.evals.worker.processes import Processes
below = Processes([sys.executable, "-c", {CHILD!r}], 3)
while True:
    below.start()
    time.sleep(0.05)
"""


def environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4] / "examples")}


def until(done: object, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_a_killed_child_is_replaced() -> None:
    below = Processes([sys.executable, "-c", CHILD], 2, environ())
    try:
        below.start()
        first = below.pids()
        os.kill(first[0], signal.SIGKILL)

        def replaced() -> bool:
            below.start()
            return len(below.pids()) == 2 and first[0] not in below.pids()

        assert until(replaced)
        assert first[1] in below.pids()
        assert below.restarts == 1
    finally:
        below.stop(2.0)
    assert below.pids() == []


def test_a_child_that_cannot_start_is_not_tried_without_a_pause() -> None:
    below = Processes([sys.executable, "-c", "raise SystemExit(1)"], 1, environ())
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        below.start()
        time.sleep(0.02)
    below.stop(1.0)
    assert 2 <= below.restarts <= 4


def test_children_are_gone_with_a_parent_that_was_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], env=environ(), stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    told = [parent.stdout.readline().split() for _child in range(3)]
    assert sorted(number for number, _pid in told) == ["0", "1", "2"]
    pids = [int(pid) for _number, pid in told]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert until(
        lambda: not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids), 5
    )


def test_a_child_that_will_not_end_is_made_to() -> None:
    below = Processes([sys.executable, "-c", "import time; time.sleep(60)"], 1, environ())
    below.start()
    began = time.monotonic()
    below.stop(0.3)
    assert time.monotonic() - began < 2
    assert below.pids() == []
