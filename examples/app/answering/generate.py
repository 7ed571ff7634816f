"""Ask a model through its provider's SDK, streaming."""

import os
from typing import Any, Protocol

from app.telemetry.readers import ChatCompletions, Messages, Reader

TIMEOUT_SECONDS = float(os.environ.get("LLM_TIMEOUT_SECONDS", "30"))
MAX_TOKENS = 400


class Provider(Protocol):
    """One SDK; `real` where a key makes it cost money."""

    real: bool

    def reader(self) -> Reader:
        """What understands its events."""
        ...

    async def stream(self, model: str, system: str, prompt: str) -> Any:
        """The SDK's own stream of events, to be closed. Raises what the SDK raises."""
        ...

    async def close(self) -> None:
        """Let go of its connections."""
        ...


class OpenAI:
    """OpenAI, and everything that speaks its chat completions."""

    reader = ChatCompletions

    def __init__(self, simulator: str) -> None:
        import openai

        key = os.environ.get("OPENAI_API_KEY")
        self.real = bool(key)
        base = os.environ.get("OPENAI_BASE_URL") if key else f"{simulator}/v1"
        self._client = openai.AsyncOpenAI(
            api_key=key or "offline", base_url=base, timeout=TIMEOUT_SECONDS, max_retries=0
        )

    async def stream(self, model: str, system: str, prompt: str) -> Any:
        """Chunks, the last with the tokens."""
        messages: Any = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        return await self._client.chat.completions.create(
            model=model,
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
            max_completion_tokens=MAX_TOKENS,
        )

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.close()


class Anthropic:
    """Anthropic's messages."""

    reader = Messages

    def __init__(self, simulator: str) -> None:
        import anthropic

        key = os.environ.get("ANTHROPIC_API_KEY")
        self.real = bool(key)
        base = os.environ.get("ANTHROPIC_BASE_URL") if key else simulator
        # The kit makes the spans; the SDK's own would double them.
        self._client = anthropic.AsyncAnthropic(
            api_key=key or "offline", base_url=base, timeout=TIMEOUT_SECONDS, max_retries=0, open_telemetry=False
        )

    async def stream(self, model: str, system: str, prompt: str) -> Any:
        """Events, tokens in the first and the last but one."""
        return await self._client.messages.create(
            model=model,
            system=system,
            messages=[{"role": "user", "content": prompt}],
            max_tokens=MAX_TOKENS,
            stream=True,
        )

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.close()


def provider_for(name: str, simulator: str) -> Provider:
    """The SDK for a provider of the contract."""
    return Anthropic(simulator) if name == "anthropic" else OpenAI(simulator)
