"""Turns of one conversation are not so many independent answers: what was judged of it before is remembered for a day.

Where a bad conversation is bad in all its turns, n verdicts of m conversations tell no more than m verdicts. So the sum of squared weights, by which
the effective number of verdicts is told, is of the sums of conversations: the design effect of samples of whole clusters for an intraclass
correlation of 1, which is careful for any smaller one. L. Kish, Survey Sampling (1965), section 5.4.
"""

from sqlalchemy import Connection, delete

from app.evals.verdict import Verdict

from . import schema
from .database import Database

_DAY = 86400


def weighed_before(
    database: Database, connection: Connection, cluster: str | None, verdict: Verdict, now: float
) -> float:
    """The weight of today's earlier verdicts of that conversation, model and dimension, to which this one is added; 0 without a conversation.

    By the day (UTC), so that a conversation that never ends does not weigh ever more: a ticket compares at most a day with the past. An error is
    no verdict, and adds nothing.
    """
    if cluster is None or verdict.label == "error" or not verdict.weight:
        return 0.0
    table = schema.clusters
    key = {"day": int(now // _DAY), "cluster": cluster, "model": verdict.model, "dimension": verdict.dimension}
    statement = database.insert(table).values(**key, weight=verdict.weight)
    added = statement.on_conflict_do_update(
        index_elements=list(key), set_={"weight": table.c.weight + statement.excluded.weight}
    )
    # Locks the row until the commit: of two turns that are recorded at once, the second sees the first.
    whole = connection.scalar(added.returning(table.c.weight))
    return max(0.0, (whole or 0.0) - verdict.weight)


def forgotten(connection: Connection, now: float) -> None:
    """Nothing adds to the day before yesterday."""
    connection.execute(delete(schema.clusters).where(schema.clusters.c.day < int(now // _DAY) - 1))
