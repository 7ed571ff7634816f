"""The SDKs' own clients, observed: whatever way an answer comes, what is counted is what the provider said."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from app.telemetry import Telemetry
from app.telemetry import anthropic as anthropic_calls
from app.telemetry import openai as openai_calls
from app.telemetry.contract import Contract
from app.telemetry.readers import ChatCompletions
from app.telemetry.watched import Watched
from app.telemetry.wrapping import about

from tests.app.conftest import Live

pytestmark = pytest.mark.xdist_group("app")
MESSAGES: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is a baseline?"}]
ASKED: Any = {"model": "claude-haiku-4-5", "max_tokens": 200, "system": "Be brief.", "messages": MESSAGES[1:]}
CHAT: Any = {"model": "gpt-4o-mini", "messages": MESSAGES}


class Seen:
    """A kit of its own, and the calls that it saw."""

    def __init__(self, contract: Contract, log: Path) -> None:
        self.telemetry = Telemetry(contract, log_file=log)
        self.calls: list[Any] = []
        ended = self.telemetry.keep.ended
        self.telemetry.keep.ended = lambda call: (self.calls.append(call), ended(call))[1]  # type: ignore[method-assign]

    @property
    def call(self) -> Any:
        """The only one."""
        (one,) = self.calls
        return one


@pytest.fixture
def seen(contract: Contract, tmp_path: Path, live: Live) -> Any:
    """Nothing yet; the simulator behaves."""
    live.recover()
    one = Seen(contract, tmp_path / "log")
    yield one
    one.telemetry.close()


def chat_client(live: Live, seen: Seen, kind: Callable[..., Any] = openai.OpenAI) -> Any:
    """An observed OpenAI client of the simulator."""
    client = kind(api_key="offline", base_url=f"{live.simulator}/v1", max_retries=0, timeout=3)
    return openai_calls.observed(client, seen.telemetry, endpoint="chat")


def message_client(live: Live, seen: Seen, kind: Callable[..., Any] = anthropic.Anthropic) -> Any:
    """An observed Anthropic client of the simulator."""
    client = kind(api_key="offline", base_url=live.simulator, max_retries=0, timeout=3, open_telemetry=False)
    return anthropic_calls.observed(client, seen.telemetry, endpoint="chat")


def test_a_whole_chat_completion(live: Live, seen: Seen) -> None:
    """Text, tokens and question as they went over the wire."""
    with about(user_id="u-17", conversation_id="c-3"):
        reply = chat_client(live, seen).chat.completions.create(**CHAT)
    assert seen.call.answer == reply.choices[0].message.content
    assert seen.call.tokens["input"] == reply.usage.prompt_tokens
    assert seen.call.tokens["output"] == reply.usage.completion_tokens
    assert (seen.call.response_id, seen.call.finish_reason) == (reply.id, "stop")
    assert (seen.call.question, seen.call.system) == ("What is a baseline?", "Be brief.")
    assert (seen.call.user_id, seen.call.conversation_id, seen.call.provider) == ("u-17", "c-3", "openai")


def test_a_stream_of_chat_completions(live: Live, seen: Seen) -> None:
    """The tokens are asked for, and their piece is kept from who did not ask; time to the first token is there."""
    chunks = list(chat_client(live, seen).chat.completions.create(**CHAT, stream=True))
    assert all(chunk.choices for chunk in chunks)
    assert seen.call.answer == "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert seen.call.tokens["output"] > 0
    assert 0 < seen.call.first_token_ms < seen.call.latency_ms


def test_who_asks_for_usage_gets_it(live: Live, seen: Seen) -> None:
    """And the same tokens are counted."""
    options = {"include_usage": True}
    chunks = list(chat_client(live, seen).chat.completions.create(**CHAT, stream=True, stream_options=options))
    assert chunks[-1].usage.completion_tokens == seen.call.tokens["output"]


def test_an_async_stream(live: Live, seen: Seen) -> None:
    """Used as a context, too."""

    async def ask() -> str:
        client = chat_client(live, seen, openai.AsyncOpenAI)
        async with await client.chat.completions.create(**CHAT, stream=True) as stream:
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(ask()) == seen.call.answer
    assert seen.call.status == "ok"


@pytest.mark.parametrize("how", ["close", "forget", "break within with"])
def test_an_abandoned_stream_is_an_outcome(live: Live, seen: Seen, how: str) -> None:
    """Closed, forgotten or left: no failure, and the text so far is kept."""
    stream = chat_client(live, seen).chat.completions.create(**CHAT, stream=True)
    for _number in range(3):
        next(stream)
    if how == "close":
        stream.close()
    elif how == "forget":
        del stream
        gc.collect()
    else:
        with stream:
            next(stream)
    assert seen.call.abandoned
    assert seen.call.status == "ok"
    assert seen.call.answer


def test_leaving_after_the_last_word_is_no_abandoning(live: Live, seen: Seen) -> None:
    """Many stop at the finish reason."""
    for chunk in chat_client(live, seen).chat.completions.create(**CHAT, stream=True):
        if chunk.choices[0].finish_reason:
            break
    gc.collect()
    assert not seen.call.abandoned


@pytest.mark.parametrize("stream", [False, True])
def test_a_failing_provider_raises_what_it_raised(live: Live, seen: Seen, stream: bool) -> None:
    """The SDK's own exception, and one failed call."""
    live.chaos(errors=1.0)
    with pytest.raises(openai.InternalServerError):
        list(chat_client(live, seen).chat.completions.create(**CHAT, stream=stream))
    assert seen.call.status == "api_error"
    live.recover()


