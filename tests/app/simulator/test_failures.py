"""Errors, each as its provider sends it: the SDKs raise what they raise for the real ones."""

import asyncio
import json
import time
from typing import Any

import anthropic
import openai
import pytest
from app.simulator.account import of_key

from tests.app.simulator.conftest import Simulator

pytestmark = pytest.mark.xdist_group("simulator")
KEY = "sk-of-a-test-0123456789"
MESSAGES: Any = [{"role": "user", "content": "Why?"}]
CHAT: Any = {"model": "gpt-4o-mini", "messages": MESSAGES}
ASKED: Any = {"model": "claude-haiku-4-5", "max_tokens": 200, "messages": MESSAGES}

OPENAI = {
    "errors": (openai.InternalServerError, 500, "server_error", "The server had an error while processing your request."),
    "context_length": (openai.BadRequestError, 400, "context_length_exceeded", "maximum context length is 128000 tokens"),
    "unauthorized": (openai.AuthenticationError, 401, "invalid_api_key", "Incorrect API key provided: sk-of-a-"),
    "forbidden": (openai.PermissionDeniedError, 403, "unsupported_country_region_territory", "not supported"),
    "not_found": (openai.NotFoundError, 404, "model_not_found", "The model `gpt-4o-mini` does not exist"),
    "rate_limits": (openai.RateLimitError, 429, "rate_limit_exceeded", "Rate limit reached for gpt-4o-mini"),
    "server_errors": (openai.InternalServerError, 500, None, "Sorry about that"),
    "unavailable": (openai.InternalServerError, 503, None, "overloaded with other requests"),
    "overloaded": (openai.InternalServerError, 503, "server_overloaded", "currently overloaded"),
    "filtered_prompts": (openai.BadRequestError, 400, "content_filter", "content management policy"),
}  # fmt: skip
ANTHROPIC = {
    "errors": (anthropic.InternalServerError, 529, "overloaded_error", "Overloaded"),
    "context_length": (anthropic.BadRequestError, 400, "invalid_request_error", "prompt is too long"),
    "unauthorized": (anthropic.AuthenticationError, 401, "authentication_error", "invalid x-api-key"),
    "forbidden": (anthropic.PermissionDeniedError, 403, "permission_error", "does not have permission"),
    "not_found": (anthropic.NotFoundError, 404, "not_found_error", "model: claude-haiku-4-5"),
    "rate_limits": (anthropic.RateLimitError, 429, "rate_limit_error", "would exceed your organization's rate limit"),
    "server_errors": (anthropic.InternalServerError, 500, "api_error", "Internal server error"),
    "unavailable": (anthropic.InternalServerError, 503, "api_error", "Service unavailable"),
    "overloaded": (anthropic.InternalServerError, 529, "overloaded_error", "Overloaded"),
    "filtered_prompts": (anthropic.BadRequestError, 400, "invalid_request_error", "content filtering policy"),
}  # fmt: skip


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("chaos", OPENAI)
def test_openai_raises_its_own_exceptions(simulator: Simulator, chaos: str, stream: bool) -> None:
    """Class, status, code, message and request id; the same from responses, except what says that a prompt is too long."""
    kind, status, code, words = OPENAI[chaos]
    simulator.chaos(**{chaos: 1})
    client = simulator.openai()
    with pytest.raises(kind, match=words) as caught:
        client.chat.completions.create(**CHAT, stream=stream)
    words = "exceeds the context window" if chaos == "context_length" else words
    with pytest.raises(kind, match=words) as again:
        client.responses.create(model="gpt-4o-mini", input="Why?", stream=stream)
    for error in (caught.value, again.value):
        assert (error.status_code, error.code) == (status, code)
        assert error.request_id.startswith("req_")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("chaos", ANTHROPIC)
def test_anthropic_raises_its_own_exceptions(simulator: Simulator, chaos: str, stream: bool) -> None:
    """Class, status, type, message and request id, in the body as in the header."""
    kind, status, code, words = ANTHROPIC[chaos]
    simulator.chaos(**{chaos: 1})
    with pytest.raises(kind, match=words) as caught:
        simulator.anthropic().messages.create(**ASKED, stream=stream)
    error = caught.value
    assert (error.status_code, error.type) == (status, code)
    assert error.request_id == error.body["request_id"]


