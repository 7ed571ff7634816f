"""A prompt that says `call NAME {json}` is answered with that call, in each wire format."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import anthropic
import openai
import pytest
from app.simulator.asked import ToolCall
from app.simulator.tools import marked
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.simulator.conftest import WEATHER, Simulator

pytestmark = pytest.mark.xdist_group("simulator")
ARGUMENTS = '{"city": "Oslo, \\"Grünerløkka\\"", "days": [1, 2, {"and": null}]}'
PROMPT = f"What is it like there? call weather {ARGUMENTS} please"
FUNCTION = {"name": "weather", "parameters": WEATHER}
CHAT: Any = {"model": "gpt-4o-mini", "tools": [{"type": "function", "function": FUNCTION}]}
RESPONSES: Any = {"model": "gpt-4o-mini", "tools": [{"type": "function", **FUNCTION}]}
MESSAGES: Any = {
    "model": "claude-haiku-4-5",
    "max_tokens": 200,
    "tools": [{"name": "weather", "input_schema": WEATHER}],
}
USER: Any = {"role": "user", "content": PROMPT}


def chat(simulator: Simulator, **more: Any) -> list[tuple[str, str]]:
    reply = simulator.openai().chat.completions.create(**{**CHAT, "messages": [USER], **more})
    (choice,) = reply.choices
    calls = choice.message.tool_calls or []
    assert (choice.finish_reason == "tool_calls") == (choice.message.content is None) == bool(calls)
    return [(call.function.name, call.function.arguments) for call in calls]


def chat_streamed(simulator: Simulator, **more: Any) -> list[tuple[str, str]]:
    with simulator.openai().chat.completions.stream(**{**CHAT, "messages": [USER], **more}) as stream:
        (choice,) = stream.get_final_completion().choices
    calls = choice.message.tool_calls or []
    assert (choice.finish_reason == "tool_calls") == (choice.message.content is None) == bool(calls)
    assert len({call.id for call in calls}) == len(calls)
    return [(call.function.name, call.function.arguments) for call in calls]


def responses(simulator: Simulator, **more: Any) -> list[tuple[str, str]]:
    reply = simulator.openai().responses.create(**{**RESPONSES, "input": [USER], **more})
    return [(item.name, item.arguments) for item in reply.output if item.type == "function_call"]


def responses_streamed(simulator: Simulator, **more: Any) -> list[tuple[str, str]]:
    events = list(simulator.openai().responses.create(**{**RESPONSES, "input": [USER], **more}, stream=True))
    with simulator.openai().responses.stream(**{**RESPONSES, "input": [USER], **more}) as stream:
        final = stream.get_final_response()
    calls = [item for item in final.output if item.type == "function_call"]
    pieces = [event.delta for event in events if event.type == "response.function_call_arguments.delta"]
    assert "".join(pieces) == "".join(call.arguments for call in calls)
    return [(call.name, call.arguments) for call in calls]


def messages(simulator: Simulator, **more: Any) -> list[tuple[str, str]]:
    reply = simulator.anthropic().messages.create(**{**MESSAGES, "messages": [USER], **more})
    return uses(reply)


def messages_streamed(simulator: Simulator, **more: Any) -> list[tuple[str, str]]:
    with simulator.anthropic().messages.stream(**{**MESSAGES, "messages": [USER], **more}) as stream:
        return uses(stream.get_final_message())


def uses(reply: Any) -> list[tuple[str, str]]:
    blocks = [block for block in reply.content if block.type == "tool_use"]
    assert (reply.stop_reason == "tool_use") == bool(blocks)
    return [(block.name, json.dumps(block.input)) for block in blocks]


WAYS = [chat, chat_streamed, responses, responses_streamed, messages, messages_streamed]
Way = Callable[..., list[tuple[str, str]]]


@pytest.mark.parametrize("ask", WAYS)
def test_the_call_arrives_as_it_was_asked_for(simulator: Simulator, ask: Way) -> None:
    """Name, arguments, and a reason to stop that says so."""
    ((name, arguments),) = ask(simulator)
    assert name == "weather"
    assert json.loads(arguments) == json.loads(ARGUMENTS)


@pytest.mark.parametrize("ask", WAYS)
def test_several_calls_arrive_in_their_order(simulator: Simulator, ask: Way) -> None:
    """Each as one of its own."""
    prompt = [{"role": "user", "content": 'call weather {"city": "Oslo"}, then call weather {"city": "Rome"}'}]
    found = ask(simulator, **{"input" if "responses" in ask.__name__ else "messages": prompt})
    assert [json.loads(arguments)["city"] for _name, arguments in found] == ["Oslo", "Rome"]


@pytest.mark.parametrize("ask", WAYS)
def test_a_tool_that_is_not_listed_or_not_wanted_is_not_called(simulator: Simulator, ask: Way) -> None:
    """Then the answer is text."""
    none: Any = {"type": "none"} if "messages" in ask.__name__ else "none"
    other = [{"role": "user", "content": 'call delete {"all": true}'}]
    assert ask(simulator, tool_choice=none) == []
    assert ask(simulator, **{"input" if "responses" in ask.__name__ else "messages": other}) == []


def test_one_at_a_time_is_kept_to(simulator: Simulator) -> None:
    """Where the request forbids parallel calls."""
    prompt: Any = [{"role": "user", "content": "call weather {} call weather {}"}]
    assert len(chat(simulator, messages=prompt, parallel_tool_calls=False)) == 1
    assert len(responses(simulator, input=prompt, parallel_tool_calls=False)) == 1
    assert (
        len(messages(simulator, messages=prompt, tool_choice={"type": "auto", "disable_parallel_tool_use": True})) == 1
    )


def test_a_result_is_answered_with_text(simulator: Simulator) -> None:
    """Else a loop of calls and results would never end."""
    call: Any = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    assert chat(simulator, messages=[USER, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c1", "content": "fine"}]) == []  # fmt: skip
    made: Any = {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"}
    assert (
        responses(simulator, input=[USER, made, {"type": "function_call_output", "call_id": "c1", "output": "fine"}])
        == []
    )
    use: Any = {"type": "tool_use", "id": "c1", "name": "weather", "input": {}}
    result: Any = {"type": "tool_result", "tool_use_id": "c1", "content": "fine"}
    assert (
        messages(
            simulator, messages=[USER, {"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
        )
        == []
    )


def test_async_clients_get_it_too(simulator: Simulator) -> None:
    """One of each provider."""

    async def ask() -> None:
        async with simulator.openai(openai.AsyncOpenAI) as client:
            reply = await client.chat.completions.create(**CHAT, messages=[USER])
        async with simulator.anthropic(anthropic.AsyncAnthropic) as client:
            message = await client.messages.create(**MESSAGES, messages=[USER])
        assert json.loads(reply.choices[0].message.tool_calls[0].function.arguments) == message.content[0].input

    asyncio.run(ask())


@pytest.mark.parametrize("text", ["call weather", "call weather {", "call weather {'a': 1}", 'recall weather {"a": 1}', "call weather {NaN}", "call weather [1]", "call weather " + '{"a":' * 100_000])  # fmt: skip
def test_what_is_no_call_is_not_one(text: str) -> None:
    """No JSON, no object, no word of its own, or deeper than Python reads; a call after it is found nonetheless."""
    assert marked(text, {"weather"}) == ()
    assert marked(text + " call weather {}", {"weather"}) == (ToolCall("weather", "{}"),)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), JSON), st.text())
def test_any_object_comes_back_letter_by_letter(arguments: dict[str, Any], around: str) -> None:
    """Whatever stands around it."""
    written = json.dumps(arguments)
    assert ToolCall("weather", written) in marked(f"{around} call weather {written}{around}", {"weather"})
