"""How fast answers get from the spool to a verdict, and what that costs: `python -m benchmarks.evals_worker`.

An application puts 1,000 answers a second aside for ten seconds; a worker of two processes ships and judges them, one dimension each, on the simulator that
answers at once. All share this machine: rates say what the worker and the simulator can do together.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

from app.evals.item import Item
from app.evals.spool import Spool
from app.evals.store import Store, open_store

ROOT = Path(__file__).parent.parent
RATE, SECONDS, PROCESSES, SIMULATOR, WORKER = 1_000, 10, 2, 8981, 8982
PASSAGES = ("Baseline: A baseline is a median of the recent past. It is held while something is wrong.",) * 4


def contract(folder: Path, dimensions: int) -> Path:
    """The committed one, with no limit of rate and a large budget."""
    told = json.loads((ROOT / "stack/app/contract.json").read_text())
    told["evals"]["judge"] |= {"per_minute": 0, "concurrency": 32, "max_usd_per_day": 1e6}
    told["evals"]["control_seconds"] = 0
    told["evals"]["dimensions"] = told["evals"]["dimensions"][:dimensions]
    file = folder / "contract.json"
    file.write_text(json.dumps(told))
    return file


@contextlib.contextmanager
def running(folder: Path, file: Path, word: str) -> Iterator[tuple[psutil.Process, psutil.Process]]:
    """Simulator and worker."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")},
        "PYTHONPATH": str(ROOT / "examples"), "LLM_CONTRACT": str(file), "LLM_SIMULATOR_URL": f"http://127.0.0.1:{SIMULATOR}",
        "EVALS_FOLDER": str(folder), "EVALS_PORT": str(WORKER), "EVALS_LOG_FILE": str(folder / "evals.jsonl"),
    }  # fmt: skip
    simulator = ["app.simulator", "--flawless", "--pace", "0", "--port", str(SIMULATOR)]
    worker = ["app.evals", word, *(["--processes", str(PROCESSES)] if word == "worker" else [])]
    processes = []
    try:
        for words, port in ((simulator, SIMULATOR), (worker, WORKER)):
            processes.append(subprocess.Popen([sys.executable, "-m", *words], env=environ, stderr=subprocess.DEVNULL))
            _wait(f"http://127.0.0.1:{port}/readyz")
        yield psutil.Process(processes[0].pid), psutil.Process(processes[1].pid)
    finally:
        for process in processes:
            process.terminate()
            process.wait(10)


def _wait(url: str) -> None:
    for _attempt in range(200):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def fill(folder: Path) -> float:
    """Put answers aside at the rate; microseconds an answer, serialised and written."""
    spool, began, busy = Spool(folder / "spool"), time.perf_counter(), 0.0
    for number in range(RATE * SECONDS):
        time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        start = time.perf_counter()
        item = Item(
            f"{number:032x}", "chat", "gpt-4o-mini", "openai", "What is a baseline?", "A baseline is a median of the recent past.",
            PASSAGES, "ok", 0.25, "sample", time.time(),
        )  # fmt: skip
        spool.append(item.dumped())
        busy += time.perf_counter() - start
    spool.close()
    return busy / (RATE * SECONDS) * 1e6


def measured(word: str, dimensions: int) -> dict[str, Any]:
    """Rates, processor seconds and memory of one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(folder, contract(folder, dimensions), word) as (simulator, worker):
            store, total = open_store(f"sqlite:///{folder / 'evals.sqlite'}"), RATE * SECONDS
            every = [worker, *worker.children()]
            before, served = _cpu(every), _cpu([simulator])
            began = time.perf_counter()
            micros = fill(folder)
            shipped = _until(lambda: _known(store) >= total, began)
            done = _until(lambda: not _left(store), began) if word == "worker" else shipped
            cpu, memory = _cpu(every) - before, sum(one.memory_info().rss for one in every) / 1e6
            simulated = _cpu([simulator]) - served
            store.close()
    return {
        "micros": micros, "shipped": total / shipped, "judged": total / done if word == "worker" else 0.0,
        "cpu": cpu / total * 1000, "simulator": simulated / total * 1000, "memory": memory,
    }  # fmt: skip


def _known(store: Store) -> int:
    depth = store.depth()
    judged = sum(count for count, _weight, _squared in store.totals(os.uname().nodename).results.values())
    return depth.waiting + depth.running + judged


def _left(store: Store) -> int:
    depth = store.depth()
    return depth.waiting + depth.running


def _until(done: Any, began: float) -> float:
    while not done():
        time.sleep(0.1)
    return time.perf_counter() - began


def _cpu(processes: list[psutil.Process]) -> float:
    return sum(one.cpu_times().user + one.cpu_times().system for one in processes)


def main() -> None:
    """Print the table."""
    print(
        f"| {RATE:,} answers/s for {SECONDS} s | put aside, µs each | shipped/s | judged/s | worker's CPU, ms each | simulator's, ms each | "
        "worker's memory, MB |\n|---|---:|---:|---:|---:|---:|---:|"
    )
    for word, dimensions, about in (
        ("ship", 1, "shipped only"),
        ("worker", 1, f"judged in one dimension, {PROCESSES} processes"),
    ):
        one = measured(word, dimensions)
        print(
            f"| {about} | {one['micros']:.0f} | {one['shipped']:,.0f} | {one['judged']:,.0f} | {one['cpu']:.2f} | "
            f"{one['simulator']:.2f} | {one['memory']:.0f} |"
        )


if __name__ == "__main__":
    main()
