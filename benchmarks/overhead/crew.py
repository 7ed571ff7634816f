"""Workers seen from outside: started in their environment, given orders, ended."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.overhead.subjects import ROOT

WARM = 200
"""Calls before anything is measured: what is made once is made by then."""
_FOREIGN = ("OTEL_", "LANGFUSE_", "TRACELOOP_", "OPENLIT_", "OPENINFERENCE_", "OPENAI_", "LLM_", "TELEMETRY_")


class WorkerError(Exception):
    """A worker ended by itself; the message is the last it said."""


class Worker:
    """One subject in a process of its own."""

    def __init__(self, name: str, python: Path, sink: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self._errors = folder / "stderr.txt"
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [str(python), "-m", "benchmarks.overhead.worker", name, sink, str(folder)], cwd=folder, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=_environment(),
            )  # fmt: skip
        self.start_s = self._answer()["start_s"]

    def do(self, what: str, calls: int) -> dict[str, float]:
        """Give an order and wait for its answer. Raises WorkerError."""
        if self.process.stdin is not None:
            try:
                self.process.stdin.write(json.dumps({"do": what, "calls": calls}) + "\n")
                self.process.stdin.flush()
            except BrokenPipeError:
                raise WorkerError(self._last()) from None
        return self._answer()

    @property
    def resident(self) -> int:
        """Bytes."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def end(self, patience: float) -> float | None:
        """Seconds from being told to until it is gone; None where that takes longer than `patience`, and then it is killed."""
        began = time.perf_counter()
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        return time.perf_counter() - began

    def _answer(self) -> dict[str, float]:
        line = self.process.stdout.readline() if self.process.stdout is not None else ""
        if not line:
            self.process.wait()
            raise WorkerError(self._last())
        found: dict[str, float] = json.loads(line)
        return found

    def _last(self) -> str:
        said = self._errors.read_text("utf-8", "replace").strip().splitlines()
        return said[-1][:300] if said else f"ended with {self.process.returncode}"


@contextmanager
def worker(name: str, python: Path, sink: str) -> Iterator[Worker]:
    """A worker with a folder of its own, gone at the end. Raises WorkerError where it cannot start."""
    with TemporaryDirectory(prefix=f"overhead-{name}-", ignore_cleanup_errors=True) as folder:
        made = Worker(name, python, f"{sink}/{name}", Path(folder))
        try:
            yield made
        finally:
            if made.process.poll() is None:
                made.process.kill()
                made.process.wait()


def _environment() -> dict[str, str]:
    """Nothing that steers a subject, no proxy, no ban on compiled bytecode."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_FOREIGN) and not name.lower().endswith("_proxy") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'examples'}"}
