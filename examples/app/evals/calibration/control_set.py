"""The control set: answers that never change, with what a careful person says of them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.evals.item import Item

FILE = Path(__file__).parent.parent / "data" / "control.jsonl"
_LABELS = {"pass", "fail"}


@dataclass(frozen=True, slots=True)
class Control:
    """One of them; `labels` are by dimension, and there are none in dimensions of your own."""

    name: str
    question: str
    passages: tuple[str, ...]
    answer: str
    labels: Mapping[str, str]

    @property
    def item(self) -> Item:
        """As a judge gets it; it looks like any other answer."""
        call_id = hashlib.sha256(f"control/{self.name}".encode()).hexdigest()[:32]
        return Item(
            call_id, "chat", "control", "", self.question, self.answer, self.passages, "ok", 1.0, "control", 0.0
        )


def load(path: Path = FILE) -> tuple[Control, ...]:
    """All of them, in the file's order. Raises OSError, and ValueError with the line that is wrong."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            told = json.loads(line)
            one = Control(
                told["id"], told["question"], tuple(told["passages"]), told["answer"], _labels(told.get("labels", {}))
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path.name}, line {number}: a control is a JSON object with id, question, passages, answer and labels ({error!r})"
            ) from None
        found.append(one)
    names = [one.name for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{path.name}: the id {twice[0]!r} is there twice; each has its own")
    return tuple(found)


def fingerprint(controls: Sequence[Control]) -> str:
    """Twelve hexadecimal digits that change with any text of the set, and not with its labels."""
    texts = [[one.name, one.question, one.passages, one.answer] for one in controls]
    return hashlib.sha256(json.dumps(texts, ensure_ascii=True).encode()).hexdigest()[:12]


def _labels(told: Any) -> Mapping[str, str]:
    if not isinstance(told, dict) or not set(told.values()) <= _LABELS:
        raise ValueError("labels are pass or fail, by dimension")
    return told
