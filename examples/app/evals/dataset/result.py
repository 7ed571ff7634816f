"""What a run over a data set found: by case and dimension a mark, and with what it was measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.evals.verdict import Label

EXPECTED = "expectations"
"""The dimension that needs no judge."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One verdict; an `error` is neither a pass nor a fail, and is counted."""

    label: Label
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case: what was asked, what came, what it is worth by dimension; `digest` is the version of the case."""

    id: str
    digest: str
    question: str
    answer: str
    marks: Mapping[str, Mark]
    hint: str = ""
    """What a good answer is, or where an attack comes from; for who reads the report."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """With what was measured; `rubrics` are versions by dimension, and `judge` is empty where none is asked."""

    judge: str
    rubrics: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured; `responded` is the model as its provider names it."""

    model: str
    responded: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Run:
    """All of it. `place` says whether model and judge were real or simulated: only runs of one place are compared.

    `incomplete` says why cases are missing, empty where none are; `usd` is what was spent on real providers.
    """

    dataset: str
    place: str
    measured: Measured
    ruler: Ruler
    outcomes: tuple[Outcome, ...]
    incomplete: str = ""
    usd: float = 0.0
    partial: bool = field(default=False)
    """Only some of the cases were wanted."""

    def dimensions(self) -> tuple[str, ...]:
        """All that have a mark, in the order in which they are first met."""
        return tuple(dict.fromkeys(name for one in self.outcomes for name in one.marks))

    def counts(self, dimension: str) -> tuple[int, int, int]:
        """Passes, fails and errors."""
        labels = [one.marks[dimension].label for one in self.outcomes if dimension in one.marks]
        return labels.count("pass"), labels.count("fail"), labels.count("error")


def dumped(run: Run) -> dict[str, Any]:
    """What is kept of an accepted run: no answers, and a reason only for what did not pass."""
    return {
        "dataset": run.dataset,
        "judge": run.ruler.judge,
        "rubrics": dict(run.ruler.rubrics),
        "measured": {"model": run.measured.model, "responded": run.measured.responded, "prompt": run.measured.prompt},
        "cases": {
            one.id: {
                "digest": one.digest,
                "labels": {name: mark.label for name, mark in one.marks.items()},
                "reasons": {name: mark.reason[:300] for name, mark in one.marks.items() if mark.label != "pass"},
            }
            for one in run.outcomes
        },
    }


def loaded(place: str, told: Mapping[str, Any]) -> Run:
    """From what `dumped` gave. Raises KeyError, TypeError or AttributeError for anything else."""
    outcomes = tuple(
        Outcome(
            name, one["digest"], "", "", {key: Mark(label, one["reasons"].get(key, "")) for key, label in one["labels"].items()}
        )
        for name, one in told["cases"].items()
    )  # fmt: skip
    return Run(told["dataset"], place, Measured(**told["measured"]), Ruler(told["judge"], told["rubrics"]), outcomes)
