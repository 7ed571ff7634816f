"""Several judging processes below one: started again when one dies, and gone when their parent is, however it died."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

_SHORT, _LONGEST, _LONGEST_KILLED = 5.0, 30.0, 1.0
"""Seconds: a life shorter than this is a failure to start, after which the next start waits, at most so long; less after a kill."""
_said = logging.getLogger("llm.evals")


class Processes:
    """Keeps `number` processes of `command` running; each is told its number by `EVALS_PROCESS`.

    Each holds the reading end of a pipe whose writing end is the parent's alone: when the parent ends, killed or not, the system
    closes it, and the child reads its end (see `orphaned`). That works on every Unix, and cannot be missed between two looks.
    """

    def __init__(self, command: Sequence[str], number: int, environ: Mapping[str, str] = os.environ) -> None:
        self._command, self._environ = list(command), dict(environ)
        self._children: list[subprocess.Popen[bytes] | None] = [None] * number
        self._began, self._due, self._fast = [0.0] * number, [0.0] * number, [0] * number
        self.restarts = 0

    def start(self) -> None:
        """Start what is not running and due. Call it every now and then."""
        for number, child in enumerate(self._children):
            if child is not None and child.poll() is not None:
                self._died(number, child)
            if self._children[number] is None and time.monotonic() >= self._due[number]:
                self._began[number] = time.monotonic()
                self._children[number] = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, env={**self._environ, "EVALS_PROCESS": str(number)}
                )

    def pids(self) -> list[int]:
        """Of those that run."""
        return [child.pid for child in self._children if child is not None and child.poll() is None]

    def stop(self, seconds: float) -> None:
        """Ask all to end, wait so long, then insist."""
        running = [child for child in self._children if child is not None]
        for child in running:
            if child.stdin is not None:
                child.stdin.close()
        deadline = time.monotonic() + seconds
        for child in running:
            try:
                child.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _died(self, number: int, child: subprocess.Popen[bytes]) -> None:
        lived = time.monotonic() - self._began[number]
        self._fast[number] = self._fast[number] + 1 if lived < _SHORT else 0
        longest = _LONGEST_KILLED if child.returncode < 0 else _LONGEST
        pause = min(longest, 0.25 * 2.0 ** self._fast[number]) if self._fast[number] > 1 else 0.0
        how = f"was killed by signal {-child.returncode}" if child.returncode < 0 else f"ended with {child.returncode}"
        _said.warning(
            "judging process %d (pid %d) %s: starting another%s",
            number,
            child.pid,
            how,
            f" in {pause:g} s" if pause else "",
        )
        if child.stdin is not None:
            child.stdin.close()
        self._children[number], self._due[number] = None, time.monotonic() + pause
        self.restarts += 1


def judging_command() -> list[str]:
    """How a child is started."""
    return [sys.executable, "-m", "app.evals.worker.child"]


def orphaned(then: Callable[[], None], file: int = 0) -> None:
    """Call `then` from a thread once the parent is gone, or has closed its end of the pipe."""

    def wait() -> None:
        while os.read(file, 1024):
            pass
        then()

    threading.Thread(target=wait, name="parent", daemon=True).start()
