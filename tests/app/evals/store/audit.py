"""Do the rows of a store agree with each other? Counted anew, by statements of this file alone."""

from functools import cache

from sqlalchemy import Engine, NullPool, create_engine, text

_SQUARES = """
SELECT model, dimension, SUM(square) FROM (
    SELECT verdicts.model, dimension, weight * weight AS square FROM evals_verdicts AS verdicts
    LEFT JOIN evals_calls AS calls ON calls.call_id = verdicts.call_id LEFT JOIN evals_items AS items ON items.id = calls.id
    WHERE label <> 'error' AND (item IS NULL OR item NOT LIKE '%"cluster":"%')
    UNION ALL SELECT model, dimension, weight * weight FROM evals_clusters
) AS squares GROUP BY model, dimension
"""
"""Of what was chosen by itself, and of each conversation that was chosen as a whole."""


def audit(url: str) -> list[str]:
    """What does not agree; empty for a store that is whole."""
    wrong: list[str] = []

    def same(what: str, kept: str, anew: str) -> None:
        one, other = (sorted(tuple(row) for row in connection.execute(text(query))) for query in (kept, anew))
        if not _near(one, other):
            wrong.append(f"{what}: {one} and {other}")

    with _engine(url).connect() as connection:
        same(
            "counts of states",
            "SELECT status, SUM(number) FROM evals_counts GROUP BY status HAVING SUM(number) <> 0",
            "SELECT status, COUNT(*) FROM evals_calls WHERE status NOT IN ('judged', 'gone') GROUP BY status",
        )
        same(
            "totals of results",
            "SELECT model, name, label, SUM(number), SUM(weight) FROM evals_totals "
            "WHERE kind = 'result' GROUP BY model, name, label",
            "SELECT model, dimension, label, COUNT(*), SUM(weight) FROM evals_verdicts GROUP BY model, dimension, label",
        )
        same(
            "squares of weights",
            "SELECT model, name, SUM(squared_weight) FROM evals_totals WHERE kind = 'result' AND label <> 'error' GROUP BY model, name",
            _SQUARES,
        )
        same(
            "cost of the judge",
            "SELECT COALESCE(SUM(number), 0) FROM evals_totals WHERE kind = 'usd'",
            "SELECT COALESCE(SUM(spent), 0) / 1e9 FROM evals_budget",
        )
        same(
            "money set aside",
            "SELECT day, reserved FROM evals_budget WHERE reserved <> 0",
            "SELECT day, SUM(amount) FROM evals_reservations GROUP BY day",
        )
        same(
            "texts",
            "SELECT id FROM evals_items",
            "SELECT id FROM evals_calls WHERE status <> 'gone'",
        )
        same(
            "what is open",
            "SELECT call_id FROM evals_calls WHERE due IS NOT NULL",
            "SELECT call_id FROM evals_calls WHERE status IN ('waiting', 'delayed', 'running')",
        )
    return wrong


@cache
def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def _near(one: list[tuple[object, ...]], other: list[tuple[object, ...]]) -> bool:
    def rounded(rows: list[tuple[object, ...]]) -> list[list[object]]:
        return [[cell if isinstance(cell, str) else round(float(str(cell)), 6) for cell in row] for row in rows]

    return rounded(one) == rounded(other)
