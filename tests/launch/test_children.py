"""Processes that are started and stopped."""

import subprocess
import sys
import time

import psutil

from generator.launch import children


def test_what_has_ended_is_not_waited_for_until_somebody_collects_it() -> None:
    """Process 1 of some containers takes seconds for that; here nobody collects it at all."""
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    began = time.monotonic()
    children.stop([psutil.Process(child.pid)])
    assert time.monotonic() - began < 2
    assert psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE
    child.wait()


def test_what_does_not_listen_is_killed_with_all_that_it_started() -> None:
    """After the patience that it is given."""
    deaf = "import signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); subprocess.Popen(['sleep', '60']); print(1, flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    (sleeper,) = psutil.Process(child.pid).children()
    children.stop([psutil.Process(child.pid)], patience=0.3)
    assert child.wait(5) == -9
    assert not sleeper.is_running() or sleeper.status() == psutil.STATUS_ZOMBIE
