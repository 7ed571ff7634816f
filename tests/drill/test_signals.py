"""Being stopped at a moment when nothing is lost by it."""

import os
import signal
import subprocess
import sys

import pytest

from generator.drill.signals import deferred


def test_an_interruption_waits_for_the_block() -> None:
    """The block is finished, then the interruption is there."""
    done = []

    def work() -> None:
        with deferred():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            done.append(1)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == [1]


def test_handlers_are_as_before_and_an_error_stays_an_error() -> None:
    """Whatever the block raises."""
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="x"), deferred():
        raise ValueError("x")
    assert signal.getsignal(signal.SIGINT) is before


def test_what_is_started_meanwhile_can_be_stopped_as_usual() -> None:
    """Its own signals are not held back."""
    with deferred():
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    child.send_signal(signal.SIGTERM)
    assert child.wait(10) == -signal.SIGTERM
