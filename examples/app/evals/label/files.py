"""Labels from elsewhere and for elsewhere: JSON lines with call_id, dimension, rubric, label and by."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.evals.judge.rubric import version_of
from app.evals.settings import Dimension
from app.evals.store import Store


@dataclass(frozen=True, slots=True)
class Label:
    """One person's word on one answer."""

    call_id: str
    dimension: str
    rubric: str
    label: str
    by: str


def read(lines: Iterable[str], dimensions: Sequence[Dimension], by: str) -> list[Label]:
    """All of them, or none: raises ValueError with the first line that is wrong and what it should be.

    Without a `rubric` a label is of the rubric as it is now, without a `by` it is `by`'s. Other fields are left out.
    """
    names = {one.name: one for one in dimensions}
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(_label(json.loads(line), names, by))
        except (KeyError, TypeError, ValueError) as error:
            said = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            raise ValueError(f"line {number}: {said}; nothing was imported") from None
    return found


def keep(store: Store, labels: Iterable[Label]) -> int:
    """Write them; how many. Raises StoreError."""
    count = 0
    for one in labels:
        store.label(one.call_id, one.dimension, one.rubric, one.label, one.by)
        count += 1
    return count


def written(store: Store, dimensions: Sequence[Dimension]) -> Iterator[str]:
    """Every label that stands beside a verdict, as lines that `read` takes; with what the judge said, for people who look for its mistakes."""
    for dimension in dimensions:
        for one in store.labelled(dimension.name):
            told = {
                "call_id": one.call_id, "dimension": dimension.name, "rubric": one.rubric, "label": one.human, "by": one.by,
                "judge": one.judge, "model": one.model,
            }  # fmt: skip
            yield json.dumps(told, ensure_ascii=False) + "\n"


def _label(told: Any, names: dict[str, Dimension], by: str) -> Label:
    if not isinstance(told, dict):
        raise ValueError("a label is a JSON object")  # noqa: TRY004  # caught with the others
    call_id, name, label = told["call_id"], told["dimension"], told["label"]
    if not isinstance(call_id, str) or not call_id:
        raise ValueError("call_id is a text")
    if not isinstance(name, str) or name not in names:
        raise ValueError(f"no dimension {name!r}: there are {', '.join(names)}")
    if label not in ("pass", "fail"):  # a tuple: what stands there need not be hashable
        raise ValueError(f"label is pass or fail, not {label!r}")
    rubric, person = told.get("rubric") or version_of(names[name]), told.get("by") or by
    if not isinstance(rubric, str) or not isinstance(person, str):
        raise ValueError("rubric and by are texts")  # noqa: TRY004  # caught with the others
    return Label(call_id, name, rubric, label, person)
