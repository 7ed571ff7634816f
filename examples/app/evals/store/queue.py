"""Who judges what: claims with a lease, and a token that tells the present owner from one who came back too late.

What has begun comes before what has not (leases that ran out, then answers put off whose time has come), and among new ones the oldest.
An answer may kill whoever judges it, and whatever is judged beside it is no less suspect then: what has lost several workers is claimed one at a
time, so that the others get through, and what goes on losing them is given up.
"""

import time
from typing import Any

from sqlalchemy import Connection, literal, select, update

from app.evals.item import Item

from . import schema
from .counts import moved
from .database import Part
from .totals import DROPPED, count, total
from .values import Claim

SUSPECT, MOST_DEATHS = 3, 10
"""Leases that ran out (a worker that died, or hung) after which an answer is claimed alone, and after which it is given up."""
_calls = schema.calls.c


class Queue(Part):
    """Claims, and what becomes of them; each method but `claim` says False where the claim was lost meanwhile, and changes nothing."""

    def claim(self, worker: str, most: int, lease_seconds: float, now: float | None = None) -> list[Claim]:
        """At most that many answers, to be judged before the lease ends; `extend` it in time. Raises StoreError."""
        if most <= 0:
            return []
        now = time.time() if now is None else now
        with self._database.write() as connection:
            picked, changes = _next(connection, most, now, now + lease_seconds)
            claims, hopeless = _claims(connection, picked, worker)
            for row, reason in hopeless:
                _set(connection, _calls.id == row.id, schema.DEAD, None, closed=now, reason=reason)
            count(self._database, connection, _dropped(worker, "dead", len(hopeless)))
            changes[schema.RUNNING] += len(claims)
            moved(self._database, connection, {**changes, schema.DEAD: len(hopeless)})
        return claims

    def extend(self, claim: Claim, lease_seconds: float, now: float | None = None) -> bool:
        """The heartbeat: the lease ends that much after now."""
        return self._turned(claim, schema.RUNNING, (time.time() if now is None else now) + lease_seconds)

    def finish(self, claim: Claim) -> bool:
        """All its verdicts are recorded."""
        return self._turned(claim, schema.JUDGED, None, closed=time.time(), reason="")

    def postpone(self, claim: Claim, reason: str, seconds: float, now: float | None = None) -> bool:
        """Try again later, by whoever is free then."""
        due = (time.time() if now is None else now) + seconds
        return self._turned(claim, schema.DELAYED, due, reason=reason)

    def bury(self, claim: Claim, reason: str) -> bool:
        """Give it up, until somebody asks for a `retry`; counted as dropped (`dead`) by the claim's worker."""
        return self._turned(claim, schema.DEAD, None, "dead", closed=time.time(), reason=reason)

    def skip(self, claim: Claim, reason: str) -> bool:
        """Leave it unjudged for want of money, until somebody asks for a `retry`; counted as dropped (`budget`) by the claim's worker."""
        return self._turned(claim, schema.SKIPPED, None, "budget", closed=time.time(), reason=reason)

    def give_back(self, claim: Claim) -> bool:
        """Put it back where it was, as if it had never been claimed."""
        return self._turned(claim, schema.WAITING, 0.0, attempt=_calls.attempt - 1)

    def _turned(self, claim: Claim, status: str, due: float | None, dropped: str = "", **more: Any) -> bool:
        with self._database.write() as connection:
            if not _set(connection, owned(claim), status, due, **more):
                return False
            count(self._database, connection, _dropped(claim.worker, dropped, int(bool(dropped))))
            if status != schema.RUNNING:
                moved(self._database, connection, {schema.RUNNING: -1, status: 1})
        return True


def owned(claim: Claim) -> Any:
    """The row of a claim, as long as nobody else has it; a lease that ran out is no matter until somebody takes it."""
    return (
        (_calls.call_id == claim.item.call_id) & (_calls.token == claim.token) & (_calls.status == schema.RUNNING)
    )  # fmt: skip