def test_async_clients_raise_the_same(simulator: Simulator) -> None:
    """One of each provider."""
    simulator.chaos(rate_limits=1)

    async def ask() -> None:
        async with simulator.openai(openai.AsyncOpenAI) as client:
            with pytest.raises(openai.RateLimitError):
                await client.chat.completions.create(**CHAT)
        async with simulator.anthropic(anthropic.AsyncAnthropic) as client:
            with pytest.raises(anthropic.RateLimitError):
                await client.messages.create(**ASKED, stream=True)

    asyncio.run(ask())


def test_a_rate_limit_says_how_long_to_wait(simulator: Simulator) -> None:
    """In the headers and the words of either provider."""
    simulator.chaos(rate_limits=1, retry_after=1.5)
    with pytest.raises(openai.RateLimitError, match=r"try again in 1\.5s") as caught:
        simulator.openai().chat.completions.create(**CHAT)
    headers = caught.value.response.headers
    assert (headers["retry-after"], headers["retry-after-ms"], headers["x-ratelimit-reset-tokens"]) == (
        "2",
        "1500",
        "1.5s",
    )
    assert headers["x-ratelimit-remaining-tokens"] == "0"
    with pytest.raises(anthropic.RateLimitError) as limited:
        simulator.anthropic().messages.create(**ASKED)
    headers = limited.value.response.headers
    assert (headers["retry-after"], headers["anthropic-ratelimit-input-tokens-remaining"]) == ("2", "0")
    assert headers["anthropic-ratelimit-tokens-reset"].endswith("Z")


def test_the_sdks_wait_as_long_as_they_are_told(simulator: Simulator) -> None:
    """One retry, after that time."""
    simulator.chaos(rate_limits=1, retry_after=0.3)
    begun = time.monotonic()
    with pytest.raises(openai.RateLimitError):
        simulator.openai(max_retries=1).chat.completions.create(**CHAT)
    assert 0.3 < time.monotonic() - begun < 2
    assert simulator.ledger()["models"]["gpt-4o-mini"]["calls"] == {"rate_limit": 2}


def test_a_rate_limit_names_the_organisation_and_leaks_an_address_only_when_told(simulator: Simulator) -> None:
    """Those of the key; a share of the errors, or all."""
    account = of_key(KEY)
    for leak in (0, 1):
        simulator.chaos(rate_limits=1, leak=leak)
        with pytest.raises(openai.RateLimitError, match=account.organisation) as caught:
            simulator.openai().chat.completions.create(**CHAT)
        with pytest.raises(anthropic.RateLimitError, match=account.organisation_id) as limited:
            simulator.anthropic().messages.create(**ASKED)
        assert (account.email in caught.value.message) == (account.email in limited.value.message) == bool(leak)


def test_a_key_is_never_shown_whole(simulator: Simulator) -> None:
    """A short one not at all."""
    simulator.chaos(unauthorized=1)
    for key in (KEY, "short"):
        with pytest.raises(openai.AuthenticationError) as caught:
            simulator.openai(api_key=key).chat.completions.create(**CHAT)
        assert key not in caught.value.message


def test_azures_filter_says_what_it_filtered(simulator: Simulator) -> None:
    """In an inner error."""
    simulator.chaos(filtered_prompts=1)
    with pytest.raises(openai.BadRequestError) as caught:
        simulator.openai().chat.completions.create(**CHAT)
    inner = caught.value.body["innererror"]  # type: ignore[index]
    assert inner["code"] == "ResponsibleAIPolicyViolation"
    assert [name for name, told in inner["content_filter_result"].items() if told["filtered"]] == ["violence"]


@pytest.mark.parametrize("chaos", ["refusals", "refusal_fields", "refusal_texts", "safety"])
def test_refusals_come_in_each_providers_ways(simulator: Simulator, chaos: str) -> None:
    """As text, in a field of their own, or as a reason to stop; whole and in pieces."""
    simulator.chaos(**{chaos: 1})
    client = simulator.openai()
    message = client.chat.completions.create(**CHAT).choices[0]
    chunks = [chunk.choices[0] for chunk in client.chat.completions.create(**CHAT, stream=True)]
    streamed = ["".join(getattr(chunk.delta, name) or "" for chunk in chunks) for name in ("content", "refusal")]
    response = client.responses.create(model="gpt-4o-mini", input="Why?")
    refused = simulator.anthropic().messages.create(**ASKED)
    words = "I'm sorry, but I can't help with that."
    expected = {"refusal_fields": ["", words, "stop"], "safety": ["", "", "content_filter"]}.get(
        chaos, [words, "", "stop"]
    )
    assert [message.message.content or "", message.message.refusal or "", message.finish_reason] == expected
    assert [*streamed, chunks[-1].finish_reason] == expected
    assert response.output[0].content[0].type == ("refusal" if chaos == "refusal_fields" else "output_text")
    assert refused.stop_reason == ("end_turn" if chaos == "refusal_texts" else "refusal")
    assert (refused.stop_details is None) == (chaos == "refusal_texts")


