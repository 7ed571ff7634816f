"""`stackgen prove`: run every proof, show progress, print the table, write what machines read."""

import json
import os
import sys
import time
from pathlib import Path

from rich.console import Console

from generator import conventions as c
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.model import Model
from generator.progress import Progress
from generator.prove.hunt import Hunt, hunt
from generator.prove.oracle import OracleError
from generator.prove.report import as_json, coverage, failures, hunted, junit, legend, tickets
from generator.prove.run import Outcome, prove


def run(
    model: Model, *, mutants: bool, promtool: Path | None, jobs: int | None, junit_file: Path | None, machine: bool
) -> int:
    """Exit code: 0 all proofs hold and every mutant was caught, 1 not so, or promtool cannot be had."""
    began = time.monotonic()
    workers = jobs or os.cpu_count() or 1
    hunts: list[Hunt] = []
    try:
        tool = promtool or ensure(PACKAGES[c.PROMETHEUS], _say).binaries["promtool"]
        with Progress("proving") as bar:
            outcomes = prove(model, tool, jobs=workers, progress=bar.advance)
        if mutants:
            with Progress("hunting mutants") as bar:
                hunts = hunt(model, tool, jobs=workers, progress=bar.advance)
    except (CannotBeHad, OracleError, OSError) as error:
        _say(f"stackgen prove: {error}")
        return 1
    if junit_file:
        junit_file.write_text(junit(outcomes, hunts), encoding="utf-8")
    if machine:
        print(json.dumps(as_json(outcomes, hunts), indent=2))
    else:
        _show(outcomes, hunts, time.monotonic() - began)
    survived = [one for one in hunts if not one.killer]
    return 1 if survived or not outcomes or any(not outcome.passed for outcome in outcomes) else 0


def _show(outcomes: list[Outcome], hunts: list[Hunt], seconds: float) -> None:
    # A pipe has no width of its own, and a table that is cut there helps nobody.
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    if not outcomes:
        console.print("nothing to prove: every alert is switched off")
        return
    for table in filter(None, (coverage(outcomes), tickets(outcomes))):
        console.print(table)
        console.print()
    console.print(legend(outcomes), markup=False)
    for line in failures(outcomes):
        console.print(f"FAILED {line}", style="red", markup=False)
    if hunts:
        console.print()
        console.print(hunted(hunts))
        caught = sum(bool(one.killer) for one in hunts)
        console.print(f"\n{caught} of {len(hunts)} mutants caught: rules that are broken on purpose do not pass.")
    console.print(f"{seconds:.0f} s")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
