"""What each worker has counted, ever: metrics are read from here, so that no crash loses a count or counts twice."""

from typing import Any

from sqlalchemy import Connection, select

from . import schema
from .database import Database, Part
from .values import Totals

RESULT, USD, DROPPED, CHANGE = "result", "usd", "dropped", "change"
_SUMS = ("number", "weight", "squared_weight")


def total(
    worker: str,
    kind: str,
    *,
    model: str = "",
    name: str = "",
    label: str = "",
    number: float = 1,
    weight: float = 0.0,
    before: float = 0.0,
) -> dict[str, Any]:
    """One thing to count, as a row to add; `before` is the weight of what was counted of the same conversation.

    The squares are of sums: (before + weight)^2 - before^2 is what this one adds, so that in the end each conversation counts once.
    """
    return {
        "worker": worker, "kind": kind, "model": model, "name": name, "label": label,
        "number": number, "weight": weight, "squared_weight": weight * weight + 2 * before * weight,
    }  # fmt: skip


def count(database: Database, connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add to the totals, within somebody's transaction."""
    database.add(connection, schema.totals, rows, *_SUMS)


class TotalsPart(Part):
    """Totals of workers by their names, which outlive their processes."""

    def totals(self, worker: str) -> Totals:
        """All that a worker of this name ever counted."""
        with self._database.read() as connection:
            rows = connection.execute(select(schema.totals).where(schema.totals.c.worker == worker)).all()
        results = {
            (row.model, row.name, row.label): (round(row.number), row.weight, row.squared_weight)
            for row in rows
            if row.kind == RESULT
        }
        return Totals(
            results,
            sum((row.number for row in rows if row.kind == USD), 0.0),
            {row.name: round(row.number) for row in rows if row.kind == DROPPED},
            {(row.model, row.name): round(row.number) for row in rows if row.kind == CHANGE},
        )

    def count_dropped(self, worker: str, reason: str, number: int = 1) -> None:
        """Answers that will not be judged; `reason` becomes a label, so it is one of a few words."""
        with self._database.write() as connection:
            count(self._database, connection, [total(worker, DROPPED, name=reason, number=number)])
