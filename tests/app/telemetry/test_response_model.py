"""The model that answered is the one that the provider names, often a dated one; on the span as `gen_ai.response.model`."""

from collections.abc import Callable
from types import SimpleNamespace as Made
from typing import Any

import pytest
from app.telemetry import Call, Telemetry
from app.telemetry.contract import Contract
from app.telemetry.readers import ChatCompletions, Messages, Reader, Responses
from app.telemetry.spans import Span
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response

DATED = "m-2026-01-01"
COMPLETION = ChatCompletion.model_construct(id="1", model=DATED, choices=[], usage=None)
RESPONSE = Response.model_construct(id="1", model=DATED, output=[], usage=None, status="completed")
USAGE = Made(input_tokens=1, output_tokens=1)


def chunk(model: str) -> ChatCompletionChunk:
    return ChatCompletionChunk.model_construct(id="1", model=model, choices=[], usage=None)


READERS: list[tuple[Callable[[], Reader], str, list[Any]]] = [
    (ChatCompletions, "reply", [COMPLETION]),
    # Azure's first piece names no model; some compatible ones stop naming it.
    (ChatCompletions, "event", [chunk(""), chunk(DATED), chunk("")]),
    (Responses, "reply", [RESPONSE]),
    (Responses, "event", [Made(type="response.completed", response=RESPONSE)]),
    (Messages, "reply", [Made(id="1", model=DATED, content=[], usage=USAGE, stop_reason="end_turn")]),
    (Messages, "event", [Made(type="message_start", message=Made(id="1", model=DATED, usage=USAGE))]),
]


@pytest.mark.parametrize(("reader", "method", "told"), READERS)
def test_it_is_read_from_each_protocol(reader: Callable[[], Reader], method: str, told: list[Any]) -> None:
    """Whole or in pieces."""
    reading, call = reader(), Call(endpoint="chat", model="m")
    for one in told:
        getattr(reading, method)(one)
    reading.into(call)
    assert call.response_model == DATED


def test_an_endpoint_that_names_none_leaves_it_unknown(contract: Contract) -> None:
    """Then the span has no such attribute; otherwise it has."""
    telemetry, kept = Telemetry(contract), list[Span]()
    telemetry.spans._sink = kept.append  # noqa: SLF001
    for model in (None, DATED):
        reading = ChatCompletions()
        reading.reply(Made(id="1", choices=[], usage=None, model=model))
        with telemetry.call(endpoint="chat", model="gpt-4o-mini") as call:
            reading.into(call)
    assert [one.attributes.get("gen_ai.response.model") for one in kept] == [None, DATED]
    telemetry.close()
