"""`calibrate`, `control` and `power`: what the command line takes, and what each word does."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.evals.calibration.calibrate import Calibration
    from app.evals.calibration.control import Drift
    from app.evals.settings import Settings
    from app.evals.store import Store
    from app.evals.worker.place import Place

MOST_CHANGED = 0.05
"""As the alert LLMJudgeDrift has it by default."""
# A help text must not cost the import of a database library.


def add(parsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the three words."""
    calibrate = parsers.add_parser("calibrate", help="how far judge and people agree, and whether to trust the judge")
    calibrate.add_argument("--dimension", metavar="NAME", help="only this one")
    calibrate.add_argument("--json", action="store_true", help="for programs")
    control = parsers.add_parser("control", help="judge the control set again: has the judge changed?")
    control.add_argument("--reset", action="store_true", help="take today's verdicts as those to compare with")
    control.add_argument("--json", action="store_true", help="for programs")
    power = parsers.add_parser("power", help="how many verdicts show which drop of the pass rate, and when")
    power.add_argument("--calls", type=_calls, default=100_000, metavar="N", help="calls a day of one model (100000)")
    power.add_argument("--sample", type=_share, metavar="1%", default=0.01, help="share that is judged (1%%)")
    power.add_argument(
        "--from", dest="before", type=_share, metavar="95%", default=0.95, help="pass rate before (95%%)"
    )
    power.add_argument("--to", dest="now", type=_share, metavar="85%", default=0.85, help="pass rate now (85%%)")
    power.add_argument(
        "--spread", type=_spread, metavar="X", default=1.0,
        help="mean square of the weights over their squared mean, where shares differ (1)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """0 fine, 1 a judge that is not to be trusted or cannot be had, 2 wrong usage or settings."""
    if arguments.part == "power":
        return _power(arguments)
    from app.evals.settings import Settings
    from app.evals.store import StoreError, open_store
    from app.evals.worker.place import Place
    from app.evals.worker.who import stands_in, who
    from app.telemetry.contract import Contract

    try:
        place = Place.of()
        contract = Contract.load(place.contract)
        settings = Settings.of(contract)
        names = [one.name for one in settings.dimensions]
        if arguments.part == "calibrate" and arguments.dimension not in {None, *names}:
            raise ValueError(  # noqa: TRY301  # said like the others
                f"no dimension {arguments.dimension!r} in the contract: there are {', '.join(names)}"
            )
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with open_store(place.store, max_waiting=settings.max_waiting) as store:
            if arguments.part == "calibrate":
                return _calibrate(arguments, store, settings)
            judge = who(settings, contract, os.environ)
            if judge.withheld or stands_in(store, judge):
                print(f"the control set was not judged: {judge.withheld or judge.warning}", file=sys.stderr)
                return 1
            if judge.warning:
                print(judge.warning, file=sys.stderr)
            return _control(arguments, store, settings, place)
    except (StoreError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _calibrate(arguments: argparse.Namespace, store: Store, settings: Settings) -> int:
    from app.evals.calibration.calibrate import calibrate
    from app.evals.calibration.report import report
    from app.evals.worker.who import judging

    judge = judging(store, settings)
    chosen = [one for one in settings.dimensions if arguments.dimension in {None, one.name}]
    found: list[Calibration] = [calibrate(store, one, judge) for one in chosen]
    if arguments.json:
        print(json.dumps({one.dimension: one.state() for one in found}, indent=1))
    else:
        print("\n".join(report(one, settings.pass_rate_below) for one in found), end="")
    return 0 if all(one.calibrated for one in found) else 1


def _control(arguments: argparse.Namespace, store: Store, settings: Settings, place: Place) -> int:
    from app.evals.calibration.control import rejudge
    from app.evals.calibration.control_set import load
    from app.evals.judge import JudgeRefused, JudgeUnavailable, judge_of
    from app.evals.worker.purse import Over
    from app.evals.worker.rate import Bucket

    answers = len(load()) * len(settings.dimensions)
    minutes = answers / max(1, settings.judge.per_minute / 2)
    print(
        f"judging {answers} times; at half of {settings.judge.per_minute} a minute that takes about {minutes:.1f} min",
        file=sys.stderr,
    )

    async def judged() -> list[Drift]:
        # A worker may be at work beside it, at the full rate.
        bucket = Bucket(settings.judge.per_minute / 2)
        judge = judge_of(settings.judge, place.simulator, os.environ, pace=bucket.take)
        try:
            return await rejudge(store, judge, settings, reset=arguments.reset, worker=place.worker, bucket=bucket)
        finally:
            await judge.close()

    try:
        found = asyncio.run(judged())
    except (JudgeUnavailable, JudgeRefused, Over) as error:
        print(f"the control set was not judged: {error}", file=sys.stderr)
        return 1
    if arguments.json:
        state = {one.dimension: store.state(f"control/{one.dimension}") for one in found}
        print(json.dumps(state, indent=1))
    else:
        print("\n".join(_told(one) for one in found))
    return 1 if any(_drifted(one) for one in found) else 0


def _drifted(one: Drift) -> bool:
    from app.evals.statistics import wilson

    return wilson(one.changed, one.size)[0] > MOST_CHANGED


def _told(one: Drift) -> str:
    """A line, and the answers that are judged otherwise."""
    head = f"{one.dimension:<16}{one.changed} of {one.size} verdicts changed"
    if one.at == one.reference_at:
        head = f"{one.dimension:<16}{one.size} verdicts kept, to be compared with from now on"
    if one.errors:
        head += f", {one.errors} without a verdict"
    if one.agreement_with_labels is not None:
        head += f"; {one.agreement_with_labels:.0%} as a careful person would judge"
    if one.changes:
        head += "\n  " + ", ".join(one.changes)
    if _drifted(one):
        head += f"\n  THE JUDGE HAS CHANGED: surely more than {MOST_CHANGED:.0%} of the same answers get another verdict. Calibrate again; then `control --reset`."
    return head


def _power(arguments: argparse.Namespace) -> int:
    from app.evals.calibration.power import Plan, table

    if not 0 < arguments.now < arguments.before <= 1:
        print("a drop goes down: `--from` is above `--to`, both between 0 % and 100 %", file=sys.stderr)
        return 2
    print(table(Plan(arguments.calls, arguments.sample, arguments.spread), arguments.before, arguments.now), end="")
    return 0


def _calls(told: str) -> float:
    return _number(told, 1, 1e12, "a number of calls, 1 or more")


def _spread(told: str) -> float:
    return _number(told, 1, 1e6, "1 or more")


def _share(told: str) -> float:
    """`95%`, `95` (above 1 it is percent) or `0.95`."""
    bare = told.strip().removesuffix("%")
    value = _number(bare, 0, 100, f"{told!r}: a share such as 1% or 0.01")
    return value / 100 if told.strip().endswith("%") or value > 1 else value


def _number(told: str, least: float, most: float, what: str) -> float:
    try:
        value = float(told.replace(",", "").replace("_", ""))
    except ValueError:
        value = -1.0
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(what)
    return value
