"""A verdict, the totals and the money are one transaction, and each counts once."""

import math
import threading
from collections.abc import Callable

import pytest
from app.evals.item import Item
from app.evals.statistics import effective_n
from app.evals.store import Spent, Store, rulers
from sqlalchemy import create_engine, text

from tests.app.evals.store.answers import item, verdict
from tests.app.evals.store.audit import audit
from tests.app.evals.store.test_plans import listening

NOW = 1_000_000.0


def test_a_verdict_is_recorded_once(store: Store, url: str) -> None:
    """The second by the same rubric counts nothing but its own money; another rubric is another verdict."""
    store.put([item(1)])
    (claim,) = store.claim("w", 1, 60)
    first, second, third = (store.reserve(1.0, 10.0, 60, "d") for _ in range(3))
    assert store.record(claim, verdict(1), first, "w")
    assert not store.record(claim, verdict(1, label="fail"), second, "w")
    assert store.record(claim, verdict(1, rubric="r2", label="error", usd=0.5), third, "w")
    found = store.totals("w")
    assert found.results == {
        ("m1", "groundedness", "pass"): (1, 4.0, 16.0),
        ("m1", "groundedness", "error"): (1, 4.0, 16.0),
    }
    assert found.judge_usd == 1.0
    assert store.spent("d") == Spent(1.0, 0.0)
    assert [row.verdict.label for row in store.verdicts(newest_first=False)] == ["pass", "error"]
    assert audit(url) == []


def test_the_same_recorded_again_after_no_answer_changes_nothing(store: Store, url: str) -> None:
    """Who lost the connection at the commit does not know, and asks again."""
    store.put([item(1)])
    (claim,) = store.claim("w", 1, 60)
    reservation = store.reserve(1.0, 10.0, 60, "d")
    assert store.record(claim, verdict(1), reservation, "w")
    assert not store.record(claim, verdict(1), reservation, "w")
    assert reservation is not None
    store.settle(reservation, 1.0, worker="w")
    assert (store.spent("d").usd, store.totals("w").judge_usd) == (0.25, 0.25)
    assert audit(url) == []


def test_the_money_of_a_lost_claim_is_spent_all_the_same(store: Store, url: str) -> None:
    store.put([item(1)])
    (late,) = store.claim("a", 1, 60, NOW)
    store.claim("b", 1, 60, NOW + 60)
    reservation = store.reserve(1.0, 10.0, 60, "d")
    assert not store.record(late, verdict(1), reservation, "a")
    assert store.verdicts() == []
    assert store.totals("a").results == {}
    assert (store.totals("a").judge_usd, store.spent("d")) == (0.25, Spent(0.25, 0.0))
    assert audit(url) == []


def test_without_a_claim_and_without_money(store: Store) -> None:
    """A control set is judged outside the queue: its row has what the verdict says, and its cost counts with it."""
    assert store.record(None, verdict(7, weight=0.0), worker="control")
    assert not store.record(None, verdict(7, weight=0.0), worker="control")
    (row,) = store.verdicts()
    assert (row.item.call_id, row.item.model, row.item.answer, row.at) == (verdict(7).call_id, "m1", "", 1_000_007.0)
    assert row.verdict == verdict(7, weight=0.0)
    assert store.totals("control").judge_usd == 0.25


@pytest.mark.parametrize("wrong", [{"usd": math.nan}, {"usd": -1.0}, {"weight": math.inf}])
def test_what_is_no_number_is_refused(store: Store, wrong: dict[str, float]) -> None:
    """With the money still set aside."""
    reservation = store.reserve(1.0, 10.0, 60, "d")
    with pytest.raises(ValueError, match="is a number from 0 on"):
        store.record(None, verdict(1, **wrong), reservation)
    assert store.spent("d").reserved == 1.0
    assert store.verdicts() == []


def test_a_failure_in_the_middle_leaves_nothing(store: Store, url: str) -> None:
    """Here the last statement of the transaction has no table."""
    store.put([item(1)])
    (claim,) = store.claim("w", 1, 60)
    reservation = store.reserve(1.0, 10.0, 60, "d")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE evals_totals RENAME TO hidden"))
    with pytest.raises(OSError, match=r"evals_totals"):
        store.record(claim, verdict(1), reservation, "w")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE hidden RENAME TO evals_totals"))
    engine.dispose()
    assert store.verdicts() == []
    assert store.spent("d") == Spent(0.0, 1.0)
    assert store.record(claim, verdict(1), reservation, "w")


def test_totals_go_on_where_they_stood(opened: Callable[..., Store]) -> None:
    """A worker of the same name, in another process, counts on; one of another name has its own."""
    first = opened()
    first.record(None, verdict(1), worker="w")
    first.count_dropped("w", "spool", 3)
    first.close()
    second = opened()
    second.record(None, verdict(2), worker="w")
    second.record(None, verdict(3, label="fail"), worker="other")
    second.count_dropped("w", "spool")
    found = second.totals("w")
    assert found.results == {("m1", "groundedness", "pass"): (2, 8.0, 32.0)}
    assert found.dropped == {"spool": 4}
    assert second.totals("nobody") == type(found)({}, 0.0, {}, {})


def test_verdicts_are_found_by_what_people_ask(store: Store) -> None:
    """Since when, of which dimension and label, how many, from which end."""
    for number in range(6):
        store.record(None, verdict(number, "tone" if number % 2 else "groundedness", "fail" if number > 3 else "pass"))

    def found(**asked: object) -> list[int]:
        return [int(row.verdict.call_id, 16) for row in store.verdicts(**asked)]  # type: ignore[arg-type]

    assert found() == [5, 4, 3, 2, 1, 0]
    assert found(newest_first=False, most=2) == [0, 1]
    assert found(label="fail") == [5, 4]
    assert found(dimension="tone", label="pass") == [3, 1]
    assert found(since=1_000_004.0, dimension="groundedness") == [4]


