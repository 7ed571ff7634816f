"""The simulator as a judge, without a client; with one: tests/app/evals/judge."""

import random
from typing import Any

import orjson
import pytest
from app.evals.item import Item
from app.evals.judge.prompt import prompt
from app.evals.judge.template import TOOL, schema
from app.evals.settings import Dimension
from app.simulator.asked import Asked
from app.simulator.behaviour import Behaviour
from app.simulator.judging import judged
from app.simulator.misbehaviour import Chaos
from app.simulator.truth import Case, finding
from app.simulator.wire import chat, messages

from tests.app.simulator.test_behaviour import PROMPT, replies

PASSAGES = (
    "[1] Baseline: A baseline is the median of four weeks. It is not learned during an incident.\n"
    "[2] Alerts: An alert fires after ten minutes above 250 ms, and it names a runbook."
)
GROUNDED = Dimension("groundedness", "", 2, 2, taste=False)


def passes(dimension: str, answer: str, question: str = "What is a baseline?", passages: str = PASSAGES) -> bool:
    return finding(Case(dimension, passages, question, answer)).passes


@pytest.mark.parametrize(
    ("answer", "is_so"),
    [
        ("A baseline is the median of four weeks.", True),
        ("a  baseline is the median\nof four weeks.", True),
        ("The median of four weeks is the baseline.", True),
        ("Alerts fire after ten minutes above 250 ms.", True),
        ("Alerts fire after ten minutes above 900 ms.", False),
        ("It is learned during an incident.", False),
        ("A baseline is the median of four weeks. It was invented in Ghana.", False),
        ("The passages do not hold an answer to that.", True),
        ("I'm sorry, but I can't help with that.", True),
        ("", True),
    ],
)
def test_each_sentence_of_a_grounded_answer_is_in_a_passage(answer: str, is_so: bool) -> None:
    """Letter by letter, or in most of its words, all of its numbers and its denials."""
    assert passes("groundedness", answer) == is_so


@pytest.mark.parametrize(
    ("answer", "question", "is_so"),
    [
        ("A baseline is the median of four weeks.", "What is a baseline?", True),
        ("I'm sorry, but I can't help with that.", "What is a baseline?", False),
        ("The passages do not say.", "What is a baseline?", False),
        ("The passages do not say.", "Who won in Montevideo?", True),
        ("I can't help with that.", "Who won in Montevideo?", True),
        ("Uruguay did.", "Who won in Montevideo?", False),
    ],
)
def test_a_refusal_is_right_where_the_passages_hold_nothing(answer: str, question: str, is_so: bool) -> None:
    assert passes("refusal", answer, question) == is_so


@pytest.mark.parametrize(
    ("answer", "is_so"),
    [
        ("It is a median.", True),
        ("That is a silly question.", False),
        ("You should know this.", False),
        ("Obviously it is a median.", False),
        ("You should set a threshold.", True),
    ],
)
def test_a_rude_phrase_is_known(answer: str, is_so: bool) -> None:
    assert passes("tone", answer) == is_so


def test_an_unknown_dimension_is_all_of_them_at_once() -> None:
    good = "A baseline is the median of four weeks."
    assert passes("brand", good)
    assert not passes("brand", f"{good} It was invented in Ghana.")
    assert not passes("brand", f"Obviously. {good}")
    assert passes("brand", "It was invented in Ghana.", passages="")


def request(number: int, kind: str = "schema") -> Asked:
    """A judge's, as it comes over a wire."""
    told = Item(f"{number:032x}", "chat", "m", "p", "What is a baseline?", f"A baseline is number {number}.", ("A baseline is a median.",), "ok", 1.0, "sample", 1.0)  # fmt: skip
    words = prompt(told, GROUNDED)
    user: Any = {"role": "user", "content": words.user}
    if kind == "tool":
        tool = {"name": TOOL, "input_schema": schema(2)}
        body: Any = {"system": words.system, "messages": [user], "max_tokens": 700, "tools": [tool], "tool_choice": {"type": "tool", "name": TOOL}}  # fmt: skip
        return messages.asked(orjson.dumps({"model": "j", **body}))
    forms: Any = {
        "schema": {"response_format": {"type": "json_schema", "json_schema": {"name": TOOL, "schema": schema(2)}}},
        "object": {"response_format": {"type": "json_object"}},
        "text": {},
    }
    body = {"model": "j", "messages": [{"role": "system", "content": words.system}, user], **forms[kind]}
    return chat.asked(orjson.dumps(body))


@pytest.mark.parametrize("kind", ["schema", "object", "text", "tool"])
def test_a_judge_s_request_is_known_in_each_form(kind: str) -> None:
    """And answered in it."""
    told = judged(request(1, kind))
    assert told
    assert told.case == Case(
        "groundedness", "[1] A baseline is a median.", "What is a baseline?", "A baseline is number 1."
    )
    reply = Behaviour(1, flawless=True).reply(request(1, kind))
    said = reply.calls[0].arguments if kind == "tool" else reply.text
    assert orjson.loads(said)["verdict"] == "fail"
    assert list(orjson.loads(said)) == ["quotes", "reason", "verdict"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"response_format": {"type": "json_object"}},
        {"response_format": "json"},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "verdict"}}},
        {"tool_choice": "auto"},
    ],
)
def test_any_other_request_is_none(body: dict[str, Any]) -> None:
    """A schema of that name without an answer to judge, too."""
    assert judged(Asked("m", "Be brief.", PROMPT, body=body)) is None


def test_judges_do_not_change_what_becomes_of_other_calls() -> None:
    """However many come between them."""
    alone, among = Behaviour(5, invented=0.1), Behaviour(5, invented=0.1)
    expected = replies(alone, 300)
    found = []
    for number, one in enumerate(["gpt-4o-mini", "claude-haiku-4-5", "local-llama"] * 100):
        for extra in range(number % 3):
            among.reply(request(number * 3 + extra))
        found.append(among.reply(Asked(one, "Be brief.", PROMPT, 400)))
    assert found == expected


def test_a_judge_is_wrong_about_the_same_answers_whatever_their_order() -> None:
    """By the texts, and by the seed."""
    numbers = list(range(200))

    def wrong(seed: int, order: list[int]) -> set[int]:
        behaviour = Behaviour(seed, flawless=True)
        behaviour.chaos = Chaos.parse({"judge_accuracy": 0.8, "models": ["another"]})
        return {number for number in order if '"pass"' in behaviour.reply(request(number)).text}

    found = wrong(1, numbers)
    assert 17 <= len(found) <= 63
    assert wrong(1, random.Random(1).sample(numbers, 200)) == found
    assert wrong(2, numbers) != found