def _set(connection: Connection, where: Any, status: str, due: float | None, **more: Any) -> int:
    changed = connection.execute(update(schema.calls).where(where).values(status=status, due=due, **more))
    return changed.rowcount


def _next(connection: Connection, most: int, now: float, until: float) -> tuple[list[Any], dict[str, int]]:
    """What is claimed, and how many fewer there are now in each state."""
    if suspect := _suspect(connection, now, until):
        return suspect, {schema.RUNNING: -1}
    picked: list[Any] = []
    changes: dict[str, int] = {}
    for status in (schema.RUNNING, schema.DELAYED, schema.WAITING):
        if len(picked) < most:
            ready = [_calls.status == literal(status), _calls.due <= now]
            if status == schema.RUNNING:
                found = _changed(connection, [*ready, _calls.deaths < SUSPECT - 1], most, until, deaths=1)
            else:
                found = _changed(connection, ready, most - len(picked), until)
            changes[status] = -len(found)
            picked += found
    return picked, changes


def _suspect(connection: Connection, now: float, until: float) -> list[Any]:
    """One that has lost its worker too often to be judged beside others like it; none while another such is with a worker."""
    running = _calls.status == literal(schema.RUNNING)
    expired = [running, _calls.due <= now, _calls.deaths >= SUSPECT - 1]
    if connection.scalar(select(_calls.id).where(*expired).limit(1)) is None:
        return []
    judged = select(_calls.id).where(running, _calls.due > now, _calls.deaths >= SUSPECT).limit(1)
    return [] if connection.scalar(judged) is not None else _changed(connection, expired, 1, until, deaths=1)


def _changed(connection: Connection, ready: list[Any], most: int, until: float, deaths: int = 0) -> list[Any]:
    # Rows that another claim holds at this moment are passed over: PostgreSQL would wait for them, SQLite has no two at a time.
    oldest = (
        select(_calls.id)
        .where(*ready)
        .order_by(_calls.due, _calls.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("oldest")
    )
    statement = (
        update(schema.calls)
        .where(_calls.id.in_(select(oldest.c.id)))
        .values(
            status=schema.RUNNING,
            due=until,
            token=_calls.token + 1,
            attempt=_calls.attempt + 1,
            deaths=_calls.deaths + deaths,
        )
        .returning(_calls.id, _calls.call_id, _calls.token, _calls.attempt, _calls.deaths)
    )
    # RETURNING promises no order. What was put off is no older for a smaller id, but the batch is claimed as a whole.
    return sorted(connection.execute(statement).all(), key=lambda row: row.id)


def _claims(connection: Connection, picked: list[Any], worker: str) -> tuple[list[Claim], list[tuple[Any, str]]]:
    if not picked:
        return [], []
    ids, names = [row.id for row in picked], [row.call_id for row in picked]
    items = schema.items.c
    texts = {row.id: row.item for row in connection.execute(select(items.id, items.item).where(items.id.in_(ids)))}
    verdicts = schema.verdicts.c
    judged: dict[str, set[tuple[str, str]]] = {}
    done = select(verdicts.call_id, verdicts.dimension, verdicts.rubric).where(verdicts.call_id.in_(names))
    for call_id, dimension, rubric in connection.execute(done):
        judged.setdefault(call_id, set()).add((dimension, rubric))
    claims, hopeless = [], []
    for row in picked:
        if row.deaths >= MOST_DEATHS:
            hopeless.append((row, f"its worker died {row.deaths} times"))
            continue
        try:
            item = Item.loaded(texts[row.id])
        except (KeyError, ValueError) as error:
            hopeless.append((row, f"its text in the store cannot be read: {error}"))
            continue
        claims.append(Claim(item, row.token, row.attempt, frozenset(judged.get(row.call_id, ())), worker))
    return claims, hopeless


def _dropped(worker: str, reason: str, number: int) -> list[dict[str, Any]]:
    return [total(worker, DROPPED, name=reason, number=number)] if number else []
