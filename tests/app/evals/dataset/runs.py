"""Runs made by hand."""

from collections.abc import Mapping

from app.evals.dataset.result import EXPECTED, Mark, Measured, Outcome, Ruler, Run

RUBRICS = {"groundedness": "aaaaaaaaaaaa", "tone": "bbbbbbbbbbbb"}


def outcome(
    name: str, labels: Mapping[str, str], digest: str = "d", answer: str = "An answer.", reason: str = "so"
) -> Outcome:
    marks = {key: Mark(label, reason) for key, label in labels.items()}  # type: ignore[arg-type]
    return Outcome(name, digest, f"What is {name}?", answer, marks, "A good one.")


def run(
    outcomes: list[Outcome], *, rubrics: Mapping[str, str] = RUBRICS, judge: str = "judge-1", place: str = "model: provider, judge: provider",
    dataset: str = "v1", incomplete: str = "", partial: bool = False,
) -> Run:  # fmt: skip
    return Run(
        dataset, place, Measured("m1", "m1-2026-01-01", "answer-1"), Ruler(judge, rubrics), tuple(outcomes), incomplete, 0.0, partial
    )  # fmt: skip


def of(labels: str, dimension: str = "groundedness", **more: object) -> Run:
    """A run of one dimension, a letter a case: p, f or e."""
    words = {"p": "pass", "f": "fail", "e": "error"}
    return run([outcome(f"q{number}", {dimension: words[letter]}) for number, letter in enumerate(labels)], **more)  # type: ignore[arg-type]


__all__ = ["EXPECTED", "RUBRICS", "of", "outcome", "run"]
