"""What people do with an answer says what it was worth."""

from collections.abc import Callable
from typing import Any

import pytest
from app.telemetry.call import Call
from app.telemetry.outcome import ABANDONED_AFTER, RETRY_WITHIN, Outcomes

Told = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def seen() -> Told:
    """What was told, by call id."""
    return []


@pytest.fixture
def clock() -> list[float]:
    """The time, to be set."""
    return [0.0]


@pytest.fixture
def outcomes(seen: Told, clock: list[float]) -> Outcomes:
    """With that clock."""
    return Outcomes(lambda call, outcome: seen.append((call.call_id, dict(outcome))), lambda: clock[0])


@pytest.fixture
def ask(outcomes: Outcomes) -> Callable[..., str]:
    """A whole call; its id."""

    def one(question: str, status: str = "ok", user: str = "u1", conversation: str = "c1") -> str:
        call = Call(endpoint="chat", model="m", question=question, user_id=user, conversation_id=conversation)
        outcomes.began(call)
        call.status = status
        outcomes.ended(call)
        return call.call_id

    return one


def test_a_similar_question_soon_after_is_a_retry(seen: Told, clock: list[float], ask: Callable[..., str]) -> None:
    """Of the call before, by the same user only, and not after a while."""
    first = ask("how do I add a model to the spec")
    ask("how do I add a model to the spec", user="u2")
    ask("what is a baseline")
    assert seen == []
    second = ask("what is a baseline")
    clock[0] += RETRY_WITHIN + 1
    ask("what is a baseline")
    assert first != second
    assert [outcome for _id, outcome in seen] == [{"retry": True}]


def test_a_tools_result_is_no_retry(seen: Told, outcomes: Outcomes) -> None:
    """The question goes on by itself; asked again by the person it is one."""
    for continues in (False, True, True, False):
        outcomes.began(Call("chat", "m", question="where is my parcel", user_id="u1", continues=continues))
    assert [outcome for _id, outcome in seen] == [{"retry": True}]


def test_nobody_comes_back_after_a_bad_answer(
    seen: Told, clock: list[float], ask: Callable[..., str], outcomes: Outcomes
) -> None:
    """A failed call, or thumbs down, and then silence: abandoned; a further turn, and it is not."""
    failed = ask("one", status="timeout", conversation="c1")
    good = ask("two", conversation="c2")
    ask("three", status="refusal", conversation="c3")
    outcomes.told(good, {"thumbs": "down"})
    clock[0] += ABANDONED_AFTER / 2
    ask("something else", conversation="c3", user="u9")
    outcomes.sweep()
    clock[0] += ABANDONED_AFTER
    outcomes.sweep()
    assert seen == [(good, {"thumbs": "down"}), (failed, {"abandoned": True}), (good, {"abandoned": True})]
