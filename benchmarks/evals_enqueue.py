"""What it costs a call to be looked at for evals, and to be left in the spool: `python -m benchmarks.evals_enqueue`."""

import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

from app.evals.enqueue import watch
from app.telemetry import Call, Telemetry
from app.telemetry.contract import Contract

ROOT = Path(__file__).parent.parent
SECONDS, A_SECOND, ROUNDS = 5.0, 1000, 40
READER = """
import sys, time
from pathlib import Path
sys.path.insert(0, "examples")
from app.evals.spool_reader import SpoolReader
reader = SpoolReader(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    batch = reader.read(500)
    batch.commit()
    time.sleep(0 if batch.lines else 0.2)
"""
SENTENCE = "A baseline is a median of the last 28 days at this hour, held while an alert is open, and it stays behind what it is for. "
ADDRESSES = "Whoever is on call is reached at oncall@example.org or under +1 415 555 0100, and nobody else is to be woken up at night. "


def kit(sample: float) -> Telemetry:
    """With that share of all calls chosen."""
    data = Contract.load(ROOT / "stack/app/contract.json").data
    return Telemetry(Contract(data | {"evals": data["evals"] | {"sample": sample, "endpoints": {}, "models": {}}}))


def calls(number: int, passages: int, sentence: str) -> list[Call]:
    """That have ended; of so many different passages of 600 characters, each has four. Every answer holds an address and a number."""
    texts = [(f"{one}: " + sentence * 6)[:600] for one in range(passages)]
    return [
        Call(
            endpoint="chat", model="gpt-4o-mini", provider="openai", question=f"{one}: what is a baseline?", status="ok",
            conversation_id=f"c-{one // 5}", prompt_version="answer-1", response_model="gpt-4o-mini-2024-07-18",
            answer=f"{one}: {SENTENCE}{ADDRESSES}{SENTENCE * 2}", passages=tuple(texts[(one * 4 + place) % passages] for place in range(4)),
        )
        for one in range(number)
    ]  # fmt: skip


def timed(listener: Callable[[Call], None], each: list[Call], every: float) -> list[float]:
    """Seconds of each, begun at that distance."""
    found, due = list[float](), time.perf_counter()
    for one in each:
        while time.perf_counter() < due:
            time.sleep(max(0.0, due - time.perf_counter()))
        begun = time.perf_counter()
        listener(one)
        found.append(time.perf_counter() - begun)
        due += every
    return found


def row(name: str, found: list[float]) -> str:
    """Of the table."""
    ordered = sorted(found)
    return f"| {name} | {statistics.median(ordered) * 1e6:.1f} | {ordered[int(len(ordered) * 0.99)] * 1e6:.1f} |"


def unsampled() -> list[float]:
    """A thousand at once are timed, as one is less than a clock can tell; those that are chosen are left out."""
    with tempfile.TemporaryDirectory() as folder:
        telemetry = kit(1e-9)
        enqueue: Any = watch(telemetry, Path(folder))
        each, found = calls(1000, 4, SENTENCE), list[float]()
        timed(enqueue.ended, each, 0.0)
        # A fresh process lifts a model to its floor; by now it has seen enough of them for a draw.
        for _round in range(ROUNDS):
            begun = time.perf_counter()
            for one in each:
                enqueue.ended(one)
            found.append((time.perf_counter() - begun) / len(each))
        telemetry.close()
    return found


def sampled(number: int, passages: int, sentence: str, every: float, *, read: bool) -> tuple[list[float], int]:
    """Each call is chosen; with a reader beside it, or alone. How many the spool had no room for, as well."""
    with tempfile.TemporaryDirectory() as folder:
        reader = None
        if read:
            script = [sys.executable, "-c", READER, f"{folder}/spool"]
            reader = subprocess.Popen(script, cwd=ROOT, stdout=subprocess.PIPE)
            if reader.stdout is not None:
                reader.stdout.readline()
        telemetry = kit(1.0)
        enqueue: Any = watch(telemetry, Path(folder))
        each = calls(number, passages, sentence)
        gc.collect()
        found = timed(enqueue.ended, each, every)
        telemetry.close()
        if reader is not None:
            reader.kill()
            reader.wait()
    return found, enqueue.spool.dropped


def main() -> None:
    """Print the table."""
    print("| a call that has ended | median, µs | p99, µs |\n|---|---:|---:|")
    print(row("is not chosen", unsampled()))
    number, dropped = int(SECONDS * A_SECOND), 0
    for name, many, passages, sentence, every, read in [
        ("is chosen, of passages that repeat", number, 200, SENTENCE, 0.0, False),
        ("the same, each passage a new one", number // 2, 10_000, SENTENCE, 0.0, False),
        ("the same, with five addresses and numbers in each", number // 2, 10_000, ADDRESSES, 0.0, False),
        ("as the first, a reader reading", number, 200, SENTENCE, 0.0, True),
        (f"the same, {A_SECOND} a second for {SECONDS:.0f} s", number, 200, SENTENCE, 1 / A_SECOND, True),
    ]:
        found, lost = sampled(many, passages, sentence, every, read=read)
        dropped += lost
        print(row(name, found))
    print(f"\nDropped: {dropped}.")


if __name__ == "__main__":
    main()
