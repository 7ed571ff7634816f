"""Ask a model through its provider's SDK, streaming, and tell failures apart."""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Protocol

TIMEOUT_SECONDS = float(os.environ.get("LLM_TIMEOUT_SECONDS", "30"))
MAX_TOKENS = 400
_REFUSAL = re.compile(
    r"^\W*(?:i['\u2019]?m sorry|sorry|i can(?:no|['\u2019])t|i am (?:not able|unable)|i won['\u2019]t)\b", re.IGNORECASE
)


@dataclass
class Piece:
    """A part of a stream: text as it comes; at the end tokens and, where the answer is no use, the kind of failure."""

    text: str = ""
    tokens: dict[str, int] = field(default_factory=dict)
    failure: str = ""


class Provider(Protocol):
    """One SDK; `stream` raises what the SDK raises, `kind_of` tells such an exception apart."""

    def stream(self, model: str, system: str, prompt: str) -> AsyncIterator[Piece]:
        """Text pieces, then one with tokens."""
        ...

    def kind_of(self, error: BaseException) -> str:
        """Which kind of failure an exception of the SDK is."""
        ...


class OpenAI:
    """OpenAI, and everything that speaks its chat completions."""

    def __init__(self, simulator: str) -> None:
        import openai

        key = os.environ.get("OPENAI_API_KEY")
        self.real = bool(key)
        base = os.environ.get("OPENAI_BASE_URL") if key else f"{simulator}/v1"
        self._sdk = openai
        self._client = openai.AsyncOpenAI(
            api_key=key or "offline", base_url=base, timeout=TIMEOUT_SECONDS, max_retries=0
        )

    async def stream(self, model: str, system: str, prompt: str) -> AsyncIterator[Piece]:
        """Text pieces, then one with tokens."""
        messages: Any = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        stream = await self._client.chat.completions.create(
            model=model,
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
            max_completion_tokens=MAX_TOKENS,
        )
        failure = ""
        async for chunk in stream:
            for choice in chunk.choices:
                if choice.finish_reason == "content_filter":
                    failure = "safety_block"
                if getattr(choice.delta, "refusal", None):
                    failure = "refusal"
                yield Piece(choice.delta.content or "")
            if chunk.usage:
                yield Piece("", _openai_tokens(chunk.usage), failure)

    def kind_of(self, error: BaseException) -> str:
        """`timeout`, `safety_block` or `api_error`."""
        if isinstance(error, self._sdk.APITimeoutError):
            return "timeout"
        return "safety_block" if getattr(error, "code", None) == "content_filter" else "api_error"


def _openai_tokens(usage: Any) -> dict[str, int]:
    cached = getattr(usage.prompt_tokens_details, "cached_tokens", 0) or 0
    reasoning = getattr(usage.completion_tokens_details, "reasoning_tokens", 0) or 0
    found = {
        "input": usage.prompt_tokens,
        "output": usage.completion_tokens,
        "cache_read": cached,
        "reasoning": reasoning,
    }
    return {kind: count for kind, count in found.items() if count}


class Anthropic:
    """Anthropic's messages."""

    def __init__(self, simulator: str) -> None:
        import anthropic

        key = os.environ.get("ANTHROPIC_API_KEY")
        self.real = bool(key)
        base = os.environ.get("ANTHROPIC_BASE_URL") if key else simulator
        self._sdk = anthropic
        # The kit makes the spans; the SDK's own would double them.
        self._client = anthropic.AsyncAnthropic(
            api_key=key or "offline", base_url=base, timeout=TIMEOUT_SECONDS, max_retries=0, open_telemetry=False
        )

    async def stream(self, model: str, system: str, prompt: str) -> AsyncIterator[Piece]:
        """Text pieces, then one with tokens."""
        stream = await self._client.messages.create(
            model=model,
            system=system,
            messages=[{"role": "user", "content": prompt}],
            max_tokens=MAX_TOKENS,
            stream=True,
        )
        tokens: dict[str, int] = {}
        async for event in stream:
            if event.type == "message_start":
                tokens = _anthropic_tokens(event.message.usage)
            elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                yield Piece(event.delta.text)
            elif event.type == "message_delta":
                tokens["output"] = event.usage.output_tokens
                yield Piece("", tokens, "refusal" if event.delta.stop_reason == "refusal" else "")

    def kind_of(self, error: BaseException) -> str:
        """`timeout` or `api_error`."""
        return "timeout" if isinstance(error, self._sdk.APITimeoutError) else "api_error"


def _anthropic_tokens(usage: Any) -> dict[str, int]:
    """Anthropic counts cached tokens beside the input; the kit counts them inside it."""
    read, write = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
    found = {"input": usage.input_tokens + read + write, "cache_read": read, "cache_write": write}
    return {kind: count for kind, count in found.items() if count}


def refuses(answer: str) -> bool:
    """Whether a text reads like a refusal: it opens with one."""
    return bool(_REFUSAL.match(answer))


def provider_for(name: str, simulator: str) -> Provider:
    """The SDK for a provider of the contract."""
    return Anthropic(simulator) if name == "anthropic" else OpenAI(simulator)
