"""Is it worse than what was accepted: case by case, so that hard cases do not hide a change, and without crying wolf."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.evals.dataset.result import EXPECTED, Outcome, Run
from app.evals.statistics import mcnemar, paired_difference, wilson

ALPHA = 0.05
LEAST_DROP = 0.02
MOST_ERRORS = 0.1
"""A share of errors above which nothing can be said of a dimension."""


@dataclass(frozen=True, slots=True)
class Row:
    """One dimension. Rates are shares of the pairs; `now_all` counts new cases as well, with its interval (95 %, Wilson)."""

    dimension: str
    pairs: int
    before: float
    now: float
    difference: float
    low: float
    high: float
    better: tuple[str, ...]
    worse: tuple[str, ...]
    p: float
    """One-sided and adjusted for how many dimensions are looked at."""
    fell: bool
    passed: int
    judged: int
    errors: int
    now_all: tuple[float, float, float]
    why_not: str = ""
    """Why it cannot be compared; empty where it was."""
    counts: bool = False
    """Whether a drop in it is a failure: a matter of taste is only shown until people have agreed with its judge."""

    @property
    def blind(self) -> bool:
        """Too many errors to say anything."""
        return self.errors > MOST_ERRORS * (self.judged + self.errors)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All dimensions; cases that are only on one side are named, and those whose text changed count as new."""

    accepted: Run | None
    now: Run
    rows: tuple[Row, ...]
    new: tuple[str, ...]
    removed: tuple[str, ...]
    needed: int
    """How many cases have to get worse in one dimension, and none better, to be a real drop; the fewest of all dimensions."""

    @property
    def fell(self) -> tuple[Row, ...]:
        """The dimensions with a real drop."""
        return tuple(row for row in self.rows if row.fell)

    def problems(self) -> tuple[str, ...]:
        """Why this is no complete answer to whether it got worse, each as a sentence; none where it is one."""
        found: list[str] = []
        if self.accepted is None:
            found.append(
                f"Nothing was accepted yet for this place ({self.now.place}): run with --accept, and commit the file."
            )
        found += [
            f"{row.dimension}: {row.why_not}, so that old and new verdicts are not of the same ruler; accept anew with --accept."
            for row in self.rows
            if row.why_not and self.accepted is not None
        ]
        found += [
            f"{row.dimension}: no case was judged both then and now."
            for row in self.rows
            if not row.pairs and not row.why_not and not row.blind
        ]
        found += [
            f"{row.dimension}: {row.errors} of {row.judged + row.errors} verdicts are errors, too many to say anything."
            for row in self.rows
            if row.blind
        ]
        if self.now.incomplete:
            found.append(f"Not everything was judged: {self.now.incomplete}.")
        return tuple(found)

    @property
    def code(self) -> int:
        """1: it got worse; 2: that could not be told; 0: it did not."""
        return 1 if self.fell else 2 if self.problems() else 0


def compare(accepted: Run | None, now: Run, families: Sequence[tuple[float, Sequence[str]]] = ()) -> Comparison:
    """Pair the cases of two runs. A family is a share of false alarms and the dimensions that share it; none: all in one.

    A drop is real where McNemar's exact test says so one-sided (a change for the better is no alarm) after Holm's adjustment, and it is
    at least two points. S. Holm, Scand. J. Stat. 6 (1979) 65.
    """
    dimensions = now.dimensions()
    before = {one.id: one for one in accepted.outcomes} if accepted else {}
    rows = {name: _row(name, accepted, before, now) for name in dimensions}
    least = 64
    for alpha, names in families or [(ALPHA, dimensions)]:
        compared = {name: rows[name] for name in names if name in rows and not rows[name].why_not}
        least = min(least, fewest(alpha / max(1, len(compared))))
        adjusted = holm({name: row.p for name, row in compared.items()})
        for name, row in compared.items():
            # The adjusted value is held against 5 % whatever the family's share is: it is easier to read.
            p = min(1.0, adjusted[name] * ALPHA / alpha)
            rows[name] = _decided(row, p)
    ids, old = {one.id: one.digest for one in now.outcomes}, {one.id: one.digest for one in before.values()}
    new = tuple(name for name, version in ids.items() if old.get(name) != version) if accepted else ()
    removed = () if now.partial or now.incomplete else tuple(name for name in old if name not in ids)
    return Comparison(accepted, now, tuple(rows.values()), new, removed, least)


def holm(found: Mapping[str, float]) -> dict[str, float]:
    """Values of p, adjusted so that one false alarm among all of them is as rare as each is alone."""
    adjusted, most = {}, 0.0
    for place, (name, p) in enumerate(sorted(found.items(), key=lambda one: (one[1], one[0]))):
        most = max(most, min(1.0, (len(found) - place) * p))
        adjusted[name] = most
    return adjusted


def fewest(share: float) -> int:
    """How many cases have to get worse, and none better, before chance gives that less often than `share`."""
    return next(number for number in range(1, 64) if mcnemar(0, number) / 2 < share)


def _row(name: str, accepted: Run | None, before: Mapping[str, Outcome], now: Run) -> Row:
    passed, failed, errors = now.counts(name)
    why_not = _why_not(name, accepted, now)
    pairs = (
        [] if why_not else [(one.id, *both) for one in now.outcomes if (both := _pair(before.get(one.id), one, name))]
    )
    better = tuple(key for key, was, is_now in pairs if is_now and not was)
    worse = tuple(key for key, was, is_now in pairs if was and not is_now)
    number = max(1, len(pairs))
    p = mcnemar(len(better), len(worse)) / 2 if len(worse) > len(better) else 1.0
    judged = passed + failed
    return Row(
        name, len(pairs), sum(was for _, was, _ in pairs) / number, sum(is_now for *_, is_now in pairs) / number,
        *paired_difference([(was, is_now) for _, was, is_now in pairs]), better, worse, p, fell=False, passed=passed,
        judged=judged, errors=errors, now_all=(passed / max(1, judged), *wilson(passed, judged)), why_not=why_not,
    )  # fmt: skip


def _decided(row: Row, p: float) -> Row:
    # Differences of shares of whole numbers: a drop of exactly two points must not be lost to rounding.
    fell = p < ALPHA and -row.difference >= LEAST_DROP - 1e-9
    return dataclasses.replace(row, p=p, fell=fell, counts=True)


def _pair(was: Outcome | None, one: Outcome, name: str) -> tuple[bool, bool] | None:
    if was is None or was.digest != one.digest or name not in was.marks:
        return None
    labels = was.marks[name].label, one.marks[name].label if name in one.marks else "error"
    return None if "error" in labels else (labels[0] == "pass", labels[1] == "pass")


def _why_not(name: str, accepted: Run | None, now: Run) -> str:
    if accepted is None:
        return "nothing was accepted yet"
    if name == EXPECTED or name not in now.ruler.rubrics:
        return ""
    if name not in accepted.ruler.rubrics:
        return "it was not judged when the last result was accepted"
    if accepted.ruler.judge != now.ruler.judge:
        return f"the judge was {accepted.ruler.judge} and is {now.ruler.judge}"
    if accepted.ruler.rubrics[name] != now.ruler.rubrics[name]:
        return f"its rubric was {accepted.ruler.rubrics[name]} and is {now.ruler.rubrics[name]}"
    return ""
