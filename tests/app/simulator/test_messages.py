"""Anthropic's messages, as its own SDK reads them."""

import asyncio
from typing import Any

import anthropic
import pytest

from tests.app.simulator.conftest import PASSAGES, Simulator, kinds

pytestmark = pytest.mark.xdist_group("simulator")
ASKED: Any = {
    "model": "claude-haiku-4-5",
    "max_tokens": 200,
    "system": "Be brief.",
    "messages": [{"role": "user", "content": PASSAGES}],
}
SEQUENCE = [
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
]


def test_a_whole_message_has_text_and_tokens(simulator: Simulator) -> None:
    """And the headers that Anthropic sends."""
    raw = simulator.anthropic().messages.with_raw_response.create(**ASKED)
    message = raw.parse()
    assert message.id.startswith("msg_")
    assert message.content[0].text.startswith("A baseline is a median.")
    assert (message.stop_reason, message.stop_details) == ("end_turn", None)
    assert message.usage.input_tokens > 0
    assert message.usage.output_tokens > 0
    assert raw.headers["request-id"].startswith("req_")
    assert raw.headers["anthropic-organization-id"].count("-") == 4


def test_a_stream_has_the_documented_sequence(simulator: Simulator) -> None:
    """Input tokens in the first event, all tokens in the last but one."""
    events = list(simulator.anthropic().messages.create(**ASKED, stream=True))
    assert kinds(events) == SEQUENCE
    begun, ended = events[0].message, events[-2]
    assert (begun.content, begun.stop_reason, begun.usage.output_tokens) == ([], None, 1)
    assert ended.delta.stop_reason == "end_turn"
    assert ended.usage.output_tokens > 1
    assert ended.usage.input_tokens == begun.usage.input_tokens
    assert "".join(event.delta.text for event in events if event.type == "content_block_delta").startswith("A baseline")


def test_the_async_client_and_the_helper_read_it(simulator: Simulator) -> None:
    """Whole, as a stream, and through `stream()`, which puts the pieces together."""

    async def ask() -> None:
        async with simulator.anthropic(anthropic.AsyncAnthropic) as client:
            whole = await client.messages.create(**ASKED)
            events = [event async for event in await client.messages.create(**ASKED, stream=True)]
            async with client.messages.stream(**ASKED) as stream:
                final = await stream.get_final_message()
        assert whole.content[0].text
        assert kinds(events) == SEQUENCE
        assert final.content[0].text.startswith("A baseline is a median.")
        assert final.usage.output_tokens > 1

    asyncio.run(ask())


def test_an_answer_is_cut_off_at_the_limit(simulator: Simulator) -> None:
    """`max_tokens`; zero generates nothing."""
    client = simulator.anthropic()
    reply, nothing = (client.messages.create(**{**ASKED, "max_tokens": limit}) for limit in (3, 0))
    assert (reply.content[0].text, reply.stop_reason, reply.usage.output_tokens) == ("A baseline i", "max_tokens", 3)
    assert (nothing.stop_reason, nothing.usage.output_tokens) == ("max_tokens", 0)


def test_a_model_that_reasons_says_how_much(simulator: Simulator) -> None:
    """As part of the output."""
    usage = simulator.anthropic().messages.create(**{**ASKED, "model": "claude-reasoner"}).usage
    assert 64 <= usage.output_tokens_details.thinking_tokens < usage.output_tokens


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"model": None}, "model: Field required"),
        ({"system": 1}, "system: Input is not valid"),
        ({"max_tokens": -1}, "max_tokens: Input"),
    ],
)
def test_what_cannot_be_understood_is_refused(simulator: Simulator, asked: Any, words: str) -> None:
    """With a 400 that names the field."""
    with pytest.raises(anthropic.BadRequestError, match=words) as caught:
        simulator.anthropic().messages.create(**{**ASKED, **asked})
    assert caught.value.type == "invalid_request_error"
    assert caught.value.request_id
