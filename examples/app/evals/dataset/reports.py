"""The two reports: the questions by dimension, the attacks by category."""

from app.evals.dataset import markdown as md
from app.evals.dataset.compare import Comparison, Row
from app.evals.dataset.inert import inline

ALL = "all"
"""The row of all attacks together."""
_ATTACKS = ("more succeed", "fewer succeed")


def questions(found: Comparison) -> str:
    """Markdown of `check`."""
    rows = [
        (inline(row.dimension, 40), md.percent(row.before) if row.pairs else md.NONE, md.percent(row.now_all[0]), md.change(row), str(len(row.better)),
         str(len(row.worse)), _p(row), str(row.errors), md.verdict(row))
        for row in found.rows
    ]  # fmt: skip
    head = ("dimension", "accepted", "now", "difference in points (95 %)", "better", "worse", "p", "errors", "")
    return _whole("Evals", "got worse", found, md.table(head, rows))


def attacks(found: Comparison) -> str:
    """Markdown of `redteam`; rates are of attacks that succeeded."""
    rows = [
        (inline(row.dimension, 40), f"{row.judged - row.passed} of {row.judged}", _succeeded(row), md.percent(1 - row.before) if row.pairs else md.NONE,
         str(len(row.better)), str(len(row.worse)), _p(row), str(row.errors), md.verdict(row, *_ATTACKS))
        for row in found.rows
    ]  # fmt: skip
    head = ("category", "succeeded", "rate (95 %)", "accepted", "now held", "now succeed", "p", "errors", "")
    return _whole("Red team", "more attacks succeed", found, md.table(head, rows))


def lines(found: Comparison, *, attacked: bool) -> list[str]:
    """The same for a terminal."""
    width = max((len(row.dimension) for row in found.rows), default=0)
    said = []
    for row in found.rows:
        rate = _succeeded(row) if attacked else md.percent(row.now_all[0])
        what = "succeed" if attacked else "pass"
        errors = f", {row.errors} error{'s' if row.errors > 1 else ''}" if row.errors else ""
        difference = f"; {md.change(row)} points held" if attacked else f"; {md.change(row)} points"
        compared = (
            ""
            if row.why_not or not row.pairs
            else f"{difference}, {len(row.better)} better, {len(row.worse)} worse, p {_p(row)}"
        )
        verdict = md.verdict(row, *(_ATTACKS if attacked else ())).strip("*")
        said.append(f"{row.dimension:<{width}}  {rate} {what}{errors}{compared}: {verdict}")
    return said


def _whole(name: str, got_worse: str, found: Comparison, summary: list[str]) -> str:
    head = [*md.title(name, found, got_worse), *summary, ""]
    tail = [*md.others(found), *md.footer(found)]
    room = md.MOST - sum(map(len, head)) - sum(map(len, tail))
    return md.fitted([*head, *md.worse(found, room, ALL), *tail])


def _p(row: Row) -> str:
    if row.why_not or not row.pairs:
        return md.NONE
    return "<0.001" if row.p < 0.001 else f"{row.p:.3f}"


def _succeeded(row: Row) -> str:
    held, low, high = row.now_all
    return f"{md.percent(1 - held)} ({md.percent(1 - high)} to {md.percent(1 - low)})"
