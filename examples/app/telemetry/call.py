"""What is known of one call to a model; fill it in as the answer arrives."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import ids, kinds
from .plain import told

OK, PENDING, API_ERROR = "ok", "pending", "api_error"
NO_TRACE, NO_SPAN = "0" * 32, "0" * 16


@dataclass(slots=True)
class Call:
    """One call; times are in milliseconds, `cost_usd` is None where no price is known.

    >>> call = Call(endpoint="chat", model="gpt-4o-mini", provider="openai", question="What is a baseline?")
    >>> call.answered("A median of the recent past.", {"input": 12, "output": 7})
    >>> call.status
    'ok'
    """

    endpoint: str
    model: str
    provider: str = ""
    question: str = ""
    system: str = ""
    user_id: str | None = None
    conversation_id: str | None = None
    prompt_version: str | None = None
    temperature: float | None = None
    call_id: str = field(default_factory=ids.take)
    trace_id: str = NO_TRACE
    span_id: str = NO_SPAN
    answer: str | None = None
    status: str = PENDING
    error: str | None = None
    tokens: dict[str, int] = field(default_factory=dict[str, int])
    latency_ms: float | None = None
    first_token_ms: float | None = None
    cost_usd: float | None = None
    tier: str | None = None
    response_id: str | None = None
    finish_reason: str | None = None
    blob: str | None = None
    abandoned: bool = False
    continues: bool = False
    """The same question goes on, with the result of a tool, say: not asked again by anybody."""
    long_cache_writes: int = 0
    """Of the `cache_write` tokens those that are kept for an hour, which cost more (Anthropic)."""
    passages: tuple[str, ...] = ()
    """What was retrieved for the question, as the model got it."""
    response_model: str | None = None
    """The model that answered, as the provider says it: often a dated version of the one that was asked for."""
    began: float = field(default_factory=time.perf_counter, repr=False)
    noted: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)
    """What was worked out of the texts once, for the lines to come."""

    def elapsed_ms(self) -> float:
        """Milliseconds since the call began.

        >>> call.elapsed_ms() > 0
        True
        """
        return (time.perf_counter() - self.began) * 1000

    def first_token(self) -> None:
        """The first piece of the answer is here.

        >>> call = Call(endpoint="chat", model="gpt-4o-mini")
        >>> call.first_token()
        >>> call.first_token_ms <= call.elapsed_ms()
        True
        """
        if self.first_token_ms is None:
            self.first_token_ms = self.elapsed_ms()

    def answered(self, answer: str, tokens: Mapping[str, int]) -> None:
        """The whole answer, and the tokens as the provider counts them.

        `input` counts all input tokens, `cache_read` and `cache_write` are parts of it; `output` includes `reasoning`. Of other kinds nothing is
        known: they are left out and counted, as are numbers below 0.

        >>> call = Call(endpoint="chat", model="gpt-4o-mini")
        >>> call.answered("A median.", {"input": 1200, "cache_read": 1024, "output": 7})
        >>> call.status
        'ok'
        """
        self.answer, self.tokens = answer, dict(tokens or {})
        if self.status == PENDING:
            self.status = OK

    def failed(self, kind: str, error: str = "") -> None:
        """The call is no use to whoever asked; `kind` is one of the contract's error kinds, any other counts as `api_error`.

        >>> call = Call(endpoint="chat", model="gpt-4o-mini")
        >>> call.failed("refusal", "I cannot help with that.")
        >>> call.status, call.error
        ('refusal', 'I cannot help with that.')
        """
        self.status, self.error = kind, told(error or kind)

    def raised(self, error: BaseException) -> None:
        """The SDK raised; the exception says which kind of failure it is.

        >>> call = Call(endpoint="chat", model="gpt-4o-mini")
        >>> call.raised(TimeoutError("no answer in 30 s"))
        >>> call.status, call.error
        ('timeout', 'TimeoutError: no answer in 30 s')
        """
        self.failed(kinds.of_exception(error), f"{type(error).__name__}: {told(error)}")

    def gone(self) -> None:
        """Whoever asked left before the answer was whole: an outcome, and no failure of the provider.

        >>> call = Call(endpoint="chat", model="gpt-4o-mini")
        >>> call.gone()
        >>> call.status, call.abandoned
        ('ok', True)
        """
        self.abandoned = True
        if self.status == PENDING:
            self.status = OK
