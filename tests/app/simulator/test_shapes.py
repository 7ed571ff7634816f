"""Every body and every event has the fields that the SDKs' own types name, all that they demand, and no other.

The SDKs themselves take anything; here their models validate strictly.
"""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from anthropic.types import Message, RawMessageStreamEvent
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel

from tests.app.simulator.conftest import PASSAGES, WEATHER, Simulator

pytestmark = pytest.mark.xdist_group("simulator")
CALL = 'What is it like? call weather {"city": "Oslo"} and call weather {"city": "Rome", "days": [1, 2.5]}'
FUNCTION = {"name": "weather", "parameters": WEATHER, "strict": True}
PATHS = {"chat": "/v1/chat/completions", "responses": "/v1/responses", "messages": "/v1/messages"}
WHOLE: dict[str, type[BaseModel]] = {"chat": ChatCompletion, "responses": Response, "messages": Message}


def of_union(union: Any) -> dict[str, type[BaseModel]]:
    """The event classes of an SDK, by their type."""
    classes = get_args(get_args(union)[0])
    return {get_args(one.model_fields["type"].annotation)[0]: one for one in classes}


EVENTS = {"responses": of_union(ResponseStreamEvent), "messages": of_union(RawMessageStreamEvent)}


def request(wire: str, prompt: str, stream: bool) -> dict[str, Any]:
    """In a wire's format; with tools."""
    if wire == "chat":
        tools: Any = [{"type": "function", "function": FUNCTION}]
        asked: Any = {"messages": [{"role": "user", "content": prompt}], "tools": tools}
        return {"model": "o3", "stream": stream, **asked} | (
            {"stream_options": {"include_usage": True}} if stream else {}
        )
    if wire == "responses":
        return {"model": "o3", "stream": stream, "input": prompt, "tools": [{"type": "function", **FUNCTION}]}
    tool = {"name": "weather", "input_schema": WEATHER}
    return {
        "model": "claude-reason",
        "max_tokens": 500,
        "stream": stream,
        "messages": [{"role": "user", "content": prompt}],
        "tools": [tool],
    }


def answer(simulator: Simulator, wire: str, prompt: str, stream: bool) -> bytes:
    """Raw."""
    data = json.dumps(request(wire, prompt, stream)).encode()
    with urllib.request.urlopen(urllib.request.Request(simulator.url + PATHS[wire], data), timeout=5) as response:
        body: bytes = response.read()
    return body


def events(body: bytes) -> Iterator[tuple[str, Any]]:
    """Name and data of each."""
    for event in body.decode().removesuffix("\n\n").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in event.split("\n"))
        if lines["data"] != "[DONE]":
            yield lines.get("event", ""), json.loads(lines["data"])


def unnamed(thing: Any, at: str = "") -> list[str]:
    """Fields that no class names, at any depth."""
    if isinstance(thing, list):
        return [name for one in thing for name in unnamed(one, at)]
    if not isinstance(thing, BaseModel):
        return []
    inside = [name for field in type(thing).model_fields for name in unnamed(getattr(thing, field), f"{at}.{field}")]
    return [f"{at}.{name}" for name in thing.model_extra or {}] + inside


CASES = [
    (PASSAGES, {}),
    (CALL, {}),
    (PASSAGES, {"refusals": 1}),
    (PASSAGES, {"refusal_fields": 1}),
    (PASSAGES, {"safety": 1}),
]


@pytest.mark.parametrize("wire", PATHS)
@pytest.mark.parametrize(("prompt", "chaos"), CASES)
def test_a_body_has_the_shape_of_its_type(
    simulator: Simulator, wire: str, prompt: str, chaos: dict[str, float]
) -> None:
    """Text, calls, refusals and filtered ones."""
    simulator.chaos(**chaos)
    body = WHOLE[wire].model_validate_json(answer(simulator, wire, prompt, stream=False), strict=True)
    assert unnamed(body) == []


@pytest.mark.parametrize("wire", PATHS)
@pytest.mark.parametrize(("prompt", "chaos"), [*CASES, (PASSAGES, {"error_events": 1}), (CALL, {"error_events": 1})])
def test_an_event_has_the_shape_of_its_type(
    simulator: Simulator, wire: str, prompt: str, chaos: dict[str, float]
) -> None:
    """Each is named as its data is; in responses they are numbered, an error too."""
    simulator.chaos(**chaos)
    numbers = []
    for name, data in events(answer(simulator, wire, prompt, stream=True)):
        if name == "ping" or "error" in data:
            continue  # of no class in the SDKs
        kind = ChatCompletionChunk if wire == "chat" else EVENTS[wire][name]
        event = kind.model_validate_json(json.dumps(data), strict=True)
        assert unnamed(event) == []
        assert name == data.get("type", "")
        numbers.append(data.get("sequence_number"))
    assert numbers == (list(range(len(numbers))) if wire == "responses" else [None] * len(numbers))
