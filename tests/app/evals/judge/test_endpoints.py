"""Endpoints that take less than OpenAI's own: what they refuse is left out, and they are not asked twice."""

import contextlib
from typing import Any

import pytest
from app.evals.judge import Judge, JudgeRefused, JudgeUnavailable, Verdict

from tests.app.evals.judge.conftest import GROUNDED, PRICES, asked, item
from tests.app.evals.judge.local import USAGE, Local, local

SCHEMA, OBJECT = '"json_schema"', '"json_object"'


def judged(server: Local, times: int = 1, **more: Any) -> list[Verdict]:
    async def work(judge: Judge) -> list[Verdict]:
        return [await judge.judge(item(number=number), GROUNDED) for number in range(times)]

    return asked("http://127.0.0.1:9", work, base_url=server.url, **more)


def forms(server: Local) -> list[str]:
    """What each request asked for."""
    return [body.get("response_format", {}).get("type", "text") for body in server.bodies]


def test_one_that_knows_schemas_gets_a_strict_one() -> None:
    with local() as server:
        (found,) = judged(server)
    assert found.label == "pass"
    (body,) = server.bodies
    assert body["response_format"]["json_schema"]["name"] == "verdict"
    assert body["response_format"]["json_schema"]["strict"] is True
    assert (body["temperature"], body["max_completion_tokens"]) == (0, 700)


@pytest.mark.parametrize("message", ["response_format json_schema is not supported", "Bad Request"])
def test_one_that_refuses_schemas_is_asked_for_json_from_then_on(message: str) -> None:
    """Whether it says why or not."""
    with local(refuses={SCHEMA: (400, message)}) as server:
        found = judged(server, 3)
    assert [one.label for one in found] == ["pass"] * 3
    assert forms(server) == ["json_schema", "json_object", "json_object", "json_object"]


@pytest.mark.parametrize("status", [400, 422, 501])
def test_one_that_refuses_both_is_asked_in_words(status: int) -> None:
    """The words ask for JSON anyway; a model may talk around it."""
    said = 'Sure!\n```json\n{"quotes": ["the median of the same hours"], "reason": "It is.", "verdict": "pass"}\n```'
    with local(refuses={"response_format": (status, "unknown field")}, says=said) as server:
        found = judged(server, 2)
    assert [one.label for one in found] == ["pass"] * 2
    assert forms(server) == ["json_schema", "json_object", "text", "text"]


def test_parameters_that_are_named_are_left_out_alone() -> None:
    """The schema stays."""
    refuses = {
        '"temperature"': (400, "Unsupported value: 'temperature' does not support 0 with this model."),
        "max_completion_tokens": (422, "unknown field `max_completion_tokens`"),
    }
    with local(refuses=refuses) as server:
        found = judged(server, 2)
    assert [one.label for one in found] == ["pass"] * 2
    assert forms(server) == ["json_schema"] * 4
    assert server.bodies[-1]["max_tokens"] == 700
    assert "temperature" not in server.bodies[-1]


def test_the_smallest_request_is_a_plain_one() -> None:
    """For a server that refuses everything else and says nothing."""
    refuses = dict.fromkeys(["response_format", "max_completion_tokens", '"temperature"'], (400, "bad request"))
    with local(refuses=refuses) as server:
        (found,) = judged(server)
    assert found.label == "pass"
    assert set(server.bodies[-1]) == {"model", "messages", "max_tokens"}


def test_one_that_refuses_everything_refuses_for_the_first_reason() -> None:
    """And nothing is remembered: the next request begins at the top."""
    with (
        local(refuses={'"model"': (400, "no such thing")}) as server,
        pytest.raises(JudgeRefused, match=r"400: .*no such thing"),
    ):
        judged(server)
    assert forms(server)[0] == "json_schema"
    assert len(server.bodies) == 5


@pytest.mark.parametrize("message", ["This model's maximum context length is 8192 tokens", "blocked by content_filter"])
def test_a_refusal_of_the_texts_is_none_of_the_parameters(message: str) -> None:
    with local(refuses={'"model"': (400, message)}) as server, pytest.raises(JudgeRefused):
        judged(server, 1)
    assert len(server.bodies) == 1


@pytest.mark.parametrize(
    ("provider", "endpoint", "requests"),
    [
        ("openai", {"says": "Hm."}, 2),
        ("openai", {"refuses": {"response_format": (400, "unknown field")}}, 3),
        ("anthropic", {"refuses": {'"temperature"': (400, "temperature is deprecated for this model")}}, 2),
    ],
)
def test_every_request_waits_for_its_turn(provider: str, endpoint: dict[str, Any], requests: int) -> None:
    """Also those that repair a reply, or leave a parameter out."""
    with local(**endpoint) as server:
        sent: list[int] = []

        async def pace() -> None:
            sent.append(len(server.bodies))

        # The server speaks OpenAI's protocol only: Anthropic's second request is enough.
        with contextlib.suppress(JudgeUnavailable):
            judged(server, provider=provider, pace=pace)
    assert len(server.bodies) == requests
    assert sent == list(range(requests))


def test_what_nobody_counted_is_taken_to_cost_the_most() -> None:
    """A server without usage must not spend more than the budget."""
    with local(usage=None) as server:
        (found,) = judged(server)
    assert found.usd > 700 * PRICES["output"] / 1e6
    with local() as server:
        (counted,) = judged(server)
    assert counted.usd == pytest.approx((1000 * PRICES["input"] + 100 * PRICES["output"]) / 1e6)
    assert USAGE["prompt_tokens"] == 1000


def test_a_repair_repeats_the_reply_and_says_what_is_wrong() -> None:
    """The model sees its own words."""
    with local(says='{"quotes": ["a sentence that nobody said"], "reason": "So.", "verdict": "pass"}') as server:
        (found,) = judged(server)
    assert found.label == "error"
    first, second = (body["messages"] for body in server.bodies)
    assert second[:2] == first
    assert second[2] == {"role": "assistant", "content": server.says}
    assert second[3]["role"] == "user"
    assert "the quote 'a sentence that nobody said' is in none of the texts" in second[3]["content"]
