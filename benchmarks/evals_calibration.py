"""How often the evals' 95 % intervals hold the truth, where the truth is known: `python -m benchmarks.evals_calibration [--repetitions 1000] [--stores 100] [--http]`.

Each store holds the verdicts of a judge that is right with a known probability, on answers of which people pass a known share; a person who is
always right labels what `label` would show, and `calibrate` reports. The other intervals are drawn without a store. A 95 % interval misses the
truth in 5 of 100; of 100 repetitions that is more than 7 by chance once in eight times, so where it costs little there are 1,000. With `--http` one
more judge of known accuracy, the simulator, judges 300 answers over HTTP.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

from app.evals.calibration.calibrate import Calibration, calibrate
from app.evals.dataset.bundled import simulator
from app.evals.item import Item
from app.evals.judge import judge_of
from app.evals.settings import Dimension, JudgeSettings
from app.evals.statistics import effective_n, newcombe, paired_difference, wilson
from app.evals.store import open_store

from benchmarks.evals_labels import MIXED, World, found, repetition, steady

SIZES = (50, 100, 200)
VERDICTS, LABELS = 600, 100
"""In a store, and of these labelled: twice as many as a calibration needs."""
WORLDS = (*(steady(good, accuracy) for good in (0.95, 0.6) for accuracy in (0.85, 0.9, 0.95)), MIXED)
ACCURACY, PASSING, NOW = 0.85, 0.6, 0.5
"""Of the judge over HTTP; the share of answers that people pass; and that share after a change."""
SHARES = ((0.1, 0.3, 0.8), (0.01, 0.7, 0.55))
"""Of two kinds of calls: how many are judged, which part of the traffic they are, how many of them pass."""
ENOUGH = 0.93
Found = tuple[str, float, float, float]
"""What it is an interval of, the truth, and its ends."""
TITLES = {
    "weighted pass rate": "Wilson, with Kish's effective number",
    "difference of two pass rates": "Newcombe (1998), method 10",
    "paired difference": "Newcombe (1998), paired, method 10",
}


def calibrations(world: World, repetitions: int) -> tuple[dict[str, int], int]:
    """In how many stores each interval held the truth; and in how many the judge was called calibrated."""
    held, trusted = dict.fromkeys(world.truth, 0), 0
    for seed in range(repetitions):
        told = repetition(world, seed, VERDICTS, LABELS)
        trusted += told.calibrated
        for name, one in found(told.whole).items():
            held[name] += one.low <= world.truth[name] <= one.high
    return held, trusted


def others(seed: int, n: int) -> Iterator[Found]:
    """All other intervals from `n` verdicts or questions."""
    draw = random.Random(f"{seed} of {n}")  # noqa: S311  # a simulation
    yield weighted(draw, n)
    now, before = (sum(draw.random() < rate for _ in range(n)) for rate in (NOW, PASSING))
    yield "difference of two pass rates", NOW - PASSING, *newcombe(now / n, n, before / n, n)
    # One question in five that passed before fails now, and one in twenty the other way round.
    both = [
        (before, draw.random() < (0.8 if before else 0.05)) for before in (draw.random() < PASSING for _ in range(n))
    ]
    yield "paired difference", PASSING * 0.8 + (1 - PASSING) * 0.05 - PASSING, *paired_difference(both)[1:]


def weighted(draw: random.Random, n: int) -> Found:
    """About `n` verdicts of two kinds of calls that are judged at different shares."""
    truth = sum(part * rate for _, part, rate in SHARES)
    calls = n / sum(share * part for share, part, _ in SHARES)
    weights, passed = [], 0.0
    for share, part, rate in SHARES:
        for _ in range(round(calls * part * share)):
            weights.append(1 / share)
            passed += (1 / share) * (draw.random() < rate)
    worth = effective_n(weights)
    return "weighted pass rate", truth, *wilson(passed / sum(weights) * worth, worth)


def coverage(repetitions: int, n: int) -> dict[str, int]:
    """By interval: in how many repetitions it held the truth."""
    held = dict.fromkeys(TITLES, 0)
    for seed in range(repetitions):
        for name, truth, low, high in others(seed, n):
            held[name] += low <= truth <= high
    return held


async def over_http(count: int = 300) -> Calibration:
    """The simulator as judge of answers whose truth is known, as people's labels; from store to calibration."""
    grounded = Dimension("groundedness", "", 2, 2, taste=False)
    told = JudgeSettings("gpt-4o-mini", "openai", None, 5.0, 8, 0, None)
    with simulator(judge_accuracy=ACCURACY) as url, tempfile.TemporaryDirectory() as folder:
        judge, limit = judge_of(told, url, {}), asyncio.Semaphore(8)
        with open_store(f"sqlite:///{folder}/evals.sqlite") as store:

            async def one(number: int) -> None:
                passage = f"Page {number}: The alert number {number} waits for {number + 2} minutes before it speaks."
                right = number % 5 < 3
                answer = (
                    passage.partition(": ")[2] if right else f"Herons gave number {number} its colour in the valley."
                )
                item = Item(
                    f"{number:032}", "chat", "m", "", f"How long does alert {number} wait?", answer, (passage,), "ok", 1.0, "sample", 0.0
                )  # fmt: skip
                async with limit:
                    verdict = await judge.judge(item, grounded)
                store.put([item])
                store.record(None, verdict)
                store.label(item.call_id, "groundedness", verdict.rubric, "pass" if right else "fail", "truth")

            await asyncio.gather(*map(one, range(count)))
            await judge.close()
            return calibrate(store, grounded, told.model)


