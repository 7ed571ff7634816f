"""A thumbs-down that comes after the call: judged once, from what was stored, wherever it arrives."""

import dataclasses
from typing import Any

import pytest
from app.evals.item import Item

from tests.app.evals.enqueue.conftest import UNLUCKY, Begin, Queued, ask

pytestmark = pytest.mark.xdist_group("app")


def test_a_thumbs_down_is_judged_later_and_counts_for_nobody_else(begin: Begin, queued: Queued) -> None:
    """Once, from the texts that were stored; a thumbs-up is no reason."""
    telemetry = begin(sample=0.001)
    told = {
        "call_id": UNLUCKY,
        "passages": ("p@example.org",),
        "prompt_version": "v7",
        "question": "why, ada@example.org",
    }
    call = ask(telemetry, **told)
    telemetry.outcome(UNLUCKY, thumbs="up")
    telemetry.flush()
    assert queued() == []
    for _again in range(3):
        telemetry.outcome(UNLUCKY, thumbs="down")
        telemetry.flush()
    (item,) = queued()
    assert dataclasses.replace(item, ended=0) == Item(
        UNLUCKY, "chat", "gpt-4o-mini", "openai", "why, [redacted:email]", "fine", ("[redacted:email]",), "ok", 1.0, "thumbs_down", 0,
        call.trace_id, call.span_id, "v7",
    )  # fmt: skip
    assert item.weight == 0.0
    assert telemetry.failures == 0


def test_a_thumbs_down_reaches_any_process(begin: Begin, queued: Queued) -> None:
    """The one that gets it need not be the one that answered."""
    ask(answering := begin(sample=0.001), call_id=UNLUCKY)
    answering.flush()
    other = begin(sample=0.001)
    other.outcome(UNLUCKY, thumbs="down")
    other.flush()
    (item,) = queued()
    assert (item.call_id, item.model, item.endpoint, item.reason) == (UNLUCKY, "gpt-4o-mini", "chat", "thumbs_down")


def test_who_was_chosen_already_keeps_the_weight(begin: Begin, queued: Queued) -> None:
    """By its share in whatever process, by the floor in this one."""
    telemetry = begin()
    call = ask(telemetry)
    floor = begin(sample=0.001, floor_per_day=24)
    lifted = ask(floor, call_id=UNLUCKY)
    for process, one in ((telemetry, call), (floor, lifted), (begin(), call)):
        process.outcome(one.call_id, thumbs="down")
        process.flush()
    assert [item.reason for item in queued()] == ["sample", "sample"]


@pytest.mark.parametrize("call_id", ["f" * 32, "../../log", "", "a/b", "\0", "x" * 10_000])
def test_a_thumbs_down_for_a_call_that_never_was_is_nothing(begin: Begin, queued: Queued, call_id: str) -> None:
    """An id that somebody sends is not part of a path, whatever it is."""
    telemetry = begin()
    telemetry.outcome(call_id, thumbs="down")
    telemetry.flush()
    assert queued() == []
    assert telemetry.failures == 0


@pytest.mark.parametrize("change", [{"always": ["refusal"]}, {"endpoints": {"chat": 0.0}}, {"blobs": False}])
def test_a_thumbs_down_is_not_judged(begin: Begin, queued: Queued, change: dict[str, Any]) -> None:
    """Where the settings do not ask for it, where nobody may read such answers, or where no text is stored."""
    telemetry = begin(**{"sample": 0.001, **change})
    ask(telemetry, call_id=UNLUCKY)
    telemetry.outcome(UNLUCKY, thumbs="down")
    telemetry.flush()
    assert queued() == []
    assert telemetry.failures == 0
