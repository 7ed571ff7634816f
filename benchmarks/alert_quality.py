"""Our alerts against textbook rules and burn rates on rough worlds: `python -m benchmarks.alert_quality --worlds 500 --peers 60`.

All rule sets are loaded into one promtool and see the same samples. A page counts as false where it does not touch the incident,
from its begin to half an hour after its end; an incident as missed where the floors let it through and nothing of its kind fired.

A world takes 20 to 60 seconds of one processor. Each is kept in `benchmarks/results/`, so that a run that was stopped goes on
where it was, and the table and the plot can be had again at once, as long as the rules are the same.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from benchmarks.quality_plot import plot
from benchmarks.quality_score import SETS, Pages, Score, pages, table
from benchmarks.rough import rough_world
from generator import conventions as c
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import ensure
from generator.progress import Progress
from generator.resolve import resolve
from generator.rules import alerts, recording
from generator.spec.load import load
from tests.behaviour.play import firing

ROOT = Path(__file__).parent.parent
KEPT = Path(__file__).parent / "results" / "alert_quality.jsonl"
"""A line a world: the digest of the rules that it was played with, its seed, and the pages of each alert."""
OURS = "stackgen"
Fired = dict[str, Pages]


def play(seed: int, promtool: Path, rules: list[Path]) -> tuple[int, Fired]:
    """One world under all rules: the pages of each alert."""
    names = tuple(alert for one in SETS.values() for alert in one.values())
    with tempfile.TemporaryDirectory(prefix="stackgen-quality-") as folder:
        fired = firing(promtool, rules, rough_world(seed)[0], Path(folder), names)
    return seed, {alert: pages(minutes) for alert, minutes in fired.items()}


def rule_files(folder: Path) -> list[Path]:
    """Ours, for the default spec; the canonical series feed panels and page texts, and no alert."""
    model = resolve(load(ROOT / "spec.yaml").spec, spec_name="spec.yaml")
    files = []
    for artifact in (*recording.build(model), *alerts.build(model)):
        if not artifact.path.endswith(("canonical.yml", "tickets.yml")):
            files.append(folder / Path(artifact.path).name)
            files[-1].write_text(artifact.text, encoding="utf-8")
    return files


def outcomes(seeds: range, promtool: Path, rules: list[Path], jobs: int) -> Iterator[tuple[int, Fired]]:
    """Of each world, from the file of an earlier run or played now."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in rules)).hexdigest()[:12]
    KEPT.parent.mkdir(exist_ok=True)
    lines = map(json.loads, KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else [])
    known = {seed: fired for played, seed, fired in lines if played == digest}
    todo = [seed for seed in seeds if seed not in known]
    yield from ((seed, known[seed]) for seed in seeds if seed in known)
    with ProcessPoolExecutor(jobs) as pool, Progress("worlds") as bar, KEPT.open("a", encoding="utf-8") as file:
        running = [pool.submit(play, seed, promtool, rules) for seed in todo]
        for done, future in enumerate(as_completed(running), start=1):
            seed, fired = future.result()
            file.write(json.dumps([digest, seed, fired]) + "\n")
            file.flush()
            bar.advance(done, len(todo))
            yield seed, fired


def main() -> None:
    """Play the worlds, print the table, and every false page and missed incident of ours with its seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=60)
    parser.add_argument("--peers", type=int, default=20, help="of these, worlds that the rules of others see as well")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--plot", type=Path, metavar="FILE", help="write an SVG")
    arguments = parser.parse_args()
    promtool = ensure(PACKAGES[c.PROMETHEUS], print).binaries["promtool"]
    scores = {name: Score() for name in SETS}
    last = arguments.seed + arguments.worlds
    split = min(last, arguments.seed + arguments.peers)
    with tempfile.TemporaryDirectory(prefix="stackgen-rules-") as folder:
        ours = rule_files(Path(folder))
        peers = sorted((ROOT / "benchmarks/peers").glob("*.yml"))
        for seeds, rules, sets in (
            (range(arguments.seed, split), [*ours, *peers], SETS),
            (range(split, last), ours, {OURS: SETS[OURS]}),
        ):
            for seed, fired in outcomes(seeds, promtool, rules, arguments.jobs):
                for name, kinds in sets.items():
                    told = {kind: [(first, end) for first, end in fired[alert]] for kind, alert in kinds.items()}
                    scores[name].add(seed, rough_world(seed)[1], told)
    print(f"{arguments.worlds} worlds of two days, seeds from {arguments.seed}: {scores[OURS].weeks:.1f} weeks\n")
    print(table(scores))
    if arguments.plot:
        arguments.plot.write_text(plot(scores), encoding="utf-8")
    print(f"\nours, false (seed, kind, minute): {sorted(scores[OURS].false)}", file=sys.stderr)
    print(f"ours, missed (seed): {sorted(scores[OURS].missed)}", file=sys.stderr)


if __name__ == "__main__":
    main()
