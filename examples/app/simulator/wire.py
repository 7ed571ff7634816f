"""The two providers' documented wire formats: bodies, streams and errors."""

import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from app.simulator.behaviour import Reply

Event = tuple[str, Any]
"""A server-sent event's name (empty for OpenAI) and its data."""


def sse(event: Event) -> str:
    """As bytes on the wire, without encoding."""
    name, data = event
    body = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"event: {name}\ndata: {body}\n\n" if name else f"data: {body}\n\n"


def pieces(text: str, at_once: int = 1) -> list[str]:
    """Words with their spaces, as a stream delivers them: one at a time, or several."""
    words = text.split(" ")
    joined = [" ".join(words[first : first + at_once]) for first in range(0, len(words), at_once)]
    return [piece if number == 0 else f" {piece}" for number, piece in enumerate(joined)]


def openai_usage(reply: Reply) -> dict[str, Any]:
    """Cached tokens are part of the prompt tokens."""
    return {
        "prompt_tokens": reply.tokens_in,
        "completion_tokens": reply.tokens_out,
        "total_tokens": reply.tokens_in + reply.tokens_out,
        "prompt_tokens_details": {"cached_tokens": min(reply.cached, reply.tokens_in), "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def openai_body(model: str, reply: Reply) -> dict[str, Any]:
    """A whole `chat.completion`."""
    finish = "content_filter" if reply.failure == "safety_block" else "stop"
    message = {"role": "assistant", "content": reply.text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    return _openai_head(model, "chat.completion") | {"choices": [choice], "usage": openai_usage(reply)}


def openai_events(model: str, reply: Reply, *, usage: bool) -> Iterator[Event]:
    """The chunks of a stream; usage comes only when it was asked for."""
    head = _openai_head(model, "chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish: str | None = None) -> Event:
        return "", head | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    for piece in pieces(reply.text, reply.words_at_once):
        yield chunk({"content": piece})
    yield chunk({}, "content_filter" if reply.failure == "safety_block" else "stop")
    if usage:
        yield "", head | {"choices": [], "usage": openai_usage(reply)}
    yield "", "[DONE]"


def _openai_head(model: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid4().hex[:24]}", "object": kind, "created": int(time.time()), "model": model}


def openai_error(message: str, code: str) -> dict[str, Any]:
    """An error body."""
    return {"error": {"message": message, "type": "server_error", "param": None, "code": code}}


def anthropic_usage(reply: Reply) -> dict[str, Any]:
    """Cached tokens are beside the input tokens."""
    cached = min(reply.cached, reply.tokens_in)
    return {
        "input_tokens": reply.tokens_in - cached,
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": 0,
        "output_tokens": reply.tokens_out,
    }


def _anthropic_message(model: str) -> dict[str, Any]:
    head = {"id": f"msg_{uuid4().hex[:24]}", "type": "message", "role": "assistant", "model": model}
    return head | {"content": [], "stop_reason": None, "stop_sequence": None}


def _stop_reason(reply: Reply) -> str:
    return "refusal" if reply.failure in {"refusal", "safety_block"} else "end_turn"


def anthropic_body(model: str, reply: Reply) -> dict[str, Any]:
    """A whole message."""
    content = [{"type": "text", "text": reply.text}]
    return _anthropic_message(model) | {
        "content": content,
        "stop_reason": _stop_reason(reply),
        "usage": anthropic_usage(reply),
    }


def anthropic_events(model: str, reply: Reply) -> Iterator[Event]:
    """The events of a stream."""
    usage = anthropic_usage(reply) | {"output_tokens": 1}
    yield "message_start", {"type": "message_start", "message": _anthropic_message(model) | {"usage": usage}}
    block = {"type": "text", "text": ""}
    yield "content_block_start", {"type": "content_block_start", "index": 0, "content_block": block}
    for piece in pieces(reply.text, reply.words_at_once):
        delta = {"type": "text_delta", "text": piece}
        yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    end = {"stop_reason": _stop_reason(reply), "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": end, "usage": {"output_tokens": reply.tokens_out}}
    yield "message_stop", {"type": "message_stop"}


def anthropic_error(message: str, kind: str) -> dict[str, Any]:
    """An error body."""
    return {"type": "error", "error": {"type": kind, "message": message}}
