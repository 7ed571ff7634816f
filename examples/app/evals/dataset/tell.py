"""What came out of a run: compared with what was accepted, said to people and programs, and accepted if somebody wants that."""

import argparse
import json
import sys
from typing import Any

from app.evals.dataset import accepted, reports
from app.evals.dataset.compare import ALPHA, Comparison, compare
from app.evals.dataset.inert import visible
from app.evals.dataset.redteam import FAMILIES
from app.evals.dataset.result import EXPECTED, Run, dumped
from app.evals.settings import Settings


class NotTold(Exception):  # noqa: N818  # it says what is so
    """There is no answer to whether it got worse; the message says why and what to do."""


def tell(arguments: argparse.Namespace, now: Run, settings: Settings) -> int:
    """Compare, report, and accept if that was asked for; the exit code. Raises NotTold."""
    attacked = arguments.part == "redteam"
    try:
        found = compare(_before(arguments, now), now, _families(arguments, settings))
    except ValueError as error:
        raise NotTold(str(error)) from None
    if arguments.markdown:
        try:
            arguments.markdown.write_text(
                reports.attacks(found) if attacked else reports.questions(found), encoding="utf-8"
            )
        except OSError as error:
            raise NotTold(f"the report cannot be written: {error}") from None
    if arguments.json:
        print(json.dumps(_json(found), indent=1, sort_keys=True))
    else:
        _say(found, attacked=attacked, accepting=arguments.accept)
    return _accept(arguments, found) if arguments.accept else found.code


def _before(arguments: argparse.Namespace, now: Run) -> Run | None:
    try:
        return accepted.read(arguments.accepted, now.place)
    except ValueError:
        if arguments.accept:
            return None
        raise


def _families(arguments: argparse.Namespace, settings: Settings) -> Any:
    if arguments.part == "redteam":
        return FAMILIES
    return [(ALPHA, [EXPECTED, *(one.name for one in settings.dimensions if arguments.taste or not one.taste)])]


def _say(found: Comparison, *, attacked: bool, accepting: bool) -> None:
    print("\n".join(reports.lines(found, attacked=attacked)))
    reasons = {one.id: one.marks for one in found.now.outcomes}
    for row in found.rows:
        # The row of all attacks names each of them already.
        for name in () if attacked and row.dimension != reports.ALL else row.worse[:20]:
            print(visible(f"  worse: {name}, {row.dimension}: {reasons[name][row.dimension].reason}")[:300])
    if found.now.usd:
        print(f"spent ${found.now.usd:.4f}")
    # Who accepts asks for no comparison, and is told by `_accept` what stands against it.
    for sentence in () if accepting else found.problems():
        print(visible(sentence))


def _accept(arguments: argparse.Namespace, found: Comparison) -> int:
    blind = [row.dimension for row in found.rows if row.blind]
    if found.now.partial or found.now.incomplete or blind:
        why = found.now.incomplete or (f"too many errors in {', '.join(blind)}" if blind else "--limit left cases out")
        raise NotTold(f"not accepted: {why}; {arguments.accepted} is as it was")
    try:
        accepted.write(arguments.accepted, found.now)
    except OSError as error:
        raise NotTold(f"not accepted: {error}") from None
    print(f"accepted, for {found.now.place}: commit {arguments.accepted}", file=sys.stderr)
    return 0


def _json(found: Comparison) -> dict[str, Any]:
    rows = [
        {name: getattr(row, name) for name in type(row).__dataclass_fields__} | {"verdict": "worse" if row.fell else ""}
        for row in found.rows
    ]
    answers = {one.id: one.answer for one in found.now.outcomes}
    return {
        "code": found.code, "place": found.now.place, "rows": rows, "new": found.new, "removed": found.removed,
        "problems": found.problems(), "usd": found.now.usd, "run": dumped(found.now), "answers": answers,
    }  # fmt: skip
