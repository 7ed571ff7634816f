"""What people say of answers that a judge has judged: whom to ask about, and what they said."""

import hashlib
import time
from typing import Any

from sqlalchemy import Connection, exists, select

from app.evals.item import Item

from . import schema
from .database import Part
from .values import Labelled, Row
from .verdicts import rows

_LOOKED_AT = 5_000
"""Newest verdicts of each label from which those to be labelled are drawn."""
_verdicts, _labels, _calls = schema.verdicts.c, schema.labels.c, schema.calls.c


class Labels(Part):
    """Labels by people; the last of a person about an answer is the one that counts."""

    def to_label(
        self, dimension: str, most: int, seed: int | str, by_model: bool = True, by: str | None = None,
        rubric: str | None = None,
    ) -> list[Row]:  # fmt: skip
        """Judged answers whose texts are still there and which `by` (None: nobody) has not labelled yet; one verdict an answer.

        As many that passed as failed, as far as there are, and as many of each model; in an order that tells nothing, the same for
        the same seed. Only of one version of the rubric where that is given.
        """
        with self._database.read() as connection:
            found = [
                row
                for label in ("fail", "pass")
                for row in _candidates(connection, dimension, label, by, rubric)
            ]  # fmt: skip
            chosen = _balanced(found, most, str(seed), by_model)
            told = rows(connection, select(schema.verdicts).where(_verdicts.id.in_(chosen)))
        # By another shuffle than the one that chose: by that one, the label of which there are more would come first.
        return sorted(told, key=lambda row: _shuffled(f"order/{seed}", row.verdict.call_id))

    def label(
        self, call_id: str, dimension: str, rubric: str, label: str, by: str, now: float | None = None
    ) -> None:  # fmt: skip
        """A person's word: `pass` or `fail`. Raises ValueError for another, StoreError."""
        if label not in {"pass", "fail"}:
            raise ValueError(f"a label is pass or fail, not {label!r}")
        now = time.time() if now is None else now
        key = {"call_id": call_id, "dimension": dimension, "rubric": rubric, "by": by}
        with self._database.write() as connection:
            row = {**key, "label": label, "chars": _chars(connection, call_id), "at": now}
            statement = self._database.insert(schema.labels)
            again = {"label": statement.excluded.label, "at": statement.excluded.at}
            connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=again), row)

    def labelled(self, dimension: str, rubric: str | None = None) -> list[Labelled]:
        """Answers with a label and a verdict by the same rubric, one for each person, the oldest label first; not where the judge gave none that holds."""
        verdicts, labels = schema.verdicts, schema.labels
        same = (_labels.call_id == _verdicts.call_id) & (_labels.dimension == _verdicts.dimension)
        statement = (
            select(
                _labels.call_id, _verdicts.model, _labels.label, _verdicts.label, _labels.chars, _labels.rubric, _labels.by,
                _verdicts.judge, _verdicts.weight,
            )
            .join_from(labels, verdicts, same & (_labels.rubric == _verdicts.rubric))
            .where(_labels.dimension == dimension, _verdicts.label != "error")
            .order_by(_labels.at, _labels.call_id, _labels.by)
        )  # fmt: skip
        if rubric is not None:
            statement = statement.where(_labels.rubric == rubric)
        with self._database.read() as connection:
            return [Labelled(*row) for row in connection.execute(statement)]


def _candidates(connection: Connection, dimension: str, label: str, by: str | None, rubric: str | None) -> list[Any]:
    done = exists().where(_labels.dimension == _verdicts.dimension, _labels.call_id == _verdicts.call_id)
    statement = (
        select(_verdicts.id, _verdicts.call_id, _verdicts.model, _verdicts.label)
        .join_from(schema.verdicts, schema.calls, _calls.call_id == _verdicts.call_id)
        .where(_verdicts.label == label, _verdicts.dimension == dimension)
        # A call that is closed or still open has its texts; both are NULL once those are removed.
        .where(_calls.closed.is_not(None) | _calls.due.is_not(None))
        .where(~(done if by is None else done.where(_labels.by == by)))
        .order_by(_verdicts.at.desc(), _verdicts.id.desc())
        .limit(_LOOKED_AT)
    )
    if rubric is not None:
        statement = statement.where(_verdicts.rubric == rubric)
    return list(connection.execute(statement))


def _balanced(found: list[Any], most: int, seed: str, by_model: bool) -> list[int]:
    """Round and round the groups, a random one of each, until there are enough."""
    newest: dict[str, Any] = {}
    for row in sorted(found, key=lambda row: -row.id):
        newest.setdefault(row.call_id, row)
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in sorted(newest.values(), key=lambda row: _shuffled(seed, row.call_id)):
        groups.setdefault((row.label, row.model if by_model else ""), []).append(row)
    # Turn by turn between the labels first: a model that always passes must not crowd out what failed.
    turns = {label: [rows for key, rows in sorted(groups.items()) if key[0] == label] for label in ("fail", "pass")}
    queues = [[row for rows in _rounds(turns[label]) for row in rows] for label in ("fail", "pass")]
    return [row.id for rows in _rounds(queues) for row in rows][:most]


def _rounds(groups: list[list[Any]]) -> list[list[Any]]:
    longest = max(map(len, groups), default=0)
    return [[group[place] for group in groups if place < len(group)] for place in range(longest)]


def _shuffled(seed: str, call_id: str) -> bytes:
    return hashlib.sha256(schema.clean(f"{seed}/{call_id}").encode()).digest()


def _chars(connection: Connection, call_id: str) -> int:
    statement = (
        select(schema.items.c.item)
        .join_from(schema.calls, schema.items, _calls.id == schema.items.c.id)
        .where(_calls.call_id == call_id)
    )
    text = connection.scalar(statement)
    try:
        return 0 if text is None else len(Item.loaded(text).answer)
    except ValueError:
        return 0
