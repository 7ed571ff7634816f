"""Claims: each answer has one owner, and one who comes back too late changes nothing."""

import threading
import time
from collections.abc import Callable

import pytest
from app.evals.store import Claim, Dead, Depth, Store
from app.evals.store.queue import MOST_DEATHS
from sqlalchemy import create_engine, text

from tests.app.evals.store.answers import item, verdict
from tests.app.evals.store.audit import audit

NOW = 1_000_000.0


def numbers(claims: list[Claim]) -> list[int]:
    return [int(claim.item.call_id, 16) for claim in claims]


def test_the_oldest_come_first_and_to_one_worker_only(store: Store) -> None:
    store.put([item(number) for number in (3, 1, 2)])
    assert numbers(store.claim("a", 2, 60, NOW)) == [3, 1]
    assert numbers(store.claim("b", 2, 60, NOW)) == [2]
    assert store.claim("a", 2, 60, NOW) == []
    assert store.claim("a", 0, 60, NOW) == []


def test_a_lease_that_ran_out_is_anothers(store: Store) -> None:
    """The token tells the two apart: the first one's word counts no more, whatever it says."""
    store.put([item(1)])
    (late,) = store.claim("a", 1, 60, NOW)
    assert store.claim("b", 1, 60, NOW + 59) == []
    (claim,) = store.claim("b", 1, 60, NOW + 60)
    assert (claim.attempt, claim.token > late.token) == (2, True)
    assert not store.record(late, verdict(1), worker="a")
    assert not store.extend(late, 600, NOW)
    assert not store.postpone(late, "x", 1, NOW)
    assert not store.bury(late, "x")
    assert not store.skip(late, "x")
    assert not store.give_back(late)
    assert not store.finish(late)
    assert store.totals("a").results == {}
    assert store.totals("a").dropped == {}
    assert store.record(claim, verdict(1), worker="b")
    assert store.finish(claim)
    assert not store.finish(claim)
    assert store.depth(NOW) == Depth(0, 0, 0, 0, 0.0)


def test_a_lease_that_nobody_took_over_still_holds(store: Store) -> None:
    store.put([item(1)])
    (claim,) = store.claim("a", 1, 0.001, NOW)
    assert store.record(claim, verdict(1))
    assert store.finish(claim)


def test_a_heartbeat_keeps_the_lease(store: Store) -> None:
    store.put([item(1)])
    (claim,) = store.claim("a", 1, 60, NOW)
    assert store.extend(claim, 60, NOW + 50)
    assert store.claim("b", 1, 60, NOW + 100) == []
    assert numbers(store.claim("b", 1, 60, NOW + 110)) == [1]


def test_what_has_begun_comes_before_what_has_not(store: Store) -> None:
    """First leases that ran out, then what was put off and is due, then the new."""
    store.put([item(number) for number in range(4)])
    first, second = store.claim("a", 2, 100, NOW)
    assert store.postpone(first, "429", 30, NOW)
    assert store.depth(NOW).waiting == 3
    assert numbers(store.claim("b", 1, 500, NOW + 29)) == [2]
    assert second.attempt == 1
    assert numbers(store.claim("b", 9, 60, NOW + 100)) == [1, 0, 3]


def test_a_claim_knows_what_is_recorded(store: Store) -> None:
    """So that only the rest is asked of the judge after a crash."""
    store.put([item(1)])
    (claim,) = store.claim("a", 1, 60, NOW)
    assert claim.judged == frozenset()
    store.record(claim, verdict(1, "tone"))
    (again,) = store.claim("b", 1, 60, NOW + 60)
    assert again.judged == {("tone", "r1")}


def test_what_is_given_back_was_never_claimed(store: Store) -> None:
    """It has its place and its attempts again."""
    store.put([item(1), item(2)])
    (claim,) = store.claim("a", 1, 60, NOW)
    assert store.give_back(claim)
    (again, _second) = store.claim("b", 2, 60, NOW)
    assert (numbers([again]), again.attempt) == ([1], 1)
    assert not store.finish(claim)


def test_what_was_given_up_says_why_and_can_be_tried_again(store: Store, url: str) -> None:
    store.put([item(number) for number in range(3)])
    dead, skipped, judged = store.claim("w", 3, 60, NOW)
    before = time.time()
    assert store.bury(dead, "401 no such model")
    assert store.skip(skipped, "the budget of today is spent")
    store.record(judged, verdict(2, usd=0.0))
    assert store.finish(judged)
    (found,) = store.dead(10)
    assert found == Dead(dead.item.call_id, "m1", "401 no such model", 1, found.since)
    assert before <= found.since <= time.time()
    assert store.depth(NOW) == Depth(0, 0, 1, 1, 0.0)
    assert store.totals("w").dropped == {"dead": 1, "budget": 1}
    assert store.retry("skipped") == 1
    assert store.retry("skipped") == 0
    assert store.depth(NOW) == Depth(1, 0, 1, 0, NOW - item(1).ended)
    assert store.retry("all") == 1
    assert [claim.attempt for claim in store.claim("w", 9, 60, NOW)] == [1, 1]
    assert store.dead(10) == []
    assert audit(url) == []
    with pytest.raises(ValueError, match="dead, skipped or all, not 'judged'"):
        store.retry("judged")  # type: ignore[arg-type]