def main() -> int:
    """Print both tables; 1 where an interval holds the truth too rarely."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--stores", type=int, default=100, help="of each kind")
    parser.add_argument("--http", action="store_true", help="one run more, over HTTP")
    arguments = parser.parse_args()
    names = tuple(MIXED.truth)
    print(
        f"| answers and judge | kappa, truly | {' | '.join(names)} | calibrated |\n|---|---:|{'---:|' * len(names)}---:|"
    )
    short: list[str] = []
    whole = dict.fromkeys(names, 0)
    for world in WORLDS:
        held, trusted = calibrations(world, arguments.stores)
        cells = " | ".join(str(held[name]) for name in names)
        print(f"| {world.name} | {world.truth['kappa']:.2f} | {cells} | {trusted} |", flush=True)
        whole = {name: whole[name] + held[name] for name in names}
    of = arguments.stores * len(WORLDS)
    print(f"| of all {of} | | {' | '.join(f'{whole[name] / of:.1%}' for name in names)} | |\n")
    short += [name for name in names if whole[name] < ENOUGH * of]
    rates = {n: coverage(arguments.repetitions, n) for n in SIZES}
    print(f"| 95 % interval of | by | {' | '.join(f'n = {n}' for n in SIZES)} |\n|---|---|{'---:|' * len(SIZES)}")
    for name, method in TITLES.items():
        print(f"| {name} | {method} | {' | '.join(f'{rates[n][name] / arguments.repetitions:.1%}' for n in SIZES)} |")
    short += [f"{name}, n = {n}" for n in SIZES for name in TITLES if rates[n][name] < ENOUGH * arguments.repetitions]
    for name in short:
        print(f"\nToo rarely: {name}")
    if arguments.http:
        told = asyncio.run(over_http()).whole
        print(
            f"\nThe simulator as a judge that is right in {ACCURACY:.0%}, over HTTP: agreement {told.same.value:.1%} ({told.same.low:.1%} to "
            f"{told.same.high:.1%}), kappa {told.kappa.value:.2f} ({told.kappa.low:.2f} to {told.kappa.high:.2f}; truly "
            f"{steady(PASSING, ACCURACY).truth['kappa']:.2f}), {told.labels} labels."
        )
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
