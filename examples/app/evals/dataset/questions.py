"""The questions, and what is expected of their answers."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from app.evals.dataset.rows import HERE, Rows, digest, texts

Expect = Literal["answer", "refuse", "cannot"]
_NEEDED = frozenset(("id", "question", "expect"))
_KNOWN = _NEEDED | {"must_mention", "must_not_mention", "reference"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    `expect` is `answer`, `refuse` (the model should decline), or `cannot` (the passages do not hold it, and the answer should say so).
    Of each tuple in `must_mention` one has to be there. `reference` is a good answer, for who reads the report.
    """

    id: str
    question: str
    expect: Expect
    must_mention: tuple[tuple[str, ...], ...] = ()
    must_not_mention: tuple[str, ...] = ()
    reference: str = ""
    digest: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Questions:
    """All of them; `version` is the hash of their file."""

    version: str
    all: tuple[Question, ...]


def load(path: Path = HERE / "questions.jsonl") -> Questions:
    """Read a file. Raises OSError, and ValueError with the line of what is wrong."""
    rows = Rows(path, _KNOWN, _NEEDED)
    return Questions(rows.version, tuple(_question(row) for row in rows))


def _question(row: dict[str, Any]) -> Question:
    if row["expect"] not in get_args(Expect):
        raise ValueError(f"{row['id']}: expect is one of {', '.join(get_args(Expect))}, not {row['expect']!r}")
    # The reference is for people; a better one leaves the comparison as it is.
    counts = {name: value for name, value in row.items() if name != "reference"}
    return Question(
        row["id"], row["question"], row["expect"], _mentions(row), texts(row, "must_not_mention"),
        str(row.get("reference", "")), digest(counts),
    )  # fmt: skip


def _mentions(row: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    found = row.get("must_mention", [])
    if not isinstance(found, list):
        raise ValueError(f"{row['id']}: must_mention is a list")  # noqa: TRY004  # ValueError is promised
    return tuple((one,) if isinstance(one, str) else texts({"id": row["id"], "must_mention": one}, "must_mention") for one in found)  # fmt: skip
