"""A comparison as Markdown for a pull request: what got worse first, and everything a model wrote inert. The same for the same result."""

from collections.abc import Iterable, Sequence

from app.evals.dataset.compare import Comparison, Row
from app.evals.dataset.inert import block, inline, shortened, words
from app.evals.dataset.result import Mark, Outcome

MOST = 60_000
"""GitHub takes comments of 65,536 characters."""
NONE = "-"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> list[str]:
    """Its lines; the first `left` columns are words, the others numbers."""
    rules = [":--"] * left + ["--:"] * (len(head) - left)
    return [f"| {' | '.join(cells)} |" for cells in (head, rules, *rows)]


def title(name: str, found: Comparison, got_worse: str) -> list[str]:
    """In a few words, how it went; and what that rests on."""
    fell = ", ".join(inline(row.dimension, 40) for row in found.fell)
    said = f"{got_worse}: {fell}" if fell else "not told" if found.problems() else "no real drop"
    lines = [f"## {name}: {said}", ""]
    if "simulator" in found.now.place:
        lines += [f"> **{simulated(found.now.place)}**", ""]
    lines += [f"> {sentence}" + "\n>" for sentence in _plain(found.problems())]
    return [*lines, ""] if found.problems() else lines


def simulated(place: str) -> str:
    """What a result is worth that a simulator had a part in."""
    if place.startswith("model: simulator"):
        said = "The model is the bundled simulator, not a real one: this shows that retrieval, prompt and judges still work together, not how good a model is."
    else:
        said = "The judge is the bundled simulator, which compares words: its verdicts on a real model's answers are rough."
    return said


def change(row: Row) -> str:
    """The paired difference in points, with its 95 % interval."""
    return (
        NONE
        if row.why_not or not row.pairs
        else f"{_points(row.difference)} ({_points(row.low)} to {_points(row.high)})"
    )


def verdict(row: Row, lower: str = "lower", higher: str = "higher") -> str:
    """In a few words."""
    if row.why_not or not row.pairs:
        return "not compared"
    if row.fell:
        return "**worse**"
    if not row.counts and row.difference < 0:
        return f"{lower}, not counted"
    return f"{lower}, within chance" if row.difference < 0 else higher if row.difference > 0 else "the same"


def percent(share: float) -> str:
    """A share, for a table."""
    return f"{100 * share:.0f} %"


def worse(found: Comparison, room: int, total: str = "", most: int = 40) -> list[str]:
    """The cases that got worse, each to unfold, as many as there is room for; the row of the `total` says nothing of its own."""
    changed: dict[str, list[str]] = {}
    for row in found.rows:
        for name in () if row.dimension == total else row.worse:
            changed.setdefault(name, []).append(row.dimension)
    if not changed:
        return []
    lines, left = ["### What got worse", ""], room
    outcomes = {one.id: one for one in found.now.outcomes}
    before = {one.id: one for one in found.accepted.outcomes} if found.accepted else {}
    for shown, (name, dimensions) in enumerate(changed.items()):
        told = _case(outcomes[name], before[name], dimensions)
        left -= sum(map(len, told)) + len(told)
        if left < 0 or shown == most:
            return [*lines, f"… and {len(changed) - shown} more: see the log of the run.", ""]
        lines += told
    return lines


def others(found: Comparison) -> list[str]:
    """What is new, what is gone, and what was no verdict."""
    lines = []
    for what, names in (("New or changed, not compared", found.new), ("No longer asked", found.removed)):
        if names:
            lines += [f"{what}: {', '.join(inline(name, 60) for name in names[:50])}{', …' if names[50:] else ''}", ""]
    errors = [
        (one.id, name, mark) for one in found.now.outcomes for name, mark in one.marks.items() if mark.label == "error"
    ]
    if errors:
        number = "1 verdict is an error" if len(errors) == 1 else f"{len(errors)} verdicts are errors"
        lines += [f"<details><summary>{number}, neither passed nor failed</summary>", ""]
        lines += table(("case", "dimension", "reason"), ((inline(key, 60), inline(name, 40), inline(mark.reason, 160)) for key, name, mark in errors[:30]), 3)  # fmt: skip
        lines += ["", "</details>", ""]
    return lines


def footer(found: Comparison) -> list[str]:
    """With what it was measured, so that two reports can be told apart."""
    now, before = found.now, found.accepted
    measured = [("data set", now.dataset, before.dataset if before else "")]
    measured += [("model", now.measured.model, before.measured.model if before else "")]
    measured += [("answered by", now.measured.responded, before.measured.responded if before else "")]
    measured += [("prompt", now.measured.prompt, before.measured.prompt if before else "")]
    measured += [("judge", now.ruler.judge or "none", (before.ruler.judge or "none") if before else "")]
    measured += [(f"rubric of {inline(name, 40)}", version, before.ruler.rubrics.get(name, "") if before else "") for name, version in now.ruler.rubrics.items()]  # fmt: skip
    lines = ["<details><summary>How this was measured</summary>", ""]
    lines += table(("", "now", "accepted"), ((name, inline(one, 80), inline(old, 80) if old else NONE) for name, one, old in measured), 3)  # fmt: skip
    rule = (
        f"Place: {now.place}. Each case is compared with itself. A drop is real where at least two points are lost and chance alone (McNemar's "
        "exact test, one-sided, adjusted after Holm) would do that in fewer than one run in twenty: here that takes "
        f"{found.needed} cases that got worse in one dimension and none that got better."
    )
    lines += ["", rule, "", "</details>"]
    return lines


def fitted(lines: Sequence[str]) -> str:
    """All of it, with one line end at the end."""
    return shortened("\n".join(lines).rstrip(), MOST + 4000) + "\n"


def _case(one: Outcome, before: Outcome, dimensions: Sequence[str]) -> list[str]:
    lines = [
        f"<details><summary>{inline(one.id, 60)} {', '.join(inline(name, 40) for name in dimensions)}</summary>",
        "",
        block(one.question, 400),
        "",
    ]
    rows = [(inline(name, 40), _said(before.marks[name]), _said(one.marks[name])) for name in dimensions]
    lines += table(("dimension", "accepted", "now"), rows, 3)
    lines += ["", "Answer:", "", block(one.answer), ""]
    if one.hint:
        lines += ["For comparison:", "", block(one.hint, 400), ""]
    return [*lines, "</details>", ""]


def _said(mark: Mark) -> str:
    return f"{mark.label} {inline(mark.reason, 240)}" if mark.reason else mark.label


def _plain(sentences: Iterable[str]) -> list[str]:
    return [words(one) for one in sentences]


def _points(share: float) -> str:
    said = f"{100 * share:+.1f}"
    return "0.0" if said in {"+0.0", "-0.0"} else said