def test_other_options_are_observed_too(live: Live, seen: Seen) -> None:
    """A client made from an observed one is one."""
    chat_client(live, seen).with_options(timeout=9).chat.completions.create(**CHAT)
    assert seen.call.status == "ok"


def test_arguments_that_are_not_understood_are_the_callers_business(live: Live, seen: Seen) -> None:
    """The SDK gets them, the call is observed by what is known, and the kit counts its mistake."""
    with about(no_such_field="x"):
        message_client(live, seen).messages.create(**ASKED)
    assert seen.call.answer
    assert seen.call.endpoint == "chat"
    assert seen.telemetry.failures == 1


def test_a_stream_of_something_else_passes_through(contract: Contract, tmp_path: Path) -> None:
    """Events that no reader understands reach whoever reads them, and one call is counted."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    observation = telemetry.call(endpoint="chat", model="gpt-4o-mini")
    observation.start()
    stream = Watched(iter([1, "two", None]), observation, ChatCompletions(), lambda event: bool(event.usage))
    assert list(stream) == [1, "two", None]
    telemetry.close()
    labels = {"model": "gpt-4o-mini", "endpoint": "chat"}
    assert telemetry.metrics.registry.get_sample_value("llm_requests_total", labels) == 1


def test_the_original_client_is_left_alone(live: Live, seen: Seen) -> None:
    """Only the copy is observed."""
    client = openai.OpenAI(api_key="offline", base_url=f"{live.simulator}/v1", max_retries=0)
    openai_calls.observed(client, seen.telemetry, endpoint="chat")
    client.chat.completions.create(**CHAT)
    assert seen.calls == []


def test_whole_and_streamed_messages_of_anthropic(live: Live, seen: Seen) -> None:
    """Cached tokens are part of the input, however the provider counts them."""
    client = message_client(live, seen)
    reply = client.messages.create(**ASKED)
    events = list(client.messages.create(**ASKED, stream=True))
    with client.messages.stream(**ASKED) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    whole, streamed, helped = seen.calls
    assert whole.answer == reply.content[0].text
    assert whole.tokens["input"] == reply.usage.input_tokens + reply.usage.cache_read_input_tokens + (
        reply.usage.cache_creation_input_tokens or 0
    )
    assert streamed.answer == "".join(e.delta.text for e in events if e.type == "content_block_delta")
    assert helped.answer == text
    assert helped.tokens["output"] == final.usage.output_tokens
    assert helped.first_token_ms < helped.latency_ms
    assert {call.system for call in seen.calls} == {"Be brief."}


def test_async_messages_of_anthropic(live: Live, seen: Seen) -> None:
    """Plain, streaming, and the helper."""

    async def ask() -> None:
        client = message_client(live, seen, anthropic.AsyncAnthropic)
        await client.messages.create(**ASKED)
        async for _event in await client.messages.create(**ASKED, stream=True):
            pass
        async with client.messages.stream(**ASKED) as stream:
            async for _text in stream.text_stream:
                pass

    asyncio.run(ask())
    assert len(seen.calls) == 3
    assert all(call.tokens["output"] for call in seen.calls if call.status == "ok")


@pytest.mark.parametrize(("chaos", "kind"), [("refusals", "refusal"), ("safety", "safety_block")])
def test_refusals_and_blocks_are_told_apart(live: Live, seen: Seen, chaos: str, kind: str) -> None:
    """By the finish reason, the refusal field or the text."""
    live.chaos(**{chaos: 1.0})
    chat_client(live, seen).chat.completions.create(**CHAT)
    list(chat_client(live, seen).chat.completions.create(**CHAT, stream=True))
    live.recover()
    assert {call.status for call in seen.calls} == {kind}
