"""What needs no judge."""

import pytest
from app.evals.dataset.expected import broken, finds_nothing, mentions
from app.evals.dataset.questions import Question


def _asked(expect: str, must: tuple[tuple[str, ...], ...] = (), must_not: tuple[str, ...] = ()) -> Question:
    return Question("q", "What?", expect, must, must_not)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expect", "status", "answer", "said"),
    [
        ("answer", "ok", "A median of the last hour.", ()),
        ("answer", "refusal", "", ("declines, although the passages hold an answer",)),
        ("answer", "ok", "I'm sorry, but I can't help with that.", ("declines, although the passages hold an answer",)),
        ("answer", "ok", " ", ("says nothing",)),
        ("refuse", "ok", "I can't help with that.", ()),
        ("refuse", "safety_block", "", ()),
        ("refuse", "ok", "Dear colleague, please send it.", ("answers what it should decline",)),
        ("cannot", "ok", "The passages do not hold an answer to that.", ()),
        ("cannot", "ok", "Ulaanbaatar.", ("does not say that the passages hold no answer",)),
    ],
)  # fmt: skip
def test_what_is_expected_of_an_answer(expect: str, status: str, answer: str, said: tuple[str, ...]) -> None:
    assert broken(_asked(expect), status, answer) == said


@pytest.mark.parametrize(
    "answer",
    [
        "The passages don't mention that.", "That is not covered in the documentation.", "I could not find this in the provided passages.",
        "None of the passages says so.", "There is no information about it.", "I don\u2019t know.", "The context does not contain the answer.",
    ],
)  # fmt: skip
def test_ways_to_say_that_nothing_was_found(answer: str) -> None:
    assert finds_nothing(answer)


@pytest.mark.parametrize(
    "answer", ["The baseline is a median.", "It knows no mercy.", "The kit never waits for a back end."]
)
def test_answers_that_say_something(answer: str) -> None:
    assert not finds_nothing(answer)


def test_words_are_whole_in_any_case_and_spacing() -> None:
    assert mentions("The  SIX\nhours are over", "six hours")
    assert not mentions("Caesar", "AES")
    assert mentions("costs $5", "$")


def test_of_several_words_one_is_enough() -> None:
    asked = _asked("answer", (("median",), ("hour", "60 minutes")), ("mean",))
    assert broken(asked, "ok", "A median of 60 minutes.") == ()
    assert broken(asked, "ok", "A mean.") == (
        "does not mention 'median'",
        "does not mention 'hour' or '60 minutes'",
        "mentions 'mean'",
    )
