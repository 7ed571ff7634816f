"""Read what a provider answered, whole or in pieces, into a call: text, tokens, and what makes an answer none.

Nothing of an SDK is imported: its objects are read by the names that both providers document.
"""

from typing import Any, Protocol

from . import kinds
from .call import Call
from .refusal import refuses


class Reader(Protocol):
    """Takes an answer; `into` a call when it is all there, or as much as there will be."""

    text: list[str]
    """Its pieces so far."""
    whole: bool
    """Whether the provider has said that the answer is finished."""

    def reply(self, reply: Any) -> None:
        """A whole answer."""
        ...

    def event(self, event: Any) -> bool:
        """A piece of a stream; True where it is of the answer."""
        ...

    def into(self, call: Call) -> None:
        """Write down what is known."""
        ...

    def ended(self, call: Call) -> None:
        """The stream has come to its end by itself: write down what is known, and whether that was the end of the answer."""
        ...


class _Answer:
    def __init__(self) -> None:
        self.text: list[str] = []
        self.tokens: dict[str, int] = {}
        self.failure, self.tier, self.whole = "", None, False
        self.long_writes = 0
        self.id: str | None = None
        self.model: str | None = None
        self.reason: str | None = None

    def into(self, call: Call) -> None:
        """Write down what is known; an answer that reads like a refusal is one."""
        text = "".join(self.text)
        call.tier, call.response_id, call.finish_reason = self.tier, self.id, self.reason
        call.response_model = self.model or call.response_model
        call.long_cache_writes = self.long_writes
        call.answered(text, {kind: count for kind, count in self.tokens.items() if count})
        if self.failure or (self.whole and refuses(text)):
            call.failed(self.failure or "refusal", self.failure or "the answer reads like a refusal")

    def ended(self, call: Call) -> None:
        """As `into`; an end that the provider has given no reason for is somebody's who cut the stream off between here and there."""
        self.into(call)
        if not self.whole and not self.failure:
            call.failed(kinds.API_ERROR, "the stream ended without a finish reason")

    def _named(self, answer: Any) -> None:
        """Some compatible endpoints leave the model out, or empty in the first pieces."""
        self.model = getattr(answer, "model", None) or self.model

    def _finish(self, reason: str | None) -> None:
        if reason:
            self.whole, self.reason = True, reason
            self.failure = kinds.of_finish(reason) or self.failure


class ChatCompletions(_Answer):
    """OpenAI's chat completions, and everything that speaks them."""

    def reply(self, reply: Any) -> None:
        """A `ChatCompletion`."""
        self.id = reply.id
        self._named(reply)
        self.tier = getattr(reply, "service_tier", None)
        for choice in reply.choices[:1]:
            self._message(choice.message)
            self._finish(choice.finish_reason)
        self.tokens = _openai_tokens(reply.usage, "prompt", "completion")

    def event(self, event: Any) -> bool:
        """A `ChatCompletionChunk`."""
        self.id = event.id
        self._named(event)
        self.tier = getattr(event, "service_tier", None) or self.tier
        self.tokens = _openai_tokens(getattr(event, "usage", None), "prompt", "completion") or self.tokens
        said = False
        for choice in event.choices:
            # With n > 1 their pieces come in any order; whoever asks for several gets the first one logged.
            if not getattr(choice, "index", 0):
                said = self._message(choice.delta)
                self._finish(choice.finish_reason)
        return said

    def _message(self, message: Any) -> bool:
        refusal = getattr(message, "refusal", None)
        if refusal:
            self.failure = "refusal"
        text = message.content or refusal or ""
        self.text.append(text)
        return bool(text or getattr(message, "tool_calls", None))


class Responses(_Answer):
    """OpenAI's responses."""

    def reply(self, reply: Any) -> None:
        """A `Response`."""
        self.tier = getattr(reply, "service_tier", None)
        self.text = [getattr(part, "text", None) or getattr(part, "refusal", None) or "" for part in _parts(reply)]
        if any(part.type == "refusal" for part in _parts(reply)):
            self.failure = "refusal"
        self._end(reply)

    def event(self, event: Any) -> bool:
        """A `ResponseStreamEvent`."""
        kind = event.type
        if kind in {"response.output_text.delta", "response.refusal.delta"}:
            self.text.append(event.delta)
            if kind == "response.refusal.delta":
                self.failure = "refusal"
            return True
        if kind in {"response.completed", "response.incomplete", "response.failed"}:
            self.tier = getattr(event.response, "service_tier", None)
            self._end(event.response)
        if kind == "error":
            self.failure = kinds.of_finish(event.code) or kinds.API_ERROR
        return bool(kind == "response.function_call_arguments.delta")

    def _end(self, response: Any) -> None:
        self.id = response.id
        self._named(response)
        self.tokens = _openai_tokens(response.usage, "input", "output")
        if response.status in {"queued", "in_progress"}:
            # `background=True`: the answer is somebody's who asks for it later.
            return
        details = getattr(response, "incomplete_details", None)
        self._finish((details and details.reason) or "stop")
        if response.status == "failed":
            code = getattr(getattr(response, "error", None), "code", "") or ""
            self.failure = kinds.of_finish(code) or kinds.API_ERROR


class Messages(_Answer):
    """Anthropic's messages."""

    def reply(self, reply: Any) -> None:
        """A `Message`."""
        self.id = reply.id
        self._named(reply)
        self.text = [part.text for part in reply.content if part.type == "text"]
        self._usage(reply.usage)
        self._finish(reply.stop_reason)

    def event(self, event: Any) -> bool:
        """A `RawMessageStreamEvent`."""
        kind = event.type
        if kind == "message_start":
            self.id = event.message.id
            self._named(event.message)
            self._usage(event.message.usage)
            # It begins with a count of 1 or so, which is none until the last one has come.
            self.tokens.pop("output", None)
        elif kind == "content_block_delta":
            if event.delta.type == "text_delta":
                self.text.append(event.delta.text)
            return True
        elif kind == "message_delta":
            self._usage(event.usage)
            self._finish(event.delta.stop_reason)
        return False

    def _usage(self, usage: Any) -> None:
        """Anthropic counts cached tokens beside the input; the kit counts them inside it."""
        self.tier = getattr(usage, "service_tier", None) or self.tier
        read, write = (
            getattr(usage, "cache_read_input_tokens", None),
            getattr(usage, "cache_creation_input_tokens", None),
        )
        if usage.input_tokens is not None:
            self.tokens["input"] = usage.input_tokens + (read or 0) + (write or 0)
        lasting = getattr(getattr(usage, "cache_creation", None), "ephemeral_1h_input_tokens", None)
        self.long_writes = lasting or self.long_writes
        found = {"cache_read": read, "cache_write": write, "output": usage.output_tokens}
        # A later count stands, if it is 0 as well.
        self.tokens |= {kind: count for kind, count in found.items() if count is not None}


def _parts(response: Any) -> list[Any]:
    return [part for item in response.output if item.type == "message" for part in item.content]


def _openai_tokens(usage: Any, asked: str, answered: str) -> dict[str, int]:
    if usage is None:
        return {}
    into, out = getattr(usage, f"{asked}_tokens_details", None), getattr(usage, f"{answered}_tokens_details", None)
    found = {
        "input": getattr(usage, f"{asked}_tokens"),
        "output": getattr(usage, f"{answered}_tokens"),
        "cache_read": getattr(into, "cached_tokens", 0),
        "cache_write": getattr(into, "cache_write_tokens", 0),
        "reasoning": getattr(out, "reasoning_tokens", 0),
    }
    return {kind: count for kind, count in found.items() if count}
