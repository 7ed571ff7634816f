"""`check` and `redteam`: what the command line takes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# A help text must not cost the import of an SDK.


def add(parsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both words."""
    check = parsers.add_parser(
        "check", help="the judges on fixed questions: did anything get worse since the last accepted result"
    )
    check.add_argument(
        "--taste",
        action="store_true",
        help="let matters of taste fail the check, too: for judges that people agree with",
    )
    _shared(check, "questions.jsonl", "accepted.json")
    attack = parsers.add_parser(
        "redteam", help="fixed attacks: do more of them succeed than in the last accepted result"
    )
    attack.add_argument("--judge", action="store_true", help="ask the judge as well, beside the detectors")
    _shared(attack, "redteam.jsonl", "redteam_accepted.json")


def run(arguments: argparse.Namespace) -> int:
    """0: no real drop; 1: a real drop; 2: that could not be told, or wrong usage."""
    from app.evals.dataset.tell import NotTold
    from app.evals.dataset.whole import run_part

    try:
        return run_part(arguments)
    except NotTold as error:
        print(error, file=sys.stderr)
        return 2


def _shared(parser: argparse.ArgumentParser, data: str, accepted: str) -> None:
    folder = Path(__file__).parent.parent / "data"
    option = parser.add_argument
    option("--accept", action="store_true", help="this result is the one that later ones are compared with")
    option("--markdown", type=Path, metavar="FILE", help="write the report for a pull request")
    option("--json", action="store_true", help="for programs, on standard output")
    option("--limit", type=_count, metavar="N", help="only N cases, from all over the file")
    option("--model", metavar="NAME", help="a model of the contract (its first)")
    option(
        "--max-usd",
        type=_dollars,
        default=1.0,
        metavar="USD",
        help="stop before real providers cost more; `none` for no limit (1)",
    )
    option("--concurrency", type=_count, metavar="N", help="calls to a real provider at a time (the spec's)")
    option(
        "--simulator",
        metavar="URL",
        help="one that runs already, instead of one started for this: to see a worse model found",
    )
    option("--data", type=Path, default=folder / data, metavar="FILE", help=f"other cases than {data}")
    option("--accepted", type=Path, default=folder / accepted, metavar="FILE", help=f"another file than {accepted}")


def _count(told: str) -> int:
    if not told.isascii() or not told.isdigit() or not 1 <= int(told[:9]) <= 100_000:
        raise argparse.ArgumentTypeError(f"{told!r}: a whole number, 1 or more")
    return int(told)


def _dollars(told: str) -> float | None:
    if told == "none":
        return None
    try:
        value = float(told)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{told!r}: an amount in USD, or `none`")
    return value
