"""Start, find and stop processes; each leads its own group, so that whatever it starts stops with it."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psutil

_LARGEST_LOG = 20_000_000


def start(command: list[str], log: Path, environment: dict[str, str], folder: Path) -> psutil.Process:
    """A process in a session of its own, its output in `log`. Raises OSError."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_suffix(".log.old"))
    with log.open("ab") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder,
            env={**os.environ, **environment}, start_new_session=True,
        )  # fmt: skip
    return psutil.Process(child.pid)


def find(pid: int, began: float) -> psutil.Process | None:
    """The process, if it still is the one that was started: as old, and the leader of its group as all of ours are."""
    try:
        process = psutil.Process(pid)
        ours = abs(process.create_time() - began) < 1 and os.getpgid(pid) == pid
        alive = process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return None
    return process if ours and alive else None


def stop(processes: list[psutil.Process], patience: float = 8.0) -> None:
    """Ask, wait, then insist; the whole group of each."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    stubborn = _wait(processes, patience)
    for process in stubborn:
        _signal(process, signal.SIGKILL)
    _wait(stubborn, 3)


def _wait(processes: list[psutil.Process], patience: float) -> list[psutil.Process]:
    """Those that go on after so many seconds.

    Not by `psutil.wait_procs`, which waits until an ended process was also collected, and some containers' process 1 takes seconds for that.
    """
    deadline = time.monotonic() + patience
    while (left := [one for one in processes if not _ended(one)]) and wait_until(deadline):
        pass
    return left


def _ended(process: psutil.Process) -> bool:
    try:
        # While another of its threads is still ending, its files and ports are still its own.
        return not process.is_running() or (process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1)
    except psutil.Error:
        return True


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError, psutil.Error):
        os.killpg(process.pid, number)


def memory(process: psutil.Process) -> int:
    """Resident bytes of the process and its children; 0 when it is gone."""
    total = 0
    with contextlib.suppress(psutil.Error):
        for one in (process, *process.children(recursive=True)):
            total += one.memory_info().rss
    return total


def holder(port: int, besides: Collection[int] = ()) -> str:
    """Who listens on a port of this machine, as far as we may know; empty when nobody does but processes of `besides`."""
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
                if connection.pid in besides:
                    continue
                if connection.pid is None:
                    return "another process"
                with contextlib.suppress(psutil.Error):
                    return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
                return f"process {connection.pid}"
    return ""


def tail(log: Path, lines: int) -> list[str]:
    """The last lines of a log; none where there is no log."""
    try:
        with log.open("rb") as handle:
            handle.seek(0, os.SEEK_END)
            handle.seek(max(0, handle.tell() - 400 * max(1, lines)))
            return handle.read().decode("utf-8", "replace").splitlines()[-lines:]
    except OSError:
        return []


def wait_until(deadline: float) -> bool:
    """Sleep a moment; false when the deadline has passed."""
    time.sleep(0.02)
    return time.monotonic() < deadline


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no interruption in until the block is done, so that what was started in it is also noted; then let it in.

    By handlers and not by a signal mask, which children would inherit.
    """
    arrived: list[tuple[int, FrameType | None]] = []
    before = {
        number: handler for number in (signal.SIGINT, signal.SIGTERM) if callable(handler := signal.getsignal(number))
    }
    for number in before:
        signal.signal(number, lambda *what: arrived.append(what))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for told, frame in arrived[:1]:
            before[signal.Signals(told)](told, frame)