def test_a_line_is_owed_until_it_is_written(store: Store) -> None:
    for number in range(3):
        store.put([item(number)])
        store.record(None, verdict(number))
    first, second = store.unlogged(2)
    assert (first.item, first.verdict) == (item(0), verdict(0))
    store.logged([first.id, second.id])
    assert [row.verdict.call_id for row in store.unlogged(9)] == [verdict(2).call_id]
    store.logged([])


def test_a_changed_judge_or_rubric_is_noted_with_its_time(opened: Callable[..., Store]) -> None:
    """Of each dimension by itself; the first is no change, another process knows it, and what is not recorded changes nothing."""
    store = opened()
    assert store.rulers_changed() == {}
    store.record(None, verdict(1), now=NOW)
    store.record(None, verdict(2), now=NOW + 1)
    assert store.rulers_changed() == {"groundedness": 0.0}
    store.record(None, verdict(3, rubric="r2"), now=NOW + 2)
    store.record(None, verdict(1, "tone"), now=NOW + 3)
    assert store.rulers_changed() == {"groundedness": NOW + 2, "tone": 0.0}
    another = opened()
    another.record(None, verdict(4, rubric="r2"), now=NOW + 4)
    assert another.rulers_changed()["groundedness"] == NOW + 2
    another.record(None, verdict(5, rubric="r2", judge="j2"), now=NOW + 5)
    assert not another.record(None, verdict(5, rubric="r2", judge="j3"), now=NOW + 6)
    assert another.rulers_changed()["groundedness"] == NOW + 5


def test_a_ruler_that_is_taken_back_is_noted_by_who_goes_on(
    opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second worker judged by another one for a while; this one looks again after a minute."""
    store, canary = opened(), opened()
    store.record(None, verdict(1), now=NOW)
    canary.record(None, verdict(2, rubric="r2"), now=NOW + 1)
    store.record(None, verdict(3), now=NOW + 2)
    assert store.rulers_changed()["groundedness"] == NOW + 1
    monkeypatch.setattr(rulers, "_LOOK", 0.0)
    store.record(None, verdict(4), now=NOW + 3)
    assert store.rulers_changed()["groundedness"] == NOW + 3


def test_a_ruler_that_is_known_costs_no_statement(store: Store) -> None:
    """The database is asked once, and again after a minute."""
    store.record(None, verdict(1))
    with listening() as told:
        store.record(None, verdict(2))
    assert not [statement for statement, _parameters in told if "evals_state" in statement]


def turn(number: int, cluster: str | None, **more: object) -> Item:
    """An answer of a conversation."""
    return item(number, cluster=cluster, **more)


def test_verdicts_of_one_conversation_count_as_one(store: Store, url: str) -> None:
    """In the sum of squared weights, whatever they say; an error, another dimension, another day and another model stand for themselves."""
    store.put(
        [
            turn(1, "a"),
            turn(2, "a", probability=0.5),
            turn(3, "b"),
            turn(4, None),
            turn(5, None),
            turn(6, "a"),
            turn(7, "a", model="m2"),
        ]
    )
    claims = store.claim("w", 9, 60)

    def judged(place: int, dimension: str = "groundedness", label: str = "pass", now: float = NOW) -> None:
        found = claims[place].item
        told = verdict(place + 1, dimension, label, weight=found.weight, model=found.model, usd=0.0)
        assert store.record(claims[place], told, worker="w", now=now)

    for place in range(5):
        judged(place, label="fail" if place == 1 else "pass")
    judged(5, label="error")
    judged(6)
    judged(0, "tone")
    clusters = ["a", "a", "b", None, None]
    weights = [claim.item.weight for claim in claims[:5]]
    found = store.totals("w").results
    squared = sum(found["m1", "groundedness", label][2] for label in ("pass", "fail"))
    assert sum(weights) ** 2 / squared == pytest.approx(effective_n(weights, clusters))
    assert found["m1", "groundedness", "error"] == (1, 4.0, 16.0)
    assert found["m2", "groundedness", "pass"] == (1, 4.0, 16.0)
    assert found["m1", "tone", "pass"] == (1, 4.0, 16.0)
    judged(1, "tone", now=NOW + 86_400)
    assert store.totals("w").results["m1", "tone", "pass"] == (2, 6.0, 16.0 + 4.0)
    assert audit(url) == []


def test_turns_that_are_judged_at_once_know_of_each_other(opened: Callable[..., Store], url: str) -> None:
    """By six stores of their own: the sum of squares is that of one conversation, whoever was first."""
    first = opened()
    first.put([turn(number, "a") for number in range(60)])
    claims = first.claim("w", 60, 600)

    def work(one: Store, part: int) -> None:
        for place in range(part, 60, 6):
            assert one.record(claims[place], verdict(place, usd=0.0), worker=f"w{part % 2}", now=NOW)

    threads = [threading.Thread(target=work, args=(opened(), part)) for part in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results = [found for part in (0, 1) for found in first.totals(f"w{part}").results.values()]
    assert sum(found[2] for found in results) == (60 * 4.0) ** 2
    assert audit(url) == []


def test_conversations_are_forgotten_after_two_days(store: Store, url: str) -> None:
    store.put([turn(1, "a"), turn(2, "b")])
    for place, claim in enumerate(store.claim("w", 2, 60)):
        store.record(claim, verdict(place + 1), now=NOW + place * 86_400)
    store.sweep(3_600, NOW + 2 * 86_400)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert [row.cluster for row in connection.execute(text("SELECT cluster FROM evals_clusters"))] == ["b"]
    engine.dispose()
