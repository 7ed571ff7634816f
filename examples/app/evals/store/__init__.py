"""What is to be judged and what was, kept through any crash: SQLite by default, PostgreSQL by URL."""

from .error import StoreError
from .names import Holder
from .open import open_store
from .state import JSON
from .store import Store
from .values import Claim, Dead, Depth, Labelled, Put, Reservation, Row, Spent, Stratum, Totals

__all__ = [
    "JSON",
    "Claim",
    "Dead",
    "Depth",
    "Holder",
    "Labelled",
    "Put",
    "Reservation",
    "Row",
    "Spent",
    "Store",
    "StoreError",
    "Stratum",
    "Totals",
    "open_store",
]
