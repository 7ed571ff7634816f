"""How often the evals' 95 % intervals hold the truth, where the truth is known: `python -m benchmarks.evals_calibration [--repetitions 1000] [--http]`.

Each repetition draws answers of which people pass a known share, and a judge that is right with a known probability; it flips a verdict as the
simulator does, by a hash of the answer. A 95 % interval misses the truth in 5 of 100; of 100 repetitions that is more than 7 by chance once in
eight times, so there are 1,000. At least 93 % have to hold it. With `--http` one
more judge of known accuracy, the simulator, judges 300 answers over HTTP: through the store, labels and `calibrate`, as in production.
"""

import argparse
import asyncio
import hashlib
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

from app.evals.calibration.agreement import Agreement
from app.evals.calibration.calibrate import Calibration, calibrate
from app.evals.calibration.people import Pair
from app.evals.dataset.bundled import simulator
from app.evals.item import Item
from app.evals.judge import judge_of
from app.evals.settings import Dimension, JudgeSettings
from app.evals.statistics import effective_n, newcombe, paired_difference, wilson
from app.evals.store import open_store

SIZES = (50, 100, 200)
ACCURACY, PASSING, NOW = 0.85, 0.6, 0.5
"""Of the judge; the share that people pass; and that share after a change."""
SHARES = ((0.1, 0.3, 0.8), (0.01, 0.7, 0.55))
"""Of two kinds of calls: how many are judged, which part of the traffic they are, how many of them pass."""
ENOUGH = 0.93
Found = tuple[str, float, float, float]
"""What it is an interval of, the truth, and its ends."""
TITLES = {
    "agreement": "Wilson",
    "kappa": "bootstrap, 2,000 resamples",
    "sensitivity": "Wilson",
    "specificity": "Wilson",
    "weighted pass rate": "Wilson, with Kish's effective number",
    "difference of two pass rates": "Newcombe (1998), method 10",
    "paired difference": "Newcombe (1998), paired, method 10",
}


def flipped(text: str, accuracy: float) -> bool:
    """Whether a judge of that accuracy is wrong about a text: always the same for the same."""
    digest = hashlib.sha256(text.encode()).digest()
    return random.Random(digest).random() >= accuracy  # noqa: S311  # a simulation


def repetition(seed: int, n: int) -> Iterator[Found]:
    """All intervals from `n` labels, verdicts or questions."""
    draw = random.Random(f"{seed} of {n}")  # noqa: S311  # a simulation
    pairs = []
    for number in range(n):
        human = draw.random() < PASSING
        judge = human != flipped(f"{seed}/{n}/{number}", ACCURACY)
        pairs.append(Pair(str(number), "m", human, judge, 100))
    found = Agreement.of(pairs)
    yield "agreement", ACCURACY, found.same.low, found.same.high
    yield "kappa", true_kappa(), found.kappa_low, found.kappa_high
    yield "sensitivity", ACCURACY, found.sensitivity.low, found.sensitivity.high
    yield "specificity", ACCURACY, found.specificity.low, found.specificity.high
    yield weighted(draw, n)
    now, before = (sum(draw.random() < rate for _ in range(n)) for rate in (NOW, PASSING))
    yield "difference of two pass rates", NOW - PASSING, *newcombe(now / n, n, before / n, n)
    # One question in five that passed before fails now, and one in twenty the other way round.
    both = [
        (before, draw.random() < (0.8 if before else 0.05)) for before in (draw.random() < PASSING for _ in range(n))
    ]
    yield "paired difference", PASSING * 0.8 + (1 - PASSING) * 0.05 - PASSING, *paired_difference(both)[1:]


def true_kappa() -> float:
    """Of a judge that flips either label with the same probability."""
    passed = PASSING * ACCURACY + (1 - PASSING) * (1 - ACCURACY)
    chance = PASSING * passed + (1 - PASSING) * (1 - passed)
    return (ACCURACY - chance) / (1 - chance)


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
        for name, truth, low, high in repetition(seed, n):
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
    """Print the table; 1 where an interval holds the truth too rarely."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--http", action="store_true", help="one run more, over HTTP")
    arguments = parser.parse_args()
    held = {n: coverage(arguments.repetitions, n) for n in SIZES}
    print(f"| 95 % interval of | by | {' | '.join(f'n = {n}' for n in SIZES)} |\n|---|---|{'---:|' * len(SIZES)}")
    for name, method in TITLES.items():
        print(f"| {name} | {method} | {' | '.join(f'{held[n][name] / arguments.repetitions:.1%}' for n in SIZES)} |")
    short = [(n, name) for n in SIZES for name, count in held[n].items() if count < ENOUGH * arguments.repetitions]
    for n, name in short:
        print(f"\nToo rarely: {name}, n = {n}")
    if arguments.http:
        whole = asyncio.run(over_http()).whole
        print(
            f"\nThe simulator as a judge that is right in {ACCURACY:.0%}, over HTTP: agreement {whole.same.rate:.1%} ({whole.same.low:.1%} to "
            f"{whole.same.high:.1%}), kappa {whole.kappa:.2f} ({whole.kappa_low:.2f} to {whole.kappa_high:.2f}; truly {true_kappa():.2f}), "
            f"{whole.labels} labels."
        )
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
