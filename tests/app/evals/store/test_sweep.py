"""What people wrote goes when its time is over, and what is known of it does not stay for ever."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from app.evals.store import Labelled, Store, sweep
from sqlalchemy import create_engine, text

from tests.app.evals.store.answers import item, verdict
from tests.app.evals.store.audit import audit

DAY, KEEP = 86_400.0, 14 * 86_400.0
TABLES = ("calls", "items", "verdicts", "labels", "seen")


def rows(url: str) -> dict[str, int]:
    """Of each table that grows with what is judged."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"SELECT * FROM evals_{name}")).all() for name in TABLES}  # noqa: S608  # of this file
    engine.dispose()
    return {name: len(these) for name, these in found.items()}


def judged(store: Store, number: int, at: float, **more: Any) -> None:
    """One answer, all the way."""
    store.put([item(number, ended=at)], worker="w")
    (claim,) = store.claim("w", 1, 60)
    assert store.record(claim, verdict(number, at=at, usd=0.0, **more), worker="w")
    assert store.finish(claim)


def test_swept_texts_are_shown_to_nobody(store: Store, url: str) -> None:
    """What people said of them before stays, with the length of the answer."""
    store.put([item(number) for number in range(4)])
    claims = store.claim("w", 4, 60)
    for number, claim in enumerate(claims[:2]):
        store.record(claim, verdict(number, usd=0.0, at=time.time()))
        store.finish(claim)
    store.bury(claims[2], "no")
    store.skip(claims[3], "no money")
    store.label(item(0).call_id, "groundedness", "r1", "fail", "ann")
    store.put([item(9)])
    assert store.sweep(3_600) == 0
    assert store.sweep(-60) == 4
    assert store.sweep(-60) == 0
    assert store.to_label("groundedness", 9, seed=1, by="bob") == []
    assert store.labelled("groundedness")[0].chars == len(item(0).answer)
    (row, _other) = store.verdicts(newest_first=False)
    assert (row.item.question, row.item.answer, row.item.passages) == ("", "", ())
    assert (row.item.model, row.verdict.label, row.verdict.weight) == ("m1", "pass", 4.0)
    assert store.retry("all") == 0
    assert (store.depth().dead, store.depth().skipped, store.depth().waiting) == (0, 0, 1)
    assert [claim.item for claim in store.claim("w", 9, 60)] == [item(9)]
    assert audit(url) == []


def test_the_judges_words_go_with_the_texts(store: Store, url: str) -> None:
    """Reasons and quotes may be what people wrote; also of what is not closed yet, and why something was given up."""
    now = time.time()
    judged(store, 1, now - 15 * DAY)
    judged(store, 2, now - 13 * DAY)
    store.record(None, verdict(3, at=now - 15 * DAY))
    store.put([item(4, ended=now)])
    store.bury(store.claim("w", 1, 60)[0], "400: 'my name is Ada' is too long")
    store.sweep(KEEP, now)
    told = {int(row.verdict.call_id, 16): (row.verdict.reason, row.verdict.quotes) for row in store.verdicts()}
    assert told == {1: ("", ()), 2: (verdict(2).reason, verdict(2).quotes), 3: ("", ())}
    assert rows(url)["items"] == 3, "closed now"
    store.sweep(KEEP, now + 15 * DAY)
    assert rows(url)["items"] == 0
    assert {row.verdict.reason for row in store.verdicts()} == {""}
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM evals_calls WHERE reason <> ''")) == 0
    engine.dispose()


def test_nothing_stays_for_ever_but_labels_and_what_they_are_compared_with(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calibration over old labels reads the judge's word, its name and the model from the verdict; however many there are."""
    monkeypatch.setattr(sweep, "_AT_ONCE", 50)
    now = time.time()
    store.put([item(number, ended=now) for number in range(120)])
    for place, claim in enumerate(store.claim("w", 120, 600)):
        for dimension in ("groundedness", "tone"):
            store.record(claim, verdict(place, dimension, at=now, usd=0.0), worker="w")
        store.finish(claim)
    store.label(item(7).call_id, "groundedness", "r1", "fail", "ann", now)
    known = store.labelled("groundedness")
    assert known == [Labelled(item(7).call_id, "m1", "fail", "pass", len(item(7).answer), "r1", "ann", "j1", 4.0)]
    totals = store.totals("w")
    store.sweep(KEEP, now + 399 * DAY)
    assert rows(url) == {"calls": 120, "items": 0, "verdicts": 240, "labels": 1, "seen": 0}
    store.sweep(KEEP, now + 401 * DAY)
    assert rows(url) == {"calls": 0, "items": 0, "verdicts": 1, "labels": 1, "seen": 0}
    assert store.labelled("groundedness") == known
    assert store.totals("w") == totals


def test_where_texts_are_kept_for_long_the_rest_is_kept_for_longer(store: Store, url: str) -> None:
    now = time.time()
    judged(store, 1, now)
    store.sweep(200 * DAY, now + 799 * DAY)
    assert (rows(url)["calls"], rows(url)["verdicts"]) == (1, 1)
    store.sweep(200 * DAY, now + 801 * DAY)
    assert (rows(url)["calls"], rows(url)["verdicts"]) == (0, 0)


def test_what_waits_is_never_swept(opened: Callable[..., Store]) -> None:
    """However old: it is still to be judged."""
    store = opened()
    store.put([item(1), item(2)])
    (claim,) = store.claim("w", 1, 60)
    store.sweep(KEEP, time.time() + 1_000 * DAY)
    assert store.depth().waiting == 1
    assert store.finish(claim)
