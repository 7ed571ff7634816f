"""The tables, one schema for SQLite and PostgreSQL.

What changes often (`evals_calls`) is apart from what is large (`evals_items`): a claim rewrites a row of a hundred bytes, not an answer.
Columns that are NULL outside one part of a call's life (`due`, `closed`, `unlogged`) carry partial indexes: each index holds
what is still to be done, not all that ever was.
"""

from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger, Column, Double, Index, Integer, MetaData, Table, Text
from sqlalchemy.engine import Dialect

VERSION = 2
"""Of the schema. A store that was written by a newer one is refused; a change of the tables comes with a migration from the one before."""

WAITING, DELAYED, RUNNING, JUDGED, DEAD, SKIPPED, GONE = (
    "waiting", "delayed", "running", "judged", "dead", "skipped", "gone",
)  # fmt: skip


def clean(text: str) -> str:
    """What both databases take as text: no NUL, which PostgreSQL refuses, and no half of a surrogate pair."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


class Words(sqlalchemy.TypeDecorator[str]):
    """Text from outside."""

    impl, cache_ok = Text, True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Cleaned on the way in, in comparisons too."""
        return None if value is None else clean(value)


# SQLite counts up by itself only in a column that is called INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")
tables = MetaData()


def _words(name: str, **more: Any) -> Column[str]:
    return Column(name, Words, nullable=False, **more)


def _double(name: str, **more: Any) -> Column[float]:
    return Column(name, Double, **{"nullable": False, **more})


meta = Table("evals_meta", tables, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

calls = Table(
    "evals_calls",
    tables,
    Column("id", _Number, primary_key=True, autoincrement=False),
    _words("call_id"),
    _words("status"),
    # From when on it may be claimed: 0 for what waits, the end of the lease for what runs. NULL: nobody waits for it.
    _double("due", nullable=True),
    # When it was judged or set aside; NULL before, and once its texts are removed (then its status is "gone").
    _double("closed", nullable=True),
    _double("ended"),
    Column("token", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    # How many leases ran out before anybody said what had become of it.
    Column("deaths", Integer, nullable=False),
    _words("model"),
    _words("reason"),
)
Index("evals_calls_call_id", calls.c.call_id, unique=True)
for _name, _columns, _part in (
    ("due", (calls.c.status, calls.c.due, calls.c.id), calls.c.due.is_not(None)),
    ("ended", (calls.c.ended,), calls.c.due.is_not(None)),
    ("closed", (calls.c.status, calls.c.closed, calls.c.id), calls.c.closed.is_not(None)),
):
    Index(f"evals_calls_{_name}", *_columns, sqlite_where=_part, postgresql_where=_part)

IS_GONE = sqlalchemy.text("status = 'gone'")
"""As it stands in an index: a statement that is to use it says the same, word for word."""
Index("evals_calls_gone", calls.c.ended, sqlite_where=IS_GONE, postgresql_where=IS_GONE)

items = Table("evals_items", tables, Column("id", _Number, primary_key=True, autoincrement=False), _words("item"))

verdicts = Table(
    "evals_verdicts",
    tables,
    Column("id", _Number, primary_key=True),
    _words("call_id"),
    _words("dimension"),
    _words("rubric"),
    _words("label"),
    _double("score", nullable=True),
    _words("reason"),
    _words("quotes"),
    _words("judge"),
    _double("usd"),
    _double("at"),
    _words("model"),
    _double("weight"),
    Column("unlogged", Integer),
    sqlalchemy.UniqueConstraint("call_id", "dimension", "rubric"),
)
Index("evals_verdicts_at", verdicts.c.at)
Index("evals_verdicts_label", verdicts.c.label, verdicts.c.at, verdicts.c.dimension)
SPEAKS = sqlalchemy.text("(reason <> '' OR quotes <> '[]')")
"""What a judge said of an answer, which may be the words of whoever asked, is still there."""
Index("evals_verdicts_words", verdicts.c.at, sqlite_where=SPEAKS, postgresql_where=SPEAKS)
_unlogged = verdicts.c.unlogged.is_not(None)
Index("evals_verdicts_unlogged", verdicts.c.id, sqlite_where=_unlogged, postgresql_where=_unlogged)

counts = Table(
    "evals_counts",
    tables,
    Column("status", Text, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),
    sqlalchemy.PrimaryKeyConstraint("status", "shard"),
)

totals = Table(
    "evals_totals",
    tables,
    _words("worker"),
    _words("kind"),
    _words("model"),
    _words("name"),
    _words("label"),
    _double("number"),
    _double("weight"),
    _double("squared_weight"),
    sqlalchemy.PrimaryKeyConstraint("worker", "kind", "model", "name", "label"),
)

# A day's conversations that were judged as a whole, and the weight of their verdicts; gone two days later.
clusters = Table(
    "evals_clusters",
    tables,
    Column("day", Integer, nullable=False),
    _words("cluster"),
    _words("model"),
    _words("dimension"),
    _double("weight"),
    sqlalchemy.PrimaryKeyConstraint("day", "cluster", "model", "dimension"),
)

# Versions of prompts and models: when a call of one ended last, and for how long calls of any of them had come by then.
seen = Table(
    "evals_seen",
    tables,
    _words("model"),
    _words("kind"),
    _words("value"),
    _double("last"),
    _double("busy"),
    sqlalchemy.PrimaryKeyConstraint("model", "kind", "value"),
)

# Workers that are alive, by their names; see names.py.
names = Table(
    "evals_names", tables, _words("name", primary_key=True), _words("place"), _words("life"), _words("host"), _double("until")
)  # fmt: skip

budget = Table(
    "evals_budget",
    tables,
    _words("day", primary_key=True),
    Column("spent", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
)
reservations = Table(
    "evals_reservations",
    tables,
    Column("id", Text, primary_key=True),
    _words("day"),
    Column("amount", BigInteger, nullable=False),
    _double("expires"),
)
Index("evals_reservations_day", reservations.c.day, reservations.c.expires)

labels = Table(
    "evals_labels",
    tables,
    _words("call_id"),
    _words("dimension"),
    _words("rubric"),
    _words("by"),
    _words("label"),
    Column("chars", Integer, nullable=False),
    _double("at"),
    sqlalchemy.PrimaryKeyConstraint("dimension", "call_id", "rubric", "by"),
)
state = Table("evals_state", tables, _words("key", primary_key=True), _words("value"))