def test_a_call_that_times_out_says_nothing(simulator: Simulator) -> None:
    """Until the client gives up, whole and in a stream."""
    simulator.chaos(timeouts=1)
    for stream in (False, True):
        with pytest.raises(openai.APITimeoutError):
            simulator.openai(timeout=0.3).chat.completions.create(**CHAT, stream=stream)
    with pytest.raises(anthropic.APITimeoutError):
        simulator.anthropic(timeout=0.3).messages.create(**ASKED)


@pytest.mark.parametrize("stream", [False, True])
def test_a_cut_breaks_the_connection_in_the_middle(simulator: Simulator, stream: bool) -> None:
    """What came before it is there."""
    simulator.chaos(cuts=1)
    chunks: list[Any] = []
    with pytest.raises(openai.APIConnectionError):
        chunks.extend(simulator.openai().chat.completions.create(**CHAT, stream=stream))
    with pytest.raises(openai.APIConnectionError):
        list(simulator.openai().responses.create(model="gpt-4o-mini", input="Why?", stream=stream))
    with pytest.raises(Exception, match=r"peer closed|Connection error"):
        list(simulator.anthropic().messages.create(**ASKED, stream=stream))
    text = "".join(chunk.choices[0].delta.content for chunk in chunks)
    assert text == ("The passages do not" if stream else "")


def test_an_error_event_ends_a_stream(simulator: Simulator) -> None:
    """With status 200, after half of the answer."""
    simulator.chaos(error_events=1)
    pieces: list[Any] = []
    with pytest.raises(anthropic.APIStatusError, match="Overloaded") as caught:
        pieces.extend(simulator.anthropic().messages.create(**ASKED, stream=True))
    assert (caught.value.status_code, caught.value.type) == (200, "overloaded_error")
    kinds = [event.type for event in pieces]
    assert kinds == ["message_start", "content_block_start", *["content_block_delta"] * 4]
    with pytest.raises(openai.APIError, match="had an error") as raised:
        list(simulator.openai().chat.completions.create(**CHAT, stream=True))
    assert not isinstance(raised.value, openai.APIStatusError)
    ends = set()
    for _turn in range(60):  # a coin for each
        events = list(simulator.openai().responses.create(model="gpt-4o-mini", input="Why?", stream=True))
        (error,) = [event for event in events if event.type == "error"]
        assert error.code == "server_error"
        if events[-1].type == "response.failed":
            assert events[-1].response.error.code == "server_error"
        ends.add(tuple(event.type for event in events[events.index(error) - 1 :]))
        if len(ends) == 2:
            break
    said = "response.output_text.delta"
    assert ends == {(said, "error"), (said, "error", "response.failed")}


def test_without_a_stream_an_error_event_is_a_plain_error(simulator: Simulator) -> None:
    """Or a response that has failed."""
    simulator.chaos(error_events=1)
    with pytest.raises(anthropic.InternalServerError, match="Overloaded"):
        simulator.anthropic().messages.create(**ASKED)
    with pytest.raises(openai.InternalServerError):
        simulator.openai().chat.completions.create(**CHAT)
    response = simulator.openai().responses.create(model="gpt-4o-mini", input="Why?")
    assert (response.status, response.error.code, response.output) == ("failed", "server_error", [])


@pytest.mark.parametrize("stream", [False, True])
def test_garbage_is_no_json(simulator: Simulator, stream: bool) -> None:
    """Whatever the header says."""
    simulator.chaos(garbage=1)
    for ask, asked in (
        (simulator.openai().chat.completions.create, CHAT),
        (simulator.openai().responses.create, {"model": "gpt-4o-mini", "input": "Why?"}),
        (simulator.anthropic().messages.create, ASKED),
    ):
        with pytest.raises(
            (json.JSONDecodeError, openai.APIResponseValidationError, anthropic.APIResponseValidationError)
        ):
            list(ask(**asked, stream=stream))
