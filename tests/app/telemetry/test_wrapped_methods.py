"""Every method of both SDKs that answers: observed once, and the caller gets what the plain client would have given."""

import asyncio
import json
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import openai
import pydantic
import pytest
from app.telemetry import Telemetry
from app.telemetry import anthropic as anthropic_calls
from app.telemetry import openai as openai_calls
from app.telemetry.contract import Contract

CHAT: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Why?"}]}
ASKED: Any = {**CHAT, "model": "claude-haiku-4-5", "max_tokens": 9}
INPUT: Any = {"model": "gpt-4o-mini", "input": "Why?"}
TOKENS = {"input": 12, "output": 7}


class Shape(pydantic.BaseModel):
    """What a structured answer is parsed into."""

    why: str


SAID = '{"why": "Because."}'
_MESSAGE = {"role": "assistant", "content": SAID, "refusal": None}
_USAGE = {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19}
COMPLETION = {
    "id": "c1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini", "usage": _USAGE,
    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message": _MESSAGE}],
}  # fmt: skip
_PART = {"type": "output_text", "text": SAID, "annotations": [], "logprobs": []}
_ITEM = {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [_PART]}
RESPONSE = {
    "id": "r1", "object": "response", "created_at": 1, "model": "gpt-4o-mini", "status": "completed", "output": [_ITEM], "error": None,
    "incomplete_details": None, "parallel_tool_calls": False, "tool_choice": "auto", "tools": [],
    "usage": {"input_tokens": 12, "output_tokens": 7, "total_tokens": 19, "input_tokens_details": {"cached_tokens": 0},
              "output_tokens_details": {"reasoning_tokens": 0}},
}  # fmt: skip
MESSAGE = {
    "id": "m1", "type": "message", "role": "assistant", "model": "claude-haiku-4-5", "stop_reason": "end_turn", "stop_sequence": None,
    "content": [{"type": "text", "text": SAID}], "usage": {"input_tokens": 12, "output_tokens": 7},
}  # fmt: skip


def _event(kind: str, **more: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n"


def _chunk(**more: Any) -> str:
    told = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini", "choices": [], **more}
    return f"data: {json.dumps(told)}\n\n"


def _piece(delta: dict[str, str], finish: str | None = None) -> str:
    return _chunk(choices=[{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}])


def _streamed(path: str) -> str:
    if path.endswith("/chat/completions"):
        return _piece({"content": SAID}) + _piece({}, "stop") + _chunk(usage=_USAGE) + "data: [DONE]\n\n"
    if path.endswith("/responses"):
        begun = {**RESPONSE, "status": "in_progress", "output": [], "usage": None}
        place = {"output_index": 0, "content_index": 0, "item_id": "m1"}
        return (
            _event("response.created", sequence_number=0, response=begun)
            + _event(
                "response.output_item.added", sequence_number=1, output_index=0, item={**_ITEM, "content": [], "status": "in_progress"}
            )
            + _event("response.content_part.added", sequence_number=2, part={**_PART, "text": ""}, **place)
            + _event("response.output_text.delta", sequence_number=3, delta=SAID, logprobs=[], **place)
            + _event("response.output_text.done", sequence_number=4, text=SAID, logprobs=[], **place)
            + _event("response.output_item.done", sequence_number=5, output_index=0, item=_ITEM)
            + _event("response.completed", sequence_number=6, response=RESPONSE)
        )  # fmt: skip
    begun = {**MESSAGE, "content": [], "stop_reason": None, "usage": {"input_tokens": 12, "output_tokens": 1}}
    return (
        _event("message_start", message=begun)
        + _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        + _event("content_block_delta", index=0, delta={"type": "text_delta", "text": SAID})
        + _event("content_block_stop", index=0)
        + _event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": 7})
        + _event("message_stop")
    )


def _provider(request: httpx2.Request) -> httpx2.Response:
    if json.loads(request.content).get("stream"):
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=_streamed(request.url.path))
    whole = {"completions": COMPLETION, "responses": RESPONSE, "messages": MESSAGE}
    return httpx2.Response(200, json=whole[request.url.path.rsplit("/", 1)[-1]])


class Kit:
    """A kit, the calls it saw, and observed clients of a provider that answers the same to everybody."""

    def __init__(self, contract: Contract, log: Path) -> None:
        self.telemetry = Telemetry(contract, log_file=log)
        self.calls: list[Any] = []
        self.telemetry.on_end(self.calls.append)

    def client(self, name: str) -> Any:
        """By the name of the SDK's class."""
        if name.startswith("Async"):
            web: Any = httpx2.AsyncClient(transport=httpx2.MockTransport(_provider))
        else:
            web = httpx2.Client(transport=httpx2.MockTransport(_provider))
        given: Any = {"api_key": "offline", "base_url": "http://provider/v1", "http_client": web, "max_retries": 0}
        if name.endswith("OpenAI"):
            return openai_calls.observed(getattr(openai, name)(**given), self.telemetry, endpoint="chat")
        plain = getattr(anthropic, name)(**given, open_telemetry=False)
        return anthropic_calls.observed(plain, self.telemetry, endpoint="chat")

    def saw(self, answer: str = SAID) -> None:
        """One call, whole and priced."""
        (call,) = self.calls
        assert (call.status, call.answer, call.abandoned, dict(call.tokens)) == ("ok", answer, False, TOKENS)
        assert call.cost_usd
        assert (call.question, self.telemetry.failures) == ("Why?", 0)


