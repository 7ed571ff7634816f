"""OpenAI's chat completions, as its own SDK reads them."""

import asyncio
from typing import Any

import openai
import pytest

from tests.app.simulator.conftest import PASSAGES, Simulator

pytestmark = pytest.mark.xdist_group("simulator")
MESSAGES: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": PASSAGES}]
CHAT: Any = {"model": "gpt-4o-mini", "messages": MESSAGES}


def test_a_whole_answer_has_text_and_tokens(simulator: Simulator) -> None:
    """Made of the passages; a total that adds up."""
    reply = simulator.openai().chat.completions.create(**CHAT)
    (choice,) = reply.choices
    assert reply.id.startswith("chatcmpl-")
    assert reply.model == "gpt-4o-mini"
    assert choice.message.content.startswith("A baseline is a median.")
    assert (choice.finish_reason, choice.message.refusal, choice.message.tool_calls) == ("stop", None, None)
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.usage.completion_tokens_details.reasoning_tokens == 0


def test_a_stream_says_the_same_in_pieces(simulator: Simulator) -> None:
    """One id, a role first, a finish reason last, no usage unless asked for."""
    chunks = list(simulator.openai().chat.completions.create(**CHAT, stream=True))
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks).startswith("A baseline is a median.")
    assert all(chunk.usage is None for chunk in chunks)


def test_usage_comes_last_where_it_is_asked_for(simulator: Simulator) -> None:
    """In a chunk without choices; in the others it is null, not absent."""
    chunks = list(
        simulator.openai().chat.completions.create(**CHAT, stream=True, stream_options={"include_usage": True})
    )
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens > 0
    assert all("usage" in chunk.model_fields_set and chunk.usage is None for chunk in chunks[:-1])


def test_the_async_client_and_the_helper_read_it(simulator: Simulator) -> None:
    """Whole, as a stream, and through `stream()`, which puts the pieces together."""

    async def ask() -> None:
        async with simulator.openai(openai.AsyncOpenAI) as client:
            whole = await client.chat.completions.create(**CHAT)
            pieces = [chunk async for chunk in await client.chat.completions.create(**CHAT, stream=True)]
            async with client.chat.completions.stream(**CHAT) as stream:
                final = await stream.get_final_completion()
        assert whole.choices[0].message.content
        assert len(pieces) > 5
        assert final.choices[0].message.content.startswith("A baseline is a median.")

    asyncio.run(ask())


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_is_cut_off_at_the_limit(simulator: Simulator, stream: bool) -> None:
    """`length`, and no more tokens than were allowed."""
    asked = {**CHAT, "max_completion_tokens": 3, "stream": stream}
    if stream:
        chunks = list(simulator.openai().chat.completions.create(**asked, stream_options={"include_usage": True}))
        text, finish, usage = (
            "".join(c.choices[0].delta.content or "" for c in chunks[:-1]),
            chunks[-2].choices[0].finish_reason,
            chunks[-1].usage,
        )
    else:
        reply = simulator.openai().chat.completions.create(**asked)
        text, finish, usage = reply.choices[0].message.content, reply.choices[0].finish_reason, reply.usage
    assert (text, finish, usage.completion_tokens) == ("A baseline i", "length", 3)


@pytest.mark.parametrize("model", ["o1", "o3-mini", "o4-mini", "gpt-5-nano", "openai/o3", "my-reasoner"])
def test_models_that_reason_say_how_much(simulator: Simulator, model: str) -> None:
    """Tokens thought are part of the output."""
    usage = simulator.openai().chat.completions.create(**{**CHAT, "model": model}).usage
    assert usage.completion_tokens_details.reasoning_tokens >= 64
    assert usage.completion_tokens > usage.completion_tokens_details.reasoning_tokens


@pytest.mark.parametrize("model", ["gpt-4o-mini", "gpt-4o3", "llama-70b"])
def test_other_models_do_not_reason(simulator: Simulator, model: str) -> None:
    """Nor does one that is told not to."""
    for asked in ({**CHAT, "model": model}, {**CHAT, "model": "gpt-5", "reasoning_effort": "none"}):
        usage = simulator.openai().chat.completions.create(**asked).usage
        assert usage.completion_tokens_details.reasoning_tokens == 0


def test_half_of_the_calls_find_their_system_message_cached(simulator: Simulator) -> None:
    """As part of the prompt's tokens."""
    usages = [simulator.openai().chat.completions.create(**CHAT).usage for _number in range(12)]
    assert {usage.prompt_tokens_details.cached_tokens for usage in usages} == {0, 3}


def test_every_answer_has_the_headers_of_openai(simulator: Simulator) -> None:
    """The SDK reads the request's id."""
    raw = simulator.openai().chat.completions.with_raw_response.create(**CHAT)
    assert raw.headers["x-request-id"].startswith("req_")
    assert raw.headers["openai-organization"].startswith("org-")
    assert int(raw.headers["openai-processing-ms"]) >= 0
    assert raw.request_id == raw.headers["x-request-id"]


@pytest.mark.parametrize(
    ("asked", "param", "words"),
    [
        ({"model": ""}, "model", "Invalid value for 'model'"),
        ({"model": None}, None, "must provide a model"),
        ({"messages": None}, "messages", "Missing required parameter: 'messages'"),
        ({"messages": "Hello"}, "messages", "Invalid value for 'messages'"),
        ({"max_tokens": "many"}, "max_tokens", "Invalid value for 'max_tokens'"),
        ({"tools": [1]}, "tools", "Invalid value for 'tools'"),
    ],
)
def test_what_cannot_be_understood_is_refused(simulator: Simulator, asked: Any, param: str | None, words: str) -> None:
    """With a 400 that names the field."""
    with pytest.raises(openai.BadRequestError, match=words) as caught:
        simulator.openai().chat.completions.create(**{**CHAT, **asked})
    assert caught.value.param == param
    assert caught.value.request_id