def test_the_newest_dead_are_shown_first(store: Store) -> None:
    store.put([item(number) for number in range(3)])
    for claim in store.claim("w", 3, 60, NOW):
        store.bury(claim, "no")
    assert [int(one.call_id, 16) for one in store.dead(2)] == [2, 1]


def test_depth_tells_the_oldest_by_when_its_call_ended(store: Store) -> None:
    """Also where it is with a worker, or was put off."""
    store.put([item(2), item(1)])
    assert store.depth(NOW) == Depth(2, 0, 0, 0, 3_599.0)
    _first, oldest = store.claim("w", 2, 60, NOW)
    assert store.depth(NOW) == Depth(0, 2, 0, 0, 3_599.0)
    assert store.postpone(oldest, "x", 60, NOW)
    assert store.depth(NOW) == Depth(1, 1, 0, 0, 3_599.0)
    assert store.depth(0).oldest_seconds == 0


def test_text_that_cannot_be_read_stops_nobody(store: Store, url: str) -> None:
    """It is buried, with the reason, and the others are claimed."""
    store.put([item(1), item(2)])
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE evals_items SET item = '{\"half' WHERE id = 1"))
    engine.dispose()
    assert numbers(store.claim("w", 2, 60)) == [2]
    assert "cannot be read" in store.dead(1)[0].reason
    assert store.totals("w").dropped == {"dead": 1}
    assert audit(url) == []


def test_an_answer_that_kills_its_worker_is_given_up(store: Store, url: str) -> None:
    """After ten workers; it says why, counts as dropped, and may be tried again with all its lives."""
    store.put([item(1)])
    for turn in range(MOST_DEATHS):
        assert [claim.attempt for claim in store.claim("w", 9, 60, NOW + turn * 60)] == [turn + 1]
    assert store.claim("w", 9, 60, NOW + MOST_DEATHS * 60) == []
    (dead,) = store.dead(9)
    assert dead.reason == "its worker died 10 times"
    assert store.totals("w").dropped == {"dead": 1}
    assert audit(url) == []
    assert store.retry("dead") == 1
    assert len(store.claim("w", 9, 60, NOW)) == 1
    assert len(store.claim("w", 9, 60, NOW + 60)) == 1


def test_those_beside_it_are_judged(store: Store, url: str) -> None:
    """A worker that dies whenever it has that answer for long enough: only the one is given up, and what came later waits for nothing."""
    store.put([item(number) for number in range(8)])
    now, judged, claimed_with = NOW, set[int](), list[int]()
    for crash in range(60):
        store.put([item(100 + crash)])
        held: list[Claim] = []
        # The worker takes what there is in four looks, and only then judges: it dies if the bad one is among that.
        for look in range(4):
            held += store.claim("w", 8 - len(held), 60, now + look)
        if 0 in numbers(held):
            claimed_with.append(len(held))
        else:
            for claim in held:
                assert store.finish(claim)
            judged |= set(numbers(held))
        now += 61
    assert [int(dead.call_id, 16) for dead in store.dead(99)] == [0]
    assert set(range(1, 8)) <= judged
    assert len(claimed_with) == MOST_DEATHS
    assert store.depth(now).waiting == 0
    assert audit(url) == []


def test_an_answer_that_was_put_off_has_lost_no_worker(store: Store) -> None:
    """However often; a judge may be down for long."""
    store.put([item(1)])
    for turn in range(3 * MOST_DEATHS):
        (claim,) = store.claim("w", 1, 60, NOW + turn * 60)
        assert store.postpone(claim, "503", 30, NOW + turn * 60)


def test_many_at_once_share_what_there_is(opened: Callable[..., Store], url: str) -> None:
    """Six stores of their own: each answer goes to one of them, and none stays behind."""
    opened().put([item(number) for number in range(96)])
    taken: list[int] = []

    def work(one: Store) -> None:
        while claims := one.claim("w", 7, 600):
            for claim in claims:
                assert one.record(claim, verdict(int(claim.item.call_id, 16), usd=0.0), worker="w")
                assert one.finish(claim)
            taken.extend(numbers(claims))

    threads = [threading.Thread(target=work, args=(opened(),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(96))
    assert audit(url) == []
