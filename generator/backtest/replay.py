"""Run the promtool processes of a replay, as many at a time as there are cores, and collect what they answer."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.backtest.promtest import Answer, ReplayFailed, answers, rule_file, test_file
from generator.backtest.shards import Shard

SMALL = 3_000_000
"""Samples: a week of a few models at 30 s, with which promtool takes up to a gigabyte."""


@dataclass(frozen=True)
class Outcome:
    """What one process answered."""

    shard: Shard
    answers: list[Answer]


def replay(
    promtool: Path, shards: Sequence[Shard], folder: Path, *, bucket: int, done: Callable[[int], None]
) -> list[Outcome]:
    """All outcomes, in the order of `shards`; `done` is told how many are. Raises ReplayFailed."""
    waiting = list(enumerate(shards))
    running: dict[int, subprocess.Popen[bytes]] = {}
    outcomes: dict[int, Outcome] = {}
    try:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                number, shard = waiting.pop(0)
                running[number] = _start(promtool, shard, folder / str(number), bucket)
            for number in [number for number, process in running.items() if process.poll() is not None]:
                code = running.pop(number).returncode
                outcomes[number] = Outcome(shards[number], _answers(folder / str(number), shards[number], code))
            done(len(outcomes))
            time.sleep(0.05)
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait()
    return [outcomes[number] for number in range(len(shards))]


def _start(promtool: Path, shard: Shard, folder: Path, bucket: int) -> "subprocess.Popen[bytes]":
    folder.mkdir()
    (folder / "rules.yml").write_text(rule_file(shard.rules, shard.clock.tick), encoding="utf-8")
    with (folder / "test.yml").open("w", encoding="utf-8") as test:
        test.writelines(test_file(shard.series, shard.members, shard.clock, bucket=bucket))
    # promtool keeps its samples in a temporary database: in our folder, so that it goes whatever happens.
    with (folder / "printed").open("wb") as printed:
        return subprocess.Popen(
            [promtool, "test", "rules", "test.yml"],
            cwd=folder,
            stdout=printed,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={"GOGC": _collecting(shard)} | os.environ | {"TMPDIR": str(folder)},
        )


def _collecting(shard: Shard) -> str:
    """Percent that Go's heap may grow: garbage collected less eagerly saves a fifth of the time, where the heap is small."""
    samples = sum(len(series.values) for series, _skip, _lead in shard.series)
    return "400" if samples < SMALL else "100"


def _answers(folder: Path, shard: Shard, code: int) -> list[Answer]:
    printed = (folder / "printed").read_text(encoding="utf-8", errors="replace")
    (folder / "test.yml").unlink()
    try:
        found = list(answers(printed))
    except ReplayFailed as reason:
        raise ReplayFailed(f"promtool cannot replay {shard.alert}: {reason}") from None
    if code not in {0, 1}:
        last = (printed.strip().splitlines() or ["no message"])[-1]
        raise ReplayFailed(f"promtool ended with code {code} while replaying {shard.alert}: {last[:300]}")
    return found
