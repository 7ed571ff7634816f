"""OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat."""

import time
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
from app.simulator.faults import Failed, Fault
from app.simulator.tools import MOST, marked, slices
from app.simulator.wire import GARBAGE, Stream, filled, interrupted, openai_faults, pieces

PATH, PREFIX = "/v1/chat/completions", "chatcmpl-"
headers = openai_faults.headers
# Tuples: what a request has in their place need not be hashable.
_SYSTEM, _USER, _THOUGHTLESS = ("system", "developer"), ("user",), ("none", "minimal")
_MADE_BY: dict[str, Any] = {"service_tier": "default", "system_fingerprint": "fp_0ff11e0000"}
_DONE = b"data: [DONE]\n\n"


def asked(raw: bytes) -> Asked:
    """Understand a request. Raises MalformedError."""
    body = body_of(raw)
    if body.get("messages") is None:
        raise MalformedError("messages", missing=True)
    messages, tools = listed(body, "messages"), listed(body, "tools")
    object_of(body, "stream_options")
    return Asked(
        model=body["model"],
        system=texts(messages, _SYSTEM),
        prompt=texts(messages, _USER),
        limit=limit_of(body, "max_completion_tokens", "max_tokens"),
        stream=bool(body.get("stream")),
        more=size(tools) + size([one for one in messages if one.get("role") not in _SYSTEM + _USER]),
        calls=_calls(body, messages, tools) if tools else (),
        thinks=body.get("reasoning_effort") not in _THOUGHTLESS,
        body=body,
    )


def _calls(body: dict[str, Any], messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> tuple[ToolCall, ...]:
    if body.get("tool_choice") == "none":
        return ()
    functions = [function for tool in tools if isinstance(function := tool.get("function"), dict)]
    names = {str(function.get("name")) for function in functions}
    return marked(last_words(messages), names, 1 if body.get("parallel_tool_calls") is False else MOST)


def whole(asked: Asked, reply: Reply, uid: str) -> bytes:
    """A `chat.completion`."""
    if reply.failure == "garbage":
        return GARBAGE
    refused = reply.failure == "refusal_field"
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if refused or reply.calls else reply.text,
        "refusal": reply.text if refused else None,
        "annotations": [],
    }
    if reply.calls:
        message["tool_calls"] = [_call(number, call, uid, call.arguments) for number, call in enumerate(reply.calls)]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(reply)}
    head = {"id": PREFIX + uid, "object": "chat.completion", "created": int(time.time()), "model": asked.model}
    return orjson.dumps(head | {"choices": [choice], "usage": _usage(reply)} | _MADE_BY)


def stream(asked: Asked, reply: Reply, uid: str) -> Stream:
    """The chunks; usage comes only when it was asked for, as null until the last."""
    told = bool(object_of(asked.body, "stream_options").get("include_usage"))
    head = {"id": PREFIX + uid, "object": "chat.completion.chunk", "created": int(time.time()), "model": asked.model}
    opening = b"data: " + orjson.dumps(head | _MADE_BY)[:-1] + b',"choices":['
    closing = b'],"usage":null}\n\n' if told else b"]}\n\n"
    begin, end = opening + b'{"index":0,"delta":', b',"logprobs":null,"finish_reason":null}' + closing

    def chunk(delta: dict[str, Any]) -> bytes:
        return begin + orjson.dumps(delta) + end

    refused = reply.failure == "refusal_field"
    if reply.calls:
        before = chunk({"role": "assistant", "content": None, "refusal": None})
        listed = _call_chunks(reply, uid, begin, end)
    else:
        before = chunk({"role": "assistant", "content": None if refused else "", "refusal": "" if refused else None})
        name = b'{"refusal":' if refused else b'{"content":'
        listed = list(filled(begin + name, pieces(reply.text, reply.words_at_once), b"}" + end))
    after = b'%b{},"logprobs":null,"finish_reason":"%b"}%b' % (begin, _finish(reply).encode(), closing)
    if told:
        after += opening + b'],"usage":' + orjson.dumps(_usage(reply)) + b"}\n\n"
    error = (
        b"data: " + orjson.dumps(openai_faults.body(openai_faults.SERVER_ERROR, "server_error", None, None)) + b"\n\n"
    )
    return interrupted(Stream(before, listed, after + _DONE, len(listed)), reply.failure, error)


def _call_chunks(reply: Reply, uid: str, begin: bytes, end: bytes) -> list[bytes]:
    chunks = []
    for number, call in enumerate(reply.calls):
        chunks.append(begin + orjson.dumps({"tool_calls": [{"index": number} | _call(number, call, uid, "")]}) + end)
        opening = b'%b{"tool_calls":[{"index":%d,"function":{"arguments":' % (begin, number)
        chunks += filled(opening, slices(call.arguments, reply.words_at_once), b"}}]}" + end)
    return chunks


def _call(number: int, call: ToolCall, uid: str, arguments: str) -> dict[str, Any]:
    function = {"name": call.name, "arguments": arguments}
    return {"id": f"call_{uid[:22]}{number:02}", "type": "function", "function": function}


def _finish(reply: Reply) -> str:
    if reply.failure == "safety_block":
        return "content_filter"
    return "tool_calls" if reply.calls else "length" if reply.cut_off else "stop"


def _usage(reply: Reply) -> dict[str, Any]:
    """Cached tokens are part of the prompt tokens, thought ones part of the completion tokens."""
    tokens = reply.tokens
    return {
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cache_read, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": tokens.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def fault(failed: Failed) -> Fault | None:
    """The error that a failure is; one that a stream would tell of by an event is a plain one without a stream."""
    told = failed.fate == "error_event" and failed.asked.stream
    return None if told else openai_faults.fault(failed, "messages")


def malformed(error: MalformedError, _uid: str) -> Fault:
    """What a request gets that cannot be understood."""
    return openai_faults.malformed(error)
