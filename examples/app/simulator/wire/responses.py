"""OpenAI's responses: https://platform.openai.com/docs/api-reference/responses."""

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
from app.simulator.tools import MOST, marked
from app.simulator.wire import GARBAGE, Stream, openai_faults
from app.simulator.wire.responses_events import Events
from app.simulator.wire.responses_items import output

PATH, PREFIX = "/v1/responses", "resp_"
headers = openai_faults.headers
# Tuples: what a request has in their place need not be hashable.
_SYSTEM, _USER, _THOUGHTLESS = ("system", "developer"), ("user",), ("none", "minimal")
_SERVER_ERROR = {"code": "server_error", "message": openai_faults.SERVER_ERROR}
# What an answer repeats of its request, and what stands there when the request does not say.
_REPEATED: dict[str, Any] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "reasoning": {"effort": None, "summary": None},
    "safety_identifier": None,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}


def asked(raw: bytes) -> Asked:
    """Understand a request. Raises MalformedError."""
    body = body_of(raw)
    said = body.get("input")
    if said is None:
        raise MalformedError("input", missing=True)
    items = [{"role": "user", "content": said}] if isinstance(said, str) else listed(body, "input")
    instructions, tools = body.get("instructions"), listed(body, "tools")
    given = [instructions] if isinstance(instructions, str) else []
    system = texts(items, _SYSTEM)
    return Asked(
        model=body["model"],
        system="\n".join([*given, system] if system else given),
        prompt=texts(items, _USER),
        limit=limit_of(body, "max_output_tokens"),
        stream=bool(body.get("stream")),
        more=size(tools) + size([one for one in items if one.get("role") not in _SYSTEM + _USER]),
        calls=_calls(body, items, tools) if tools else (),
        thinks=object_of(body, "reasoning").get("effort") not in _THOUGHTLESS,
        body=body,
    )


def _calls(body: dict[str, Any], items: list[dict[str, Any]], tools: list[dict[str, Any]]) -> tuple[ToolCall, ...]:
    if body.get("tool_choice") == "none":
        return ()
    names = {str(tool.get("name")) for tool in tools if tool.get("type") == "function"}
    return marked(last_words(items), names, 1 if body.get("parallel_tool_calls") is False else MOST)


def whole(asked: Asked, reply: Reply, uid: str) -> bytes:
    """A `response`; one that failed is an answer, too."""
    if reply.failure == "garbage":
        return GARBAGE
    return orjson.dumps(_response(asked, uid) | _ended(reply, uid))


def stream(asked: Asked, reply: Reply, uid: str) -> Stream:
    """The events, numbered."""
    return Events(reply, uid, _response(asked, uid), _ended(reply, uid), _failed()).stream()


def _response(asked: Asked, uid: str) -> dict[str, Any]:
    """As it is while it is made."""
    repeated = {name: usual if (told := asked.body.get(name)) is None else told for name, usual in _REPEATED.items()}
    return {
        "id": PREFIX + uid,
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "model": asked.model,
        "output": [],
        "service_tier": "default",
        "usage": None,
    } | repeated


def _ended(reply: Reply, uid: str) -> dict[str, Any]:
    """What is different once it is over."""
    if reply.failure == "error_event":
        return _failed()
    why = "content_filter" if reply.failure == "safety_block" else "max_output_tokens" if reply.cut_off else None
    return {
        "status": "incomplete" if why else "completed",
        "completed_at": None if why else int(time.time()),
        "incomplete_details": {"reason": why} if why else None,
        "output": output(reply, uid),
        "usage": _usage(reply),
    }


def _failed() -> dict[str, Any]:
    return {"status": "failed", "error": _SERVER_ERROR}


def _usage(reply: Reply) -> dict[str, Any]:
    """Cached tokens are part of the input tokens, thought ones part of the output tokens."""
    tokens = reply.tokens
    return {
        "input_tokens": tokens.input,
        "input_tokens_details": {"cached_tokens": tokens.cache_read, "cache_write_tokens": 0},
        "output_tokens": tokens.output,
        "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
        "total_tokens": tokens.input + tokens.output,
    }


def fault(failed: Failed) -> Fault | None:
    """The error that a failure is; one that a stream would tell of by an event is a failed response without a stream."""
    return None if failed.fate == "error_event" else openai_faults.fault(failed, "input")


def malformed(error: MalformedError, _uid: str) -> Fault:
    """What a request gets that cannot be understood."""
    return openai_faults.malformed(error)
