"""A judge behind OpenAI's chat completions, or what speaks them: as much structure as the endpoint takes.

https://platform.openai.com/docs/guides/structured-outputs; local servers differ in what they know, and say so with a 400.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from app.evals.judge.prompt import Prompt
from app.evals.judge.template import TOOL, schema
from app.evals.judge.trouble import Endpoint, meaning
from app.evals.judge.wire import TIMEOUT_SECONDS, Earlier, Heard, Pace, at_once, most_tokens

FORMATS = ("json_schema", "json_object", "text")
_UNKNOWN = {400, 404, 415, 422, 501}
"""Statuses with which servers tell that they do not know a parameter."""
_FOR_GOOD = (
    "context_length",
    "context length",
    "maximum context",
    "content_filter",
    "content management policy",
    "credit balance",
)
"""Refusals that are about the texts or the account, whatever the parameters are."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an endpoint is asked; `limit` is what it calls the most tokens of a reply."""

    form: str = FORMATS[0]
    temperature: bool = True
    limit: str = "max_completion_tokens"

    def parameters(self, scale: int, most: int) -> dict[str, Any]:
        """What goes into a request beside model and messages."""
        told: dict[str, Any] = {self.limit: most}
        if self.temperature:
            told["temperature"] = 0
        if self.form == "json_schema":
            strict = {"name": TOOL, "strict": True, "schema": schema(scale)}
            told["response_format"] = {"type": "json_schema", "json_schema": strict}
        elif self.form == "json_object":
            told["response_format"] = {"type": "json_object"}
        return told

    def instead(self, said: str) -> "Way | None":
        """The way after a refusal: without what it names, else with less structure, else with less of anything; None: nothing is left."""
        if self.temperature and "temperature" in said:
            return dataclasses.replace(self, temperature=False)
        if self.limit != "max_tokens" and "max_completion_tokens" in said:
            return dataclasses.replace(self, limit="max_tokens")
        if self.form != FORMATS[-1]:
            return dataclasses.replace(self, form=FORMATS[FORMATS.index(self.form) + 1])
        if self.limit != "max_tokens":
            return dataclasses.replace(self, limit="max_tokens")
        return dataclasses.replace(self, temperature=False) if self.temperature else None


class OpenAIWire:
    """One model at one endpoint; the way that it takes is remembered once it has answered."""

    def __init__(
        self, endpoint: Endpoint, base_url: str, timeout: float = TIMEOUT_SECONDS, pace: Pace = at_once
    ) -> None:
        import openai

        self._pace = pace
        self._endpoint, self._most = endpoint, most_tokens(endpoint.model)
        self._raised = (openai.APIError, ValueError)
        self._status = openai.APIStatusError
        # What the environment has for OpenAI itself (an admin's key) is nobody else's business.
        self._client = openai.AsyncOpenAI(
            api_key=endpoint.key or "none", admin_api_key="", base_url=base_url, timeout=timeout, max_retries=0
        )
        self.way = Way()

    async def ask(self, prompt: Prompt, scale: int, most_usd: float, earlier: Earlier | None = None) -> Heard:
        """As `Wire` says."""
        messages: list[dict[str, Any]] = [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ]
        if earlier:
            messages += [{"role": "assistant", "content": earlier.echo}] if earlier.echo else []
            messages.append({"role": "user", "content": earlier.words})
        try:
            return _heard(await self._create(messages, scale))
        except self._raised as error:
            raise meaning(error, self._endpoint, most_usd) from None

    async def _create(self, messages: Any, scale: int) -> Any:
        """A completion by the first way that the endpoint takes; raises the first refusal where it takes none."""
        way, first = self.way, None
        while True:
            await self._pace()
            try:
                reply = await self._client.chat.completions.create(
                    model=self._endpoint.model, messages=messages, **way.parameters(scale, self._most)
                )
            except self._status as error:
                first = first or error
                if not (other := self._other(way, error)):
                    raise first from None
                way = other
            else:
                self.way = way
                return reply

    def _other(self, way: Way, error: Any) -> Way | None:
        said = f"{error.message} {error.code} {error.param}".lower()
        if error.status_code not in _UNKNOWN or any(one in said for one in _FOR_GOOD):
            return None
        # A model that there is not stays unknown; a 404 for a parameter is a server's oddity that names it.
        if error.status_code == 404 and "response_format" not in said:
            return None
        return way.instead(said)

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()


def _heard(reply: Any) -> Heard:
    choices = getattr(reply, "choices", None)
    if not choices:
        raise ValueError("no choices")
    message, ended = choices[0].message, choices[0].finish_reason
    said = message.content or ""
    problem = ""
    if getattr(message, "refusal", None) or ended == "content_filter":
        problem = "it declines to judge"
    elif ended == "length":
        problem = "it was cut off at the limit of tokens: be brief"
    return Heard(said, _tokens(reply.usage), said, problem)


def _tokens(usage: Any) -> dict[str, int] | None:
    if usage is None:
        return None
    read, thought = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
    return {
        "input": usage.prompt_tokens,
        "output": usage.completion_tokens,
        "cache_read": getattr(read, "cached_tokens", 0) or 0,
        "reasoning": getattr(thought, "reasoning_tokens", 0) or 0,
    }
