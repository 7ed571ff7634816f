"""Whatever is sent: an answer, or a refusal in the provider's own words, never a crash."""

import json
from typing import Any

import pytest
from app.simulator.account import of_headers
from app.simulator.asked import Asked, MalformedError
from app.simulator.behaviour import Behaviour
from app.simulator.misbehaviour import FATES, Chaos
from app.simulator.server import WIRES
from app.simulator.wire import Wire
from hypothesis import event, given, settings
from hypothesis import strategies as st

LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
VALUE = st.recursive(
    LEAF, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=6), one, max_size=3), max_leaves=8
)
BLOCK = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["text", "tool_use", "tool_result", "image"]),
        "text": LEAF,
        "cache_control": VALUE,
    },
)
MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(["user", "system", "assistant", "tool"]) | LEAF,
        "content": st.lists(BLOCK | LEAF) | VALUE,
    },
)
MESSAGES = st.lists(MESSAGE, max_size=4)
NEEDED: dict[str, Any] = {"model": st.sampled_from(["m", "o3"]), "messages": MESSAGES, "input": MESSAGES}
FIELDS: dict[str, Any] = {
    "system": st.lists(BLOCK) | VALUE,
    "instructions": VALUE,
    "stream": st.booleans(),
    "tools": st.lists(st.fixed_dictionaries({}, optional={"name": VALUE, "function": VALUE, "type": VALUE})) | VALUE,
    **dict.fromkeys(
        [
            "tool_choice",
            "stream_options",
            "reasoning",
            "reasoning_effort",
            "max_tokens",
            "max_output_tokens",
            "cache_control",
            "metadata",
            "text",
        ],
        VALUE,
    ),
}


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.PREFIX)
@settings(max_examples=150, deadline=None)
@given(
    body=st.fixed_dictionaries(NEEDED, optional=FIELDS)
    | st.fixed_dictionaries({}, optional=dict.fromkeys(NEEDED, VALUE))
    | VALUE,
    fate=st.sampled_from([None, *FATES]),
)
def test_any_request_is_answered_or_refused(wire: Wire, body: Any, fate: str | None) -> None:
    """Whole and as a stream, whatever fails."""
    behaviour = Behaviour(1)
    behaviour.chaos = Chaos.parse({fate: 1} if fate else {})
    try:
        asked = wire.asked(json.dumps(body).encode())
    except MalformedError as error:
        refused = wire.malformed(error, "1")
        event(f"refused for {error.field or 'no JSON'}")
    else:
        refused = None
        check(behaviour, wire, asked, fate)
    assert refused is None or refused.status == 400


def check(behaviour: Behaviour, wire: Wire, asked: Asked, fate: str | None) -> None:
    """Tokens add up, and there is an answer."""
    reply = behaviour.reply(asked)
    tokens = reply.tokens
    assert tokens.cache_read + tokens.cache_write <= tokens.input
    assert tokens.reasoning <= tokens.output <= asked.limit
    stream = wire.stream(asked, reply, "1" * 24)
    assert len(stream.pieces) <= stream.of
    if fate != "garbage":
        assert json.loads(wire.whole(asked, reply, "1" * 24))["model"] == asked.model


@given(st.binary())
def test_any_bytes_are_answered_or_refused(raw: bytes) -> None:
    """A body that is no JSON, and a key that is no text."""
    assert of_headers([(b"authorization", raw)]).email.endswith("@example.org")
    for wire in WIRES:
        with pytest.raises(MalformedError):
            wire.asked(raw)
