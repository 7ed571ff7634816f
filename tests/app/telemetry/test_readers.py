"""What a stream said, and what it did not: a failure that only an event tells, an end that was none, answers that are mixed."""

from types import SimpleNamespace as Made
from typing import Any

import pytest
from app.telemetry import Call, Telemetry
from app.telemetry.contract import Contract
from app.telemetry.openai import asked_last
from app.telemetry.readers import ChatCompletions, Messages, Reader, Responses


def delta(text: str, index: int = 0, finish: str | None = None) -> Any:
    """A chunk of a chat completion."""
    message = Made(content=text, refusal=None, tool_calls=None)
    return Made(
        id="c1", model="gpt-4o-mini", usage=None, choices=[Made(index=index, delta=message, finish_reason=finish)]
    )


def text(kind: str, **more: Any) -> Any:
    """An event of a message or a response."""
    return Made(type=kind, **more)


def call(model: str = "gpt-4o-mini") -> Call:
    """Not answered yet."""
    return Call(endpoint="chat", model=model)


def test_of_several_answers_the_first_is_read(contract: Contract) -> None:
    """However their pieces are mixed, and however the others end."""
    reader, one = ChatCompletions(), call()
    for piece in (
        delta("A1"), delta(" B1", 1), delta(" A2"), delta("", 1, "content_filter"), delta("", 0, "stop"), delta("B2", 1),
    ):  # fmt: skip
        reader.event(piece)
    reader.ended(one)
    assert (one.answer, one.status, one.finish_reason) == ("A1 A2", "ok", "stop")


@pytest.mark.parametrize(("code", "kind"), [("server_error", "api_error"), (None, "api_error"), ("content_filter", "safety_block"), ("timeout", "timeout")])  # fmt: skip
def test_a_response_whose_stream_ends_with_an_error(code: str | None, kind: str) -> None:
    """OpenAI's SDK yields that event and raises nothing."""
    reader, one = Responses(), call()
    reader.event(text("response.output_text.delta", delta="A med"))
    reader.event(text("error", code=code, message="The server had an error"))
    reader.ended(one)
    assert (one.answer, one.status) == ("A med", kind)


READERS: list[tuple[type[Any], list[Any]]] = [
    (ChatCompletions, [delta("A med")]),
    (Responses, [text("response.output_text.delta", delta="A med")]),
    (Messages, [text("content_block_delta", index=0, delta=Made(type="text_delta", text="A med"))]),
]


@pytest.mark.parametrize(("reader", "events"), READERS)
def test_a_stream_that_ends_without_a_reason_was_cut_off(reader: type[Reader], events: list[Any]) -> None:
    """By a proxy, say, that closes in good order what it did not get whole."""
    reading, one = reader(), call()
    for event in events:
        reading.event(event)
    reading.ended(one)
    assert (one.answer, one.status, one.error) == ("A med", "api_error", "the stream ended without a finish reason")


def test_a_response_that_is_made_in_the_background_has_not_ended() -> None:
    """It is there, without a reason and without tokens: not free, but not known."""
    reader, one = Responses(), call()
    reader.reply(Made(id="r1", model="m", status="queued", usage=None, output=[], incomplete_details=None))
    reader.into(one)
    assert (one.status, one.finish_reason, one.tokens) == ("ok", None, {})


START = Made(id="m1", model="m", usage=Made(input_tokens=10, output_tokens=1))


def test_the_first_count_of_a_message_is_none_of_its_output(contract: Contract) -> None:
    """Anthropic begins with 1; whoever leaves before the last count does not know what it cost."""
    reader, one = Messages(), call("claude-haiku-4-5")
    reader.event(text("message_start", message=START))
    for _number in range(50):
        reader.event(text("content_block_delta", index=0, delta=Made(type="text_delta", text="word ")))
    reader.into(one)
    one.gone()
    assert one.tokens == {"input": 10}
    assert Telemetry(contract).priced(one) is None


def test_a_cache_write_that_lasts_is_told_apart(contract: Contract) -> None:
    """It costs more: `ephemeral_1h_input_tokens` of Anthropic's usage, told at a stream's begin only."""
    kept = Made(ephemeral_5m_input_tokens=0, ephemeral_1h_input_tokens=100)
    usage = Made(input_tokens=10, output_tokens=1, cache_creation_input_tokens=100, cache_creation=kept)
    reader, one = Messages(), call("claude-haiku-4-5")
    reader.event(text("message_start", message=Made(id="m1", model="m", usage=usage)))
    last = Made(input_tokens=None, output_tokens=5, cache_creation_input_tokens=100)
    reader.event(text("message_delta", usage=last, delta=Made(stop_reason="end_turn")))
    reader.ended(one)
    price = contract.models["claude-haiku-4-5"]["usd_per_million_tokens"]
    usd = (10 * price["input"] + 100 * 2 * price["input"] + 5 * price["output"]) / 1e6
    assert Telemetry(contract).priced(one) == pytest.approx(usd)


def known(**fields: Any) -> Call:
    """A call that ended like this."""
    one = call()
    for name, value in fields.items():
        setattr(one, name, value)
    return one


@pytest.mark.parametrize(
    ("one", "free"),
    [
        (known(status="ok", answer=""), False),  # a tool call of a provider that tells no usage
        (known(status="ok", answer="A median."), False),
        (known(status="api_error", answer="A med"), False),
        (known(status="ok", answer="", abandoned=True), False),
        (known(status="api_error", answer=None), True),
        (known(status="timeout", answer=""), True),
    ],
)
def test_no_tokens_are_free_only_where_nothing_was_answered(contract: Contract, one: Call, free: bool) -> None:
    """A call that failed before its first word costs nothing; everything else costs something that nobody knows."""
    assert Telemetry(contract).priced(one) == (0.0 if free else None)


QUESTION = {"role": "user", "content": "Where is my parcel?"}
OPENAI_TOOL = [{"role": "assistant", "content": None, "tool_calls": []}, {"role": "tool", "content": "in Rome"}]
ANTHROPIC_TOOL = [{"role": "assistant", "content": []}, {"role": "user", "content": [{"type": "tool_result", "content": "in Rome"}]}]  # fmt: skip
RESPONSES_TOOL = [{"type": "function_call"}, {"type": "function_call_output", "output": "in Rome"}]


@pytest.mark.parametrize(
    ("messages", "continues"),
    [
        ([QUESTION], False),
        ([QUESTION, {"role": "assistant", "content": "In Rome."}, QUESTION], False),
        ([QUESTION, {"role": "assistant", "content": "It is"}], False),  # the beginning of an answer, put into the model's mouth
        ([QUESTION, *OPENAI_TOOL], True),
        ([QUESTION, *ANTHROPIC_TOOL], True),
        ([QUESTION, *RESPONSES_TOOL], True),
        (RESPONSES_TOOL, True),  # the question is in the response before
    ],
)  # fmt: skip
def test_a_tools_result_goes_on_with_the_question(messages: list[Any], continues: bool) -> None:
    """In each protocol: the question stays the person's, and is not asked again."""
    question, goes_on = asked_last(messages)
    assert goes_on == continues
    assert question == (QUESTION["content"] if QUESTION in messages else "")
