"""OpenAI's responses, as its own SDK reads them."""

import asyncio
from typing import Any

import openai
import pytest

from tests.app.simulator.conftest import PASSAGES, Simulator, kinds

pytestmark = pytest.mark.xdist_group("simulator")
ASKED: Any = {"model": "gpt-4o-mini", "instructions": "Be brief.", "input": PASSAGES}
SEQUENCE = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
]


def test_a_whole_response_repeats_what_was_asked(simulator: Simulator) -> None:
    """Text, status, usage with its details, and the request's own settings."""
    reply = simulator.openai().responses.create(**ASKED, temperature=0.5, metadata={"team": "a"})
    assert reply.id.startswith("resp_")
    assert (reply.status, reply.error, reply.incomplete_details) == ("completed", None, None)
    assert (reply.instructions, reply.temperature, reply.metadata) == ("Be brief.", 0.5, {"team": "a"})
    assert reply.output_text.startswith("A baseline is a median.")
    assert reply.usage.total_tokens == reply.usage.input_tokens + reply.usage.output_tokens
    assert reply.usage.input_tokens_details.cached_tokens in {0, 3}
    assert reply.usage.output_tokens_details.reasoning_tokens == 0


def test_a_stream_has_the_documented_sequence(simulator: Simulator) -> None:
    """Numbered without a gap; its end is the whole response."""
    events = list(simulator.openai().responses.create(**ASKED, stream=True))
    assert kinds(events) == SEQUENCE
    assert [event.sequence_number for event in events] == list(range(len(events)))
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    done = next(event for event in events if event.type == "response.output_text.done")
    assert events[0].response.status == "in_progress"
    assert events[0].response.usage is None
    assert text == done.text == events[-1].response.output_text
    assert events[-1].response.usage.output_tokens > 0
    assert {event.item_id for event in events if hasattr(event, "item_id")} == {events[-1].response.output[0].id}


def test_a_model_that_reasons_puts_out_an_item_of_it(simulator: Simulator) -> None:
    """Before the message, which is the second then."""
    events = list(simulator.openai().responses.create(**{**ASKED, "model": "gpt-5"}, stream=True))
    assert kinds(events) == [*SEQUENCE[:3], "response.output_item.done", *SEQUENCE[2:]]
    final = events[-1].response
    assert [item.type for item in final.output] == ["reasoning", "message"]
    assert final.usage.output_tokens_details.reasoning_tokens >= 64
    assert {event.output_index for event in events if event.type == "response.output_text.delta"} == {1}


def test_the_async_client_and_the_helper_read_it(simulator: Simulator) -> None:
    """Whole, as a stream, and through `stream()`, which puts the pieces together."""

    async def ask() -> None:
        async with simulator.openai(openai.AsyncOpenAI) as client:
            whole = await client.responses.create(**ASKED)
            events = [event async for event in await client.responses.create(**ASKED, stream=True)]
            async with client.responses.stream(**ASKED) as stream:
                final = await stream.get_final_response()
        assert whole.output_text
        assert kinds(events) == SEQUENCE
        assert final.output_text.startswith("A baseline is a median.")

    asyncio.run(ask())


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("chaos", "reason"), [({}, "max_output_tokens"), ({"safety": 1}, "content_filter")])
def test_what_does_not_end_well_is_incomplete(simulator: Simulator, stream: bool, chaos: Any, reason: str) -> None:
    """By the limit of tokens, or by the content filter."""
    simulator.chaos(**chaos)
    reply = simulator.openai().responses.create(**ASKED, max_output_tokens=3, stream=stream)
    if stream:
        last = list(reply)[-1]
        assert last.type == "response.incomplete"
        reply = last.response
    assert (reply.status, reply.incomplete_details.reason) == ("incomplete", reason)


def test_a_conversation_is_answered_by_its_user(simulator: Simulator) -> None:
    """Items of all roles count as input."""
    items: Any = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "input_text", "text": PASSAGES}]},
        {"role": "assistant", "content": "A median."},
        {"role": "user", "content": "And why?"},
    ]
    client = simulator.openai()
    short, long = (client.responses.create(model="gpt-4o-mini", input=one) for one in (items[:2], items))
    assert long.output_text.startswith("A baseline is a median.")
    assert long.usage.input_tokens > short.usage.input_tokens


def test_what_cannot_be_understood_is_refused(simulator: Simulator) -> None:
    """With a 400 that names the field."""
    with pytest.raises(openai.BadRequestError, match="Missing required parameter: 'input'") as caught:
        simulator.openai().responses.create(model="gpt-4o-mini")
    assert (caught.value.param, caught.value.code) == ("input", "missing_required_parameter")
