"""Answers come in once, and no more than there is room for."""

import threading
import time
from collections.abc import Callable

from app.evals.store import Put, Store
from sqlalchemy import create_engine, text

from tests.app.evals.store.answers import item, verdict
from tests.app.evals.store.audit import audit

DAY = 86_400.0


def test_what_comes_again_is_known(store: Store) -> None:
    """In the same batch, in another, and under another worker's name."""
    assert store.put([item(1), item(2), item(1)]) == Put(2, 1, 0)
    assert store.put([item(2), item(3)], worker="other") == Put(1, 1, 0)
    assert store.depth().waiting == 3


def test_what_was_judged_and_swept_is_known(store: Store) -> None:
    """For longer than a spool could bring it again, and no longer than that: ids would fill a disk."""
    now = time.time()
    store.put([item(1, ended=now)])
    (claim,) = store.claim("w", 1, 60)
    store.record(claim, verdict(1))
    assert store.finish(claim)
    assert store.sweep(-60) == 1
    store.sweep(3_600, now + 399 * DAY)
    assert store.put([item(1, ended=now)]) == Put(0, 1, 0)
    assert store.claim("w", 9, 60) == []
    store.sweep(3_600, now + 401 * DAY)
    assert store.put([item(1, ended=now)]) == Put(1, 0, 0)


def test_a_large_batch_is_several_transactions_in_its_order(store: Store) -> None:
    """2,500 of them."""
    assert store.put([item(number) for number in range(2_500)]) == Put(2_500, 0, 0)
    claims = store.claim("w", 2_500, 60)
    assert [claim.item.call_id for claim in claims] == [item(number).call_id for number in range(2_500)]


def test_items_come_out_as_they_went_in(store: Store) -> None:
    """Whatever is in them: NUL, which PostgreSQL has no place for, half of a surrogate pair, quotes, names of tables."""
    hostile = item(
        1, call_id="'; DROP TABLE evals_calls; --\x00é", model="m\x00\ud800", answer="\x00 ü 🙂 \\ % ?", passages=(),
        prompt_version="v\x00", conversation_id="c",
    )  # fmt: skip
    store.put([hostile, item(2)])
    assert store.put([hostile]) == Put(0, 1, 0)
    first, second = store.claim("w\x00", 2, 60)
    assert (first.item.call_id, first.item.answer) == (hostile.call_id, hostile.answer)
    assert second.item == item(2)
    assert store.record(
        first, verdict(1, call_id=hostile.call_id, reason="\x00\ud800", quotes=("a\x00\ud800",)), worker="w\x00"
    )
    assert store.finish(first)
    (row,) = store.verdicts()
    assert (row.item.answer, row.verdict.reason, row.verdict.quotes) == (hostile.answer, "\ufffd?", ("a\ufffd?",))
    assert store.totals("w\x00").results


def test_beyond_its_room_it_refuses_and_counts(opened: Callable[..., Store], url: str) -> None:
    """Those that it knows it still knows; and what is claimed makes room."""
    store = opened(max_waiting=3)
    assert store.put([item(number) for number in range(5)], worker="w") == Put(3, 0, 2)
    assert store.put([item(1), item(7)], worker="w") == Put(0, 1, 1)
    assert store.totals("w").dropped == {"full": 3}
    (claim,) = store.claim("w", 1, 60)
    assert store.put([item(3), item(4)], worker="w") == Put(1, 0, 1)
    assert store.postpone(claim, "later", 60)
    assert store.depth().waiting == 4
    assert audit(url) == []


def test_many_that_put_the_same_at_once_put_it_once(opened: Callable[..., Store], url: str) -> None:
    """Four connections, overlapping batches in opposite orders, a limit that they reach together."""
    done: list[Put] = []

    def put(one: Store, turn: int) -> None:
        numbers = list(range(turn * 50, turn * 50 + 200))
        done.append(one.put([item(number) for number in (numbers if turn % 2 else numbers[::-1])]))

    threads = [threading.Thread(target=put, args=(opened(max_waiting=300), turn)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert sum(one.added for one in done) == 300
    assert audit(url) == []


def test_a_new_version_counts_as_a_change(opened: Callable[..., Store]) -> None:
    """Of a prompt or of the model behind a name, once for each model; the first of all is no change, nor one that was there before."""
    store = opened()
    store.put([item(1, prompt_version="a", response_model="m1-may")], worker="w")
    assert store.totals("w").changes == {}
    store.put([item(2, prompt_version="b", response_model="m1-may"), item(3, prompt_version="c")], worker="w")
    store.put([item(4, prompt_version="a"), item(5, model="m2", prompt_version="b")], worker="w")
    assert store.totals("w").changes == {("m1", "prompt"): 2}
    another = opened()
    another.put([item(6, prompt_version="c", response_model="m1-june")], worker="v")
    assert another.totals("v").changes == {("m1", "model"): 1}


def test_a_version_that_is_never_the_same_is_none(store: Store, url: str) -> None:
    """A thousand are told apart; what comes after costs no row and no count."""
    store.put([item(number, prompt_version=f"v{number}") for number in range(2_200)], worker="w")
    assert store.totals("w").changes == {("m1", "prompt"): 999}
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM evals_seen")) == 1_000
    engine.dispose()


def test_nothing_is_put(store: Store) -> None:
    assert store.put([]) == Put(0, 0, 0)
