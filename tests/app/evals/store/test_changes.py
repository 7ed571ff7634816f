"""A version of a prompt or a model that comes back is a change like a new one; two side by side are not one with every call."""

import itertools
from collections.abc import Callable

import pytest
from app.evals.item import Item
from app.evals.store import Store

from tests.app.evals.store.answers import item

HOUR, DAY = 3_600.0, 86_400.0
NOW = 1_000_000.0
_numbers = itertools.count(1)


def calls(version: str, since: float, until: float, each: float = 600.0) -> list[Item]:
    """Of that version of the prompt, one in so many seconds."""
    times = [since + place * each for place in range(int((until - since) / each))]
    return [item(next(_numbers), prompt_version=version, ended=at) for at in times]


def changes(store: Store, items: list[Item], at_once: int) -> int:
    """After they have arrived, so many in a batch."""
    for start in range(0, len(items), at_once):
        store.put(items[start : start + at_once], worker="w")
    return store.totals("w").changes.get(("m1", "prompt"), 0)


@pytest.mark.parametrize("at_once", [1, 7, 1_000])
def test_a_prompt_that_is_rolled_back_is_a_change(store: Store, at_once: int) -> None:
    """Each time; a batch may hold many of them."""
    found = [
        one for turn in range(5) for one in calls(f"v{turn % 2}", NOW + turn * 2 * HOUR, NOW + (turn + 1) * 2 * HOUR)
    ]
    assert changes(store, found, at_once) == 4


@pytest.mark.parametrize("at_once", [1, 1_000])
def test_two_side_by_side_count_once(store: Store, at_once: int) -> None:
    """Through the nights, in which nobody calls, and where one of ten goes to the new one."""
    found = [
        one
        for day in range(4)
        for version, since, each in (("v1", 0.0, 200.0), ("v2", 100.0, 1_500.0))
        for one in calls(version, NOW + day * DAY + since, NOW + day * DAY + 8 * HOUR, each)
    ]
    assert changes(store, sorted(found, key=lambda one: one.ended), at_once) == 1


def test_silence_is_no_change(store: Store) -> None:
    """Nobody else has answered meanwhile."""
    assert changes(store, calls("v1", NOW, NOW + HOUR) + calls("v1", NOW + 3 * DAY, NOW + 3 * DAY + HOUR), 5) == 0


def test_what_arrives_late_brings_nothing_back(opened: Callable[..., Store]) -> None:
    """The spool of a machine that was off for a day, through a process of its own, holds what was before the change."""
    there, late = opened(), opened()
    assert changes(there, calls("v1", NOW, NOW + 4 * HOUR), 5) == 0
    old = calls("v1", NOW + 4 * HOUR, NOW + 5 * HOUR, 60.0)
    assert changes(there, calls("v2", NOW + 5 * HOUR, NOW + DAY), 5) == 1
    assert changes(late, old, 5) == 1
    assert changes(there, calls("v2", NOW + DAY, NOW + DAY + HOUR), 5) == 1
    assert changes(late, calls("v1", NOW + DAY + HOUR, NOW + DAY + 2 * HOUR), 5) == 2


def test_batches_that_overtake_each_other_count_the_same(store: Store) -> None:
    """Two machines that ship in turns, one of them half an hour behind."""
    found = calls("v1", NOW, NOW + 6 * HOUR, 60.0) + calls("v2", NOW + 6 * HOUR, NOW + 12 * HOUR, 60.0)
    behind = [one for place, one in enumerate(found) if place % 2]
    ahead = [one for place, one in enumerate(found) if not place % 2]
    order = sorted(
        [(one.ended, one) for one in ahead] + [(one.ended + 1_800, one) for one in behind], key=lambda pair: pair[0]
    )
    assert changes(store, [one for _at, one in order], 10) == 1


def test_a_clock_that_is_ahead_hides_no_change(store: Store) -> None:
    """By years, for one call."""
    found = [*calls("v1", NOW, NOW + HOUR), item(next(_numbers), prompt_version="v1", ended=9e9)]
    assert changes(store, found, 100) == 0
    assert changes(store, calls("v2", NOW + HOUR, NOW + 2 * HOUR), 100) == 1
