"""One call under observation, from its first moment to its last: span, log lines and metrics together, never raising into the caller."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from opentelemetry import context as contexts
from opentelemetry.trace import SpanKind, StatusCode, TraceFlags

from .call import API_ERROR, OK, PENDING, Call
from .spans import Span, enter

if TYPE_CHECKING:
    from .telemetry import Telemetry

_LEFT = (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt)


class Observation:
    """Use it as `with` or `async with`, or `start` and `finish` it by hand, where a stream outlives the block that began it.

    >>> observation = telemetry.call(endpoint="chat", model="gpt-4o-mini")
    >>> isinstance(observation, Observation)
    True
    >>> call = observation.start()
    >>> call.answered("A median of the recent past.", {"input": 12, "output": 7})
    >>> observation.finish()
    """

    __slots__ = ("_done", "_telemetry", "_token", "call", "span")

    def __init__(self, telemetry: "Telemetry", call: Call) -> None:
        self._telemetry, self.call = telemetry, call
        self.span: Span | None = None
        self._token: Any = None
        self._done = False

    def start(self) -> Call:
        """The call begins.

        >>> telemetry.call(endpoint="chat", model="gpt-4o-mini").start().status
        'pending'
        """
        telemetry = self._telemetry
        try:
            self._start()
        except Exception as error:  # noqa: BLE001  # whatever it is, an answer is worth more than its telemetry
            telemetry.mistake("span", error)
        try:
            telemetry.keep.began(self.call)
        except Exception as error:  # noqa: BLE001
            telemetry.mistake("log", error)
        return self.call

    def finish(self, error: BaseException | None = None) -> None:
        """The call has ended, with this exception or none; a second time is no error.

        >>> observation = telemetry.call(endpoint="chat", model="gpt-4o-mini")
        >>> call = observation.start()
        >>> observation.finish(TimeoutError("no answer in 30 s"))
        >>> call.status
        'timeout'
        """
        if self._done:
            return
        self._done = True
        call, telemetry, span = self.call, self._telemetry, self.span
        # Each of the signals for itself: what is odd for one is no reason to lose the others.
        try:
            self._settle(error)
        except Exception as mistake:  # noqa: BLE001
            telemetry.mistake("metric", mistake)
        try:
            sampled = span is not None and span.context.trace_flags & TraceFlags.SAMPLED
            telemetry.metrics.count(
                call, {telemetry.contract.data["exemplar_label"]: call.trace_id} if sampled else None
            )
        except Exception as mistake:  # noqa: BLE001
            telemetry.mistake("metric", mistake)
        try:
            if span is not None:
                self._end(span)
        except Exception as mistake:  # noqa: BLE001
            telemetry.mistake("span", mistake)
        try:
            telemetry.keep.ended(call)
        except Exception as mistake:  # noqa: BLE001
            telemetry.mistake("log", mistake)
        for listener in telemetry.end_listeners:
            try:
                listener(call)
            except Exception as mistake:  # noqa: BLE001
                telemetry.mistake("listener", mistake)

    def __enter__(self) -> Call:
        call = self.start()
        if self.span is not None:
            self._token = enter(self.span)
        return call

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._token is not None:
            contexts.detach(self._token)
        self.finish(error)

    async def __aenter__(self) -> Call:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)

    def _start(self) -> None:
        call, telemetry = self.call, self._telemetry
        call.call_id = telemetry.keep.id_of(call.call_id)
        contract, clean = telemetry.contract, telemetry.spans.clean
        # Names that the spec does not know may be anything.
        model = call.model if call.model in contract.models else clean.word(call.model)
        span = telemetry.spans.start(
            "llm.generate",
            SpanKind.CLIENT,
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": clean.word(call.provider),
                "gen_ai.request.model": model,
                "llm.model": model,
                "llm.endpoint": call.endpoint if call.endpoint in contract.endpoints else clean.word(call.endpoint),
                "llm.call_id": call.call_id,
            },
        )
        if call.conversation_id:
            span.set_attribute("gen_ai.conversation.id", call.conversation_id)
        context = span.context
        call.trace_id, call.span_id = f"{context.trace_id:032x}", f"{context.span_id:016x}"
        self.span = span

    def _settle(self, error: BaseException | None) -> None:
        """How it went, in the contract's words and numbers."""
        call, telemetry = self.call, self._telemetry
        call.latency_ms = call.elapsed_ms()
        for kind, count in call.tokens.items():
            if kind not in _USAGE or count.__class__ is not int or count < 0:
                call.tokens = self._known(call.tokens)
                break
        if isinstance(error, _LEFT):
            call.gone()
        elif error is not None and call.status in {PENDING, OK}:
            call.raised(error)
        elif call.status == PENDING:
            call.failed(API_ERROR, "no answer was recorded")
        if call.status != OK and call.status not in telemetry.contract.error_kinds:
            call.error = call.status if call.error in {None, call.status} else f"{call.status}: {call.error}"
            call.status = API_ERROR
        call.cost_usd = telemetry.priced(call)

    def _known(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        """Those of a kind that has a name here, neither less than none nor endlessly many."""
        known = {
            kind: count for kind, count in tokens.items()
            if kind in _USAGE and isinstance(count, int | float) and 0 <= count < _INFINITE
        }  # fmt: skip
        if len(known) < len(tokens):
            self._telemetry.odd("metric", len(tokens) - len(known))
        return known

    def _end(self, span: Span) -> None:
        try:
            self._describe(span)
        finally:
            span.end()

    def _describe(self, span: Span) -> None:
        call, clean = self.call, self._telemetry.spans.clean
        for kind, count in call.tokens.items():
            span.attributes[_USAGE[kind]] = count
        span.attributes["answer.length"] = len(call.answer or "")
        if call.cost_usd is not None:
            span.attributes["llm.cost_usd"] = call.cost_usd
        if call.response_model:
            span.attributes["gen_ai.response.model"] = clean.word(call.response_model)
        if call.response_id:
            span.attributes["gen_ai.response.id"] = clean.answer_id(call.response_id)
        if call.finish_reason:
            span.attributes["gen_ai.response.finish_reasons"] = [clean.word(call.finish_reason)]
        if call.tier:
            span.attributes["llm.tier"] = clean.word(call.tier)
        if call.abandoned:
            span.add_event("llm.abandoned")
        if call.status != OK:
            span.attributes["error.type"] = call.status
            span.add_event(f"llm.{call.status}", {"message": self._telemetry.keep.error(call)})
            span.set_status(StatusCode.ERROR, call.status)


_USAGE = {
    "input": "gen_ai.usage.input_tokens",
    "output": "gen_ai.usage.output_tokens",
    "cache_read": "gen_ai.usage.cache_read.input_tokens",
    "cache_write": "gen_ai.usage.cache_creation.input_tokens",
    "reasoning": "gen_ai.usage.reasoning.output_tokens",
}
"""OpenTelemetry's semantic conventions for generative AI."""
_INFINITE = float("inf")
