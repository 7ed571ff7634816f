"""A judge behind Anthropic's messages: its verdict is the call of a tool that it has to make.

https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use#forcing-tool-use
"""

from typing import Any

from app.evals.judge.prompt import Prompt
from app.evals.judge.template import TOOL, schema
from app.evals.judge.trouble import Endpoint, meaning
from app.evals.judge.wire import TIMEOUT_SECONDS, Earlier, Heard, Pace, at_once, most_tokens


class AnthropicWire:
    """One model at one endpoint; a temperature is left out once the endpoint has refused it, as it does for some models."""

    def __init__(
        self, endpoint: Endpoint, base_url: str, timeout: float = TIMEOUT_SECONDS, pace: Pace = at_once
    ) -> None:
        import anthropic

        self._pace = pace
        self._endpoint, self._most = endpoint, most_tokens(endpoint.model)
        self._raised = (anthropic.APIError, ValueError)
        self._status = anthropic.APIStatusError
        # The worker makes the spans; the SDK's own would double them.
        self._client = anthropic.AsyncAnthropic(
            api_key=endpoint.key or "none", base_url=base_url, timeout=timeout, max_retries=0, open_telemetry=False
        )
        self.temperature = True

    async def ask(self, prompt: Prompt, scale: int, most_usd: float, earlier: Earlier | None = None) -> Heard:
        """As `Wire` says."""
        messages: list[dict[str, Any]] = [{"role": "user", "content": prompt.user}]
        if earlier:
            messages += _again(earlier)
        try:
            return _heard(await self._create(prompt.system, messages, scale))
        except self._raised as error:
            raise meaning(error, self._endpoint, most_usd) from None

    async def _create(self, system: str, messages: Any, scale: int) -> Any:
        tool: Any = {"name": TOOL, "description": "Give the verdict.", "input_schema": schema(scale)}
        for temperature in (self.temperature, False):
            await self._pace()
            try:
                reply = await self._client.messages.create(
                    model=self._endpoint.model,
                    system=system,
                    messages=messages,
                    tools=[tool],
                    tool_choice={"type": "tool", "name": TOOL, "disable_parallel_tool_use": True},
                    max_tokens=self._most,
                    extra_body={"temperature": 0} if temperature else None,
                )
            except self._status as error:
                if not temperature or error.status_code != 400 or "temperature" not in error.message.lower():
                    raise
            else:
                self.temperature = temperature
                return reply
        raise AssertionError  # the second time around has returned or raised

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()


def _again(earlier: Earlier) -> list[dict[str, Any]]:
    """The first reply and the words on it; a tool's call has to be followed by its result."""
    blocks = earlier.echo
    calls = [block for block in blocks if block["type"] == "tool_use"]
    results: list[dict[str, Any]] = [
        {"type": "tool_result", "tool_use_id": block["id"], "is_error": True, "content": earlier.words}
        for block in calls
    ]
    said = {"role": "user", "content": results or earlier.words}
    return [{"role": "assistant", "content": blocks}, said] if blocks else [said]


def _heard(reply: Any) -> Heard:
    content = getattr(reply, "content", None)
    if content is None:
        raise ValueError("no content")
    calls = [block for block in content if block.type == "tool_use" and block.name == TOOL]
    text = "".join(block.text for block in content if block.type == "text")
    echo: list[dict[str, Any]] = [{"type": "text", "text": text}] if text.strip() else []
    echo += [{"type": "tool_use", "id": block.id, "name": block.name, "input": block.input} for block in calls]
    problem = ""
    if reply.stop_reason == "refusal":
        problem = "it declines to judge"
    elif reply.stop_reason == "max_tokens":
        problem = "it was cut off at the limit of tokens: be brief"
    elif len(calls) > 1:
        problem = "it holds several verdicts"
    return Heard(calls[0].input if calls else text, _tokens(reply.usage), echo, problem)


def _tokens(usage: Any) -> dict[str, int]:
    """Of Anthropic's, tokens of the cache are beside the input tokens."""
    read, write = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
    into = usage.input_tokens + read + write
    return {"input": into, "output": usage.output_tokens, "cache_read": read, "cache_write": write}
