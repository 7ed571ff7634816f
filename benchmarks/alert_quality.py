"""Our alerts against textbook rules and burn rates on rough worlds: `python -m benchmarks.alert_quality --worlds 60`.

All three rule sets are loaded into one promtool and see the same samples. A page counts as false where it does not touch the incident,
from its begin to half an hour after its end; an incident as missed where the floors let it through and nothing of its kind fired.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.rough import MINUTES, Incident, rough_world
from generator import conventions as c
from generator.launch.obtain.ensure import ensure
from generator.launch.obtain.package import PACKAGES
from generator.progress import Progress
from generator.resolve import resolve
from generator.rules import alerts, recording
from generator.spec.load import load
from tests.behaviour.play import firing

ROOT = Path(__file__).parent.parent
AFTER = 30
SETS = {
    "stackgen": {"latency": c.ALERT_LATENCY, "errors": c.ALERT_ERRORS, "spend": c.ALERT_SPEND},
    "textbook": {"latency": "TextbookLatency", "errors": "TextbookErrors", "spend": "TextbookSpend"},
    "burn rates": {"latency": "BurnLatency", "errors": "BurnErrors", "spend": "BurnSpend"},
}


@dataclass
class Score:
    """Minutes, and counts of pages."""

    seen: int = 0
    missed: list[int] = field(default_factory=list)
    false: list[tuple[int, str, int]] = field(default_factory=list)
    detect: list[int] = field(default_factory=list)
    clear: list[int] = field(default_factory=list)
    flaps: int = 0


def pages(minutes: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of minutes."""
    runs: list[list[int]] = []
    for minute in minutes:
        if runs and minute == runs[-1][1] + 1:
            runs[-1][1] = minute
        else:
            runs.append([minute, minute])
    return [(first, last) for first, last in runs]


def play(seed: int, promtool: Path, rules: list[Path]) -> tuple[int, Incident | None, dict[str, list[int]]]:
    """One world under all rules."""
    world, incident = rough_world(seed)
    names = tuple(alert for one in SETS.values() for alert in one.values())
    with tempfile.TemporaryDirectory(prefix="stackgen-quality-") as folder:
        return seed, incident, firing(promtool, rules, world, Path(folder), names)


def count(
    score: Score, seed: int, incident: Incident | None, kinds: dict[str, str], fired: dict[str, list[int]]
) -> None:
    """Add one world."""
    for kind, alert in kinds.items():
        mine = pages(fired[alert])
        if incident and incident.kind == kind:
            touching = [page for page in mine if page[1] >= incident.begin and page[0] <= incident.end + AFTER]
            mine = [page for page in mine if page not in touching]
            if incident.seen:
                score.seen += 1
                if not touching:
                    score.missed.append(seed)
                else:
                    score.detect.append(max(0, touching[0][0] - incident.begin))
                    score.clear.append(max(0, touching[-1][1] - incident.end))
                    score.flaps += len(touching) - 1
        score.false += [(seed, kind, begin) for begin, _end in mine]


def percentile(values: list[int], share: float) -> str:
    """Nearest rank, or a dash."""
    return f"{sorted(values)[min(len(values) - 1, int(share * len(values)))]}" if values else "-"


def main() -> None:
    """Play the worlds, print the table, and every false page and missed incident of ours with its seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--alone", action="store_true", help="without the rules of others: a third faster")
    arguments = parser.parse_args()
    sets = {"stackgen": SETS["stackgen"]} if arguments.alone else SETS
    promtool = ensure(PACKAGES[c.PROMETHEUS], print).binaries["promtool"]
    model = resolve(load(ROOT / "spec.yaml").spec, spec_name="spec.yaml")
    scores: dict[str, Score] = defaultdict(Score)
    with tempfile.TemporaryDirectory(prefix="stackgen-rules-") as name:
        rules = []
        for artifact in (*recording.build(model), *alerts.build(model)):
            # The canonical series feed panels and page texts, and no alert.
            if not artifact.path.endswith(("canonical.yml", "tickets.yml")):
                rules.append(Path(name) / Path(artifact.path).name)
                rules[-1].write_text(artifact.text, encoding="utf-8")
        if not arguments.alone:
            rules += sorted((ROOT / "benchmarks/peers").glob("*.yml"))
        with ProcessPoolExecutor(arguments.jobs) as pool, Progress("worlds") as bar:
            seeds = range(arguments.seed, arguments.seed + arguments.worlds)
            for done, future in enumerate(
                as_completed([pool.submit(play, seed, promtool, rules) for seed in seeds]), start=1
            ):
                seed, incident, fired = future.result()
                for name_of_set, kinds in sets.items():
                    count(scores[name_of_set], seed, incident, kinds, fired)
                bar.advance(done, arguments.worlds)
    weeks = arguments.worlds * MINUTES / 60 / 24 / 7
    print(f"{arguments.worlds} worlds of two days, seeds from {arguments.seed}: {weeks:.1f} weeks\n")
    print(
        "| rules | incidents missed | false pages a week | minutes to detect, median | p95 | to clear, median | flaps |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name_of_set in sets:
        one = scores[name_of_set]
        median = f"{statistics.median(one.detect):g}" if one.detect else "-"
        cleared = f"{statistics.median(one.clear):g}" if one.clear else "-"
        print(
            f"| {name_of_set} | {len(one.missed)} of {one.seen} | {len(one.false) / weeks:.2f} | {median} |"
            f" {percentile(one.detect, 0.95)} | {cleared} | {one.flaps} |"
        )
    ours = scores["stackgen"]
    print(
        f"\nours, false (seed, kind, minute): {sorted(ours.false)}\nours, missed (seed): {sorted(ours.missed)}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
