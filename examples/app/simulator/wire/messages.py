"""Anthropic's messages: https://docs.anthropic.com/en/api/messages."""

from typing import Any

import orjson

from app.simulator.asked import (
    Asked,
    MalformedError,
    ToolCall,
    body_of,
    last_words,
    limit_of,
    listed,
    object_of,
    size,
    texts,
)
from app.simulator.behaviour import Reply
from app.simulator.cache import prefixes
from app.simulator.faults import Failed, Fault
from app.simulator.tools import MOST, marked, slices
from app.simulator.wire import GARBAGE, Stream, anthropic_faults, event, filled, interrupted, pieces

PATH, PREFIX = "/v1/messages", "msg_"
headers = anthropic_faults.headers
# Tuples: what a request has in their place need not be hashable.
_TOOLING = ("tool_use", "tool_result")
_STOPPED = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
_DELTA = b"event: content_block_delta\ndata: "
_PING = b'event: ping\ndata: {"type": "ping"}\n\n'


def asked(raw: bytes) -> Asked:
    """Understand a request. Raises MalformedError."""
    body = body_of(raw)
    if body.get("messages") is None:
        raise MalformedError("messages", missing=True)
    messages, tools = listed(body, "messages"), listed(body, "tools")
    system = body.get("system") or ""
    if not isinstance(system, str | list):
        raise MalformedError("system")
    return Asked(
        model=body["model"],
        system=texts([{"role": "system", "content": system}], ("system",)),
        prompt=texts(messages, ("user",)),
        limit=limit_of(body, "max_tokens", least=0),
        stream=bool(body.get("stream")),
        more=size(tools) + sum(map(_beside, messages)),
        calls=_calls(body, messages, tools) if tools else (),
        prefixes=prefixes(body["model"], body) if b'"cache_control"' in raw else (),
        body=body,
    )


def _beside(message: dict[str, Any]) -> int:
    """Characters of a message that are not the user's text."""
    content = message.get("content")
    if message.get("role") != "user":
        return size([message])
    if not isinstance(content, list):
        return 0
    return size([part for part in content if isinstance(part, dict) and part.get("type") in _TOOLING])


def _calls(body: dict[str, Any], messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> tuple[ToolCall, ...]:
    choice = object_of(body, "tool_choice")
    if choice.get("type") == "none":
        return ()
    names = {str(tool.get("name")) for tool in tools}
    return marked(last_words(messages), names, 1 if choice.get("disable_parallel_tool_use") else MOST)


def whole(asked: Asked, reply: Reply, uid: str) -> bytes:
    """A message."""
    if reply.failure == "garbage":
        return GARBAGE
    content: list[dict[str, Any]] = [
        _tool_use(number, call, uid) | {"input": orjson.Fragment(call.arguments)}
        for number, call in enumerate(reply.calls)
    ] or [{"type": "text", "text": reply.text}]
    return orjson.dumps(_message(asked, uid, content) | _stop(reply) | {"usage": _usage(asked, reply)})


def stream(asked: Asked, reply: Reply, uid: str) -> Stream:
    """The events; the tokens that came in are in the first, those that go out in the last but one."""
    usage = _usage(asked, reply)
    begun = _message(asked, uid, []) | {"stop_reason": None, "stop_sequence": None, "stop_details": None}
    before = event("message_start", {"message": begun | {"usage": usage | {"output_tokens": 1}}})
    if reply.calls:
        listed = _call_events(reply, uid)
    else:
        before += _start(0, {"type": "text", "text": ""}) + _PING
        opening = _delta(0, b'"text_delta","text":')
        listed = list(filled(opening, pieces(reply.text, reply.words_at_once), b"}}\n\n"))
    after = b"" if reply.calls else _end(0)
    told = {name: count for name, count in usage.items() if name not in {"cache_creation", "service_tier"}}
    after += event("message_delta", {"delta": _stop(reply), "usage": told}) + _STOPPED
    error = anthropic_faults.body("Overloaded", "overloaded_error", uid)
    raised = b"event: error\ndata: %b\n\n" % orjson.dumps(error)
    return interrupted(Stream(before, listed, after, len(listed)), reply.failure, raised, _DELTA)


def _call_events(reply: Reply, uid: str) -> list[bytes]:
    events = []
    for number, call in enumerate(reply.calls):
        events.append(_start(number, _tool_use(number, call, uid) | {"input": {}}))
        opening = _delta(number, b'"input_json_delta","partial_json":')
        events += filled(opening, ["", *slices(call.arguments, reply.words_at_once)], b"}}\n\n")
        events[-1] += _end(number)
    return events


def _start(index: int, block: dict[str, Any]) -> bytes:
    return event("content_block_start", {"index": index, "content_block": block})


def _delta(index: int, rest: bytes) -> bytes:
    return _DELTA + b'{"type":"content_block_delta","index":%d,"delta":{"type":%b' % (index, rest)


def _end(index: int) -> bytes:
    return b'event: content_block_stop\ndata: {"type":"content_block_stop","index":%d}\n\n' % index


def _tool_use(number: int, call: ToolCall, uid: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{uid[:22]}{number:02}", "name": call.name}


def _message(asked: Asked, uid: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": PREFIX + uid, "type": "message", "role": "assistant", "model": asked.model, "content": content}


def _stop(reply: Reply) -> dict[str, Any]:
    refused = reply.failure in {"refusal", "refusal_field", "safety_block"}
    ended = "tool_use" if reply.calls else "max_tokens" if reply.cut_off else "end_turn"
    details = {"type": "refusal", "category": None, "explanation": None} if refused else None
    return {"stop_reason": "refusal" if refused else ended, "stop_sequence": None, "stop_details": details}


def _usage(asked: Asked, reply: Reply) -> dict[str, Any]:
    """Cached tokens are beside the input tokens, thought ones part of the output tokens."""
    tokens = reply.tokens
    kept = (
        ("ephemeral_1h", "ephemeral_5m")
        if asked.prefixes and asked.prefixes[-1].hour
        else ("ephemeral_5m", "ephemeral_1h")
    )
    usage = {
        "input_tokens": tokens.input - tokens.cache_read - tokens.cache_write,
        "cache_creation_input_tokens": tokens.cache_write,
        "cache_read_input_tokens": tokens.cache_read,
        "cache_creation": {f"{kept[0]}_input_tokens": tokens.cache_write, f"{kept[1]}_input_tokens": 0},
        "output_tokens": tokens.output,
        "service_tier": "standard",
    }
    return usage | ({"output_tokens_details": {"thinking_tokens": tokens.reasoning}} if tokens.reasoning else {})


def fault(failed: Failed) -> Fault | None:
    """The error that a failure is; one that a stream would tell of by an event is a plain one without a stream."""
    told = failed.fate == "error_event" and failed.asked.stream
    return None if told else anthropic_faults.fault(failed)


def malformed(error: MalformedError, uid: str) -> Fault:
    """What a request gets that cannot be understood."""
    return anthropic_faults.malformed(error, uid)