@pytest.fixture
def kit(contract: Contract, tmp_path: Path) -> Any:
    """Nothing seen yet."""
    one = Kit(contract, tmp_path / "log")
    yield one
    one.telemetry.close()


METHODS = [
    ("OpenAI", "chat.completions.create", CHAT),
    ("OpenAI", "chat.completions.parse", {**CHAT, "response_format": Shape}),
    ("OpenAI", "beta.chat.completions.parse", {**CHAT, "response_format": Shape}),
    ("OpenAI", "responses.create", INPUT),
    ("OpenAI", "responses.parse", {**INPUT, "text_format": Shape}),
    ("Anthropic", "messages.create", ASKED),
    ("Anthropic", "messages.parse", {**ASKED, "output_format": Shape}),
    ("Anthropic", "beta.messages.create", ASKED),
    ("Anthropic", "beta.messages.parse", {**ASKED, "output_format": Shape}),
]
STREAMS = [one for one in METHODS if one[1].endswith("create")]
HELPERS = [
    ("OpenAI", "chat.completions.stream", CHAT),
    ("OpenAI", "beta.chat.completions.stream", CHAT),
    ("OpenAI", "responses.stream", INPUT),
    ("Anthropic", "messages.stream", ASKED),
    ("Anthropic", "beta.messages.stream", ASKED),
]


def method(client: Any, path: str) -> Any:
    """Of a resource, by its path."""
    for name in path.split("."):
        client = getattr(client, name)
    return client


def ids(values: list[tuple[str, str, Any]]) -> list[str]:
    """Of parameters."""
    return [f"{sdk}.{path}" for sdk, path, _words in values]


@pytest.mark.parametrize(("sdk", "path", "words"), METHODS, ids=ids(METHODS))
def test_a_whole_answer(kit: Kit, sdk: str, path: str, words: Any) -> None:
    """Of a synchronous client; a parsed answer is parsed."""
    reply = method(kit.client(sdk), path)(**words)
    kit.saw()
    assert not path.endswith("parse") or "Because." in repr(reply)


@pytest.mark.parametrize(("sdk", "path", "words"), METHODS, ids=ids(METHODS))
def test_a_whole_answer_that_is_waited_for(kit: Kit, sdk: str, path: str, words: Any) -> None:
    """Of an asynchronous client."""

    async def ask() -> None:
        await method(kit.client(f"Async{sdk}"), path)(**words)

    asyncio.run(ask())
    kit.saw()


@pytest.mark.parametrize(("sdk", "path", "words"), STREAMS, ids=ids(STREAMS))
def test_a_stream(kit: Kit, sdk: str, path: str, words: Any) -> None:
    """Synchronous, then asynchronous: the same."""
    assert list(method(kit.client(sdk), path)(**words, stream=True))
    kit.saw()
    kit.calls.clear()

    async def ask() -> None:
        assert [event async for event in await method(kit.client(f"Async{sdk}"), path)(**words, stream=True)]

    asyncio.run(ask())
    kit.saw()


@pytest.mark.parametrize(("sdk", "path", "words"), HELPERS, ids=ids(HELPERS))
def test_a_streams_helper(kit: Kit, sdk: str, path: str, words: Any) -> None:
    """Both kinds of client."""
    with method(kit.client(sdk), path)(**words) as stream:
        assert list(stream)
    kit.saw()
    kit.calls.clear()

    async def ask() -> None:
        async with method(kit.client(f"Async{sdk}"), path)(**words) as stream:
            assert [event async for event in stream]

    asyncio.run(ask())
    kit.saw()


RAW = [one for one in METHODS if one[1] != "messages.parse"]
"""Anthropic's SDK has no raw form of that one."""


@pytest.mark.parametrize(("sdk", "path", "words"), RAW, ids=ids(RAW))
def test_a_raw_response_is_the_callers_and_observed(kit: Kit, sdk: str, path: str, words: Any) -> None:
    """`with_raw_response` gives the HTTP response, which can still be parsed."""
    resource, name = path.rsplit(".", 1)
    response = getattr(method(kit.client(sdk), resource).with_raw_response, name)(**words)
    assert response.http_response.status_code == 200
    assert response.parse().id
    kit.saw()


@pytest.mark.parametrize(("sdk", "path", "words"), STREAMS, ids=ids(STREAMS))
def test_a_raw_response_of_an_asynchronous_client(kit: Kit, sdk: str, path: str, words: Any) -> None:
    """One SDK parses at once, the other has to be waited for."""
    resource, name = path.rsplit(".", 1)

    async def ask() -> None:
        response = await getattr(method(kit.client(f"Async{sdk}"), resource).with_raw_response, name)(**words)
        assert response.http_response.status_code == 200

    asyncio.run(ask())
    kit.saw()


@pytest.mark.parametrize(("sdk", "path", "words"), STREAMS, ids=ids(STREAMS))
def test_bodies_that_the_caller_reads_are_left_alone(kit: Kit, sdk: str, path: str, words: Any) -> None:
    """`with_streaming_response`, and a raw response that streams: as the plain client gives them, and not observed."""
    resource, name = path.rsplit(".", 1)
    client = method(kit.client(sdk), resource)
    with getattr(client.with_streaming_response, name)(**words) as response:
        assert SAID in json.dumps(response.json()).replace("\\", "")
    raw = getattr(client.with_raw_response, name)(**words, stream=True)
    assert type(raw).__name__.endswith("APIResponse")
    assert list(raw.parse())
    assert kit.calls == []
