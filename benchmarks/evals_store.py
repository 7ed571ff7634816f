"""What the evals' store costs, short and with a long backlog: `python -m benchmarks.evals_store [--backlogs 10000,1000000] [--url URL]`.

SQLite in a folder that is thrown away, or an empty database of PostgreSQL by URL. A million answers take 3 GB and some minutes.
"""

import argparse
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

from app.evals.item import Item
from app.evals.store import Claim, Store, open_store
from app.evals.verdict import Verdict

ROUNDS, AT_ONCE, CLAIMED = 15, 1_000, 8
WORDS = (
    "a",
    "baseline",
    "is",
    "the",
    "median",
    "of",
    "what",
    "was",
    "seen",
    "at",
    "this",
    "hour",
    "before",
    "incident",
)


def items(seed: int) -> Iterator[Item]:
    """Answers of 600 characters from three passages of 500, with ids as the kit draws them."""
    chance = random.Random(seed)  # noqa: S311  # texts, no secrets

    def text(characters: int) -> str:
        return " ".join(chance.choices(WORDS, k=characters // 4))[:characters]

    passages = [text(500) for _ in range(200)]
    for number in itertools.count():
        yield Item(
            f"{chance.getrandbits(128):032x}", "chat", f"m{number % 3}", "p", text(80), text(600),
            tuple(chance.sample(passages, 3)), "ok", 0.01, "sample", time.time(), prompt_version="v1",
        )  # fmt: skip


def median(work: Callable[[], object]) -> float:
    """Milliseconds, of ROUNDS."""
    told = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        work()
        told.append((time.perf_counter() - begun) * 1000)
    return statistics.median(told)


def measured(store: Store, source: Iterator[Item]) -> dict[str, float]:
    """Milliseconds of everything, at the backlog that there is."""
    batches = iter([list(itertools.islice(source, AT_ONCE)) for _round in range(ROUNDS)])
    claims: list[Claim] = []
    found = {f"`put` of {AT_ONCE:,} new": median(lambda: store.put(next(batches), "w"))}
    again = list(itertools.islice(source, AT_ONCE))
    store.put(again)
    found[f"`put` of {AT_ONCE:,} known"] = median(lambda: store.put(again, "w"))
    found[f"`claim` of {CLAIMED}"] = median(lambda: claims.extend(store.claim("w", CLAIMED, 600)))
    judged, done = iter(claims), iter(claims)

    def record() -> None:
        claim = next(judged)
        reservation = store.reserve(0.01, 1e6, 600, "2026-11-26")
        verdict = Verdict(
            claim.item.call_id, "groundedness", "r1", "pass", None, "Each sentence is in a passage.", ("a baseline",),
            "j1", 0.001, time.time(), claim.item.model, claim.item.weight,
        )  # fmt: skip
        store.record(claim, verdict, reservation, "w")

    found["`reserve` and `record`"] = median(record)
    found["`finish`"] = median(lambda: store.finish(next(done)))
    found["`depth`"] = median(store.depth)
    found["`totals`"] = median(lambda: store.totals("w"))
    return found


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--backlogs", default="10000,1000000", help="how many wait, rising, with commas")
    asked.add_argument("--url", help="an empty PostgreSQL; without it SQLite")
    told = asked.parse_args()
    backlogs = [int(word) for word in told.backlogs.split(",")]
    source = items(1)
    columns: list[dict[str, float]] = []
    sizes: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "evals.sqlite"
        with open_store(told.url or f"sqlite:///{file}", max_waiting=10**9) as store:
            for backlog in backlogs:
                while (room := backlog - store.depth().waiting) > 0:
                    store.put(list(itertools.islice(source, min(room, AT_ONCE))), "w")
                size = sum(one.stat().st_size for one in Path(folder).iterdir())
                sizes.append(f"{size / 1e6:,.0f} MB" if size else "")
                columns.append(measured(store, source))
    print("| milliseconds, with so many waiting |" + "".join(f" {backlog:,} |" for backlog in backlogs))
    print("|---|" + "---:|" * len(backlogs))
    for name in columns[0]:
        print(f"| {name} |" + "".join(f" {column[name]:.2f} |" for column in columns))
    if any(sizes):
        print("| on disk, with up to 64 MB of log |" + "".join(f" {size} |" for size in sizes))


if __name__ == "__main__":
    main()
