"""A simulator, an application and a worker as real processes, any of which may be killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil

_APPLICATION = """
import os, sys, time
from pathlib import Path
from app.evals.item import Item
from app.evals.spool import Spool
spool, number, rate = Spool(Path(sys.argv[1])), int(sys.argv[2]), float(sys.argv[3])
promised = os.open(sys.argv[4], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
passages = ("Baseline: A baseline is a median of the recent past. It is held while something is wrong.",)
while True:
    number += 1
    call_id = f"{number:032x}"
    answer = "A baseline is a median of the recent past." if number % 5 else "A baseline is a kind of cheese from Norway."
    one = Item(call_id, "chat", "gpt-4o-mini", "openai", "What is a baseline?", answer, passages, "ok", 0.25, "sample", time.time())
    if spool.append(one.dumped()):
        os.write(promised, (call_id + "\\n").encode())
    time.sleep(1 / rate)
"""


class Fleet:
    """`worker` and `application` are started again by whoever killed them; the simulator stays."""

    def __init__(
        self,
        folder: Path,
        repository: Path,
        *,
        processes: int = 2,
        lease: float = 2.0,
        pace: float = 0.02,
        **judge: Any,
    ) -> None:
        self.folder, self.processes = folder, processes
        self.port, simulator = _free_ports(2)
        self.simulator = f"http://127.0.0.1:{simulator}"
        contract = json.loads((repository / "stack/app/contract.json").read_text())
        prices = {"input": 0.15, "output": 0.6, "cache_read": 0.075, "cache_write": 0.15}
        # OpenAI's SDK takes a second less to import than Anthropic's.
        contract["evals"]["judge"] |= {"model": "gpt-4o-mini", "provider": "openai", "usd_per_million_tokens": prices}
        contract["evals"]["judge"] |= {"per_minute": 600_000, "concurrency": 4, "max_usd_per_day": 100.0, **judge}
        contract["evals"]["control_seconds"] = 0
        self.contract = folder / "contract.json"
        self.contract.write_text(json.dumps(contract))
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")},
            "PYTHONPATH": str(repository / "examples"),
            "LLM_CONTRACT": str(self.contract),
            "LLM_SIMULATOR_URL": self.simulator,
            "EVALS_FOLDER": str(folder / "evals"),
            "EVALS_WORKER": "w",
            "EVALS_PORT": str(self.port),
            "EVALS_LOG_FILE": str(folder / "evals.jsonl"),
            "EVALS_LEASE_SECONDS": str(lease),
        }
        self._running: list[subprocess.Popen[bytes]] = []
        self.worker: subprocess.Popen[bytes] | None = None
        self.application: subprocess.Popen[bytes] | None = None
        self._started = 0
        self._simulator = self._start(
            "simulator", "app.simulator", "--flawless", "--pace", str(pace), "--port", str(simulator)
        )
        self.until(lambda: self.got(f"{self.simulator}/readyz") is not None, "the simulator")

    @property
    def store(self) -> str:
        """The store's URL."""
        return f"sqlite:///{self.folder / 'evals' / 'evals.sqlite'}"

    def start_worker(self, word: str = "worker") -> None:
        """Start it, and wait for nothing."""
        more = ["--processes", str(self.processes)] if word == "worker" else []
        self.worker = self._start("worker", "app.evals", word, *more)

    def start_application(self, rate: float) -> None:
        """An application that has so many answers a second judged; what it was promised is in `promised()`."""
        self._started += 1
        words = [
            str(self.folder / "evals/spool"),
            str(self._started * 1_000_000),
            str(rate),
            str(self.folder / "promised"),
        ]
        self.application = self._popen("application", [sys.executable, "-c", _APPLICATION, *words])

    def promised(self) -> set[str]:
        """Ids of the answers that the spool said it has; the last line of an application that was killed may be half of one."""
        file = self.folder / "promised"
        return set(file.read_text().split("\n")[:-1]) if file.exists() else set()

    def children(self) -> list[psutil.Process]:
        """The judging processes."""
        try:
            return psutil.Process(self.worker.pid).children() if self.worker else []
        except psutil.Error:
            return []

    def kill(self, process: subprocess.Popen[bytes] | None) -> None:
        """Without a word."""
        assert process
        process.kill()
        process.wait()

    def got(self, url: str) -> Any:
        """A body, as text or JSON; None where nobody answers."""
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                body = answer.read().decode()
                return json.loads(body) if answer.headers["content-type"] == "application/json" else body
        except OSError:
            return None

    def sample(self, series: str) -> float:
        """One sample of the worker's metrics, such as `llm_eval_queue_depth`."""
        text = self.got(f"http://127.0.0.1:{self.port}/metrics") or ""
        found = [line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(f"{series} ")]
        return float(found[0]) if found else float("nan")

    def until(self, done: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
        """Wait; fails with what there is to read where it takes too long."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise AssertionError(f"{what}: not in {seconds:g} s\n{self.said()}")
            time.sleep(0.05)

    def said(self) -> str:
        """What the processes told people."""
        return "\n".join(file.read_text()[-3000:] for file in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        """All of them."""
        for process in self._running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._running:
            try:
                process.wait(6)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, name: str, module: str, *words: str) -> subprocess.Popen[bytes]:
        return self._popen(name, [sys.executable, "-m", module, *words])

    def _popen(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.environ)
        self._running.append(process)
        return process


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _port in range(number)]
        return [one.getsockname()[1] for one in sockets]
