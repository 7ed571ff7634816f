"""The names of all workers of a store: their totals are kept one by one, and people ask for the sum."""

from collections.abc import Mapping
from typing import TypeAlias

from app.evals.store import Store

KEY = "workers"
Counts: TypeAlias = tuple[int, float, float]
"""Verdicts, the sum of their weights, the sum of the squares of those."""


def register(store: Store, worker: str) -> None:
    """Add a name; raises what the store raises. Two that do so at the same moment may leave one out until the next start of it."""
    known = names(store)
    if worker not in known:
        store.set_state(KEY, [*known, worker])


def names(store: Store) -> list[str]:
    """Of all that ever worked here."""
    found = store.state(KEY)
    return [str(one) for one in found] if isinstance(found, list) else []


def results(store: Store) -> Mapping[tuple[str, str], Counts]:
    """What all workers counted, by dimension and label."""
    found: dict[tuple[str, str], Counts] = {}
    for worker in names(store):
        for (_model, dimension, label), more in store.totals(worker).results.items():
            one = found.get((dimension, label), (0, 0.0, 0.0))
            found[dimension, label] = (one[0] + more[0], one[1] + more[1], one[2] + more[2])
    return found
