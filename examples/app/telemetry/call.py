"""One context manager around a call does log, span and metrics together, and never raises into the caller.

with telemetry.call(endpoint="chat", model="gpt-4o-mini", provider="openai", question=question) as call:
reply = client.chat.completions.create(...)
call.answered(reply_text, tokens={"input": 12, "output": 40})
"""

import contextlib
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from app.telemetry.blobs import Blobs
from app.telemetry.contract import Contract
from app.telemetry.cost import cost_usd
from app.telemetry.logs import Log
from app.telemetry.metrics import Metrics
from app.telemetry.spans import Spans

OK, PENDING, API_ERROR = "ok", "pending", "api_error"


@dataclass
class Call:
    """What is known of one call; fill it in as the answer arrives."""

    endpoint: str
    model: str
    provider: str
    question: str
    system: str = ""
    user_id: str | None = None
    conversation_id: str | None = None
    prompt_version: str | None = None
    temperature: float | None = None
    call_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    trace_id: str = "0" * 32
    span_id: str = "0" * 16
    answer: str | None = None
    status: str = PENDING
    error: str | None = None
    tokens: dict[str, int] = field(default_factory=dict)
    latency_ms: float | None = None
    first_token_ms: float | None = None
    cost_usd: float | None = None
    blob: str | None = None
    _started: float = field(default_factory=time.perf_counter)

    def elapsed_ms(self) -> float:
        """Milliseconds since the call began."""
        return (time.perf_counter() - self._started) * 1000

    def first_token(self) -> None:
        """The first piece of the answer is here."""
        if self.first_token_ms is None:
            self.first_token_ms = self.elapsed_ms()

    def answered(self, answer: str, tokens: Mapping[str, int]) -> None:
        """The whole answer, and the tokens as the provider counts them."""
        self.answer, self.tokens, self.status = answer, dict(tokens), OK if self.status == PENDING else self.status

    def failed(self, kind: str, error: str = "") -> None:
        """The call is no use to whoever asked; `kind` is one of the contract's error kinds."""
        self.status, self.error = kind, error or kind


class Telemetry:
    """Everything that a process needs to observe its calls."""

    def __init__(
        self, contract: Contract, *, log_file: Path | None = None, blobs: Path | None = None, otlp: str | None = None
    ) -> None:
        self.contract = contract
        self.metrics = Metrics(contract)
        self.spans = Spans(contract, otlp)
        self.log = Log(contract, log_file)
        self.blobs = Blobs(blobs) if blobs is not None and contract.data["logs"]["capture_content"] else None
        self.failures = 0

    @contextlib.contextmanager
    def call(self, **known: Any) -> Iterator[Call]:
        """Observe one call; the caller's own exceptions pass through, counted as an API error unless already told apart."""
        call = Call(**known)
        with self.span("llm.generate", kind=SpanKind.CLIENT) as span:
            context = span.get_span_context()
            call.trace_id, call.span_id = f"{context.trace_id:032x}", f"{context.span_id:016x}"
            with self._quietly():
                self._begin(call, span)
            try:
                yield call
            except BaseException as error:
                if call.status in {PENDING, OK}:
                    call.failed(API_ERROR, f"{type(error).__name__}: {error}")
                raise
            finally:
                call.latency_ms = call.elapsed_ms()
                with self._quietly():
                    self._end(call, span)

    @contextlib.contextmanager
    def span(
        self, name: str, attributes: Mapping[str, Any] | None = None, kind: SpanKind = SpanKind.INTERNAL
    ) -> Iterator[trace.Span]:
        """A span below the current one."""
        with self.spans.tracer.start_as_current_span(name, attributes=dict(attributes or {}), kind=kind) as span:
            yield span

    def _begin(self, call: Call, span: trace.Span) -> None:
        names = self.contract.data["logs"]["events"]
        span.set_attributes(
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": call.provider,
                "gen_ai.request.model": call.model,
                "gen_ai.conversation.id": call.conversation_id or "",
                "llm.model": call.model,
                "llm.endpoint": call.endpoint,
                "llm.call_id": call.call_id,
            }
        )
        if self.blobs is not None:
            call.blob = self.blobs.reference(call.call_id)
        self.log.write(names["request"], "info", call)

    def _end(self, call: Call, span: trace.Span) -> None:
        if call.status == PENDING:
            call.failed(API_ERROR, "no answer was recorded")
        self._count(call)
        span.set_attributes({f"gen_ai.usage.{kind}_tokens": count for kind, count in call.tokens.items()})
        span.set_attribute("answer.length", len(call.answer or ""))
        if call.status != OK:
            span.set_attribute("error.type", call.status)
            span.set_status(Status(StatusCode.ERROR, call.status))
        if self.blobs is not None:
            texts = {"question": call.question, "system": call.system, "answer": call.answer or ""}
            self.blobs.put(
                call.call_id, {"call_id": call.call_id} | {name: self.log.clean(text) for name, text in texts.items()}
            )
        self.log.write(self.contract.data["logs"]["events"]["response"], "info" if call.status == OK else "error", call)

    def _count(self, call: Call) -> None:
        model, endpoint = self.contract.model_label(call.model), self.contract.endpoint_label(call.endpoint)
        exemplar = {self.contract.data["exemplar_label"]: call.trace_id}
        self.metrics["requests"].labels(model, endpoint).inc()
        self.metrics["latency"].labels(model, endpoint).observe(call.latency_ms, exemplar)
        if call.first_token_ms is not None:
            self.metrics["first_token"].labels(model, endpoint).observe(call.first_token_ms, exemplar)
        if call.status != OK:
            self.metrics["errors"].labels(model, endpoint, call.status).inc()
        for direction, count in call.tokens.items():
            self.metrics["tokens"].labels(model, endpoint, direction).inc(count)
        call.cost_usd = cost_usd(self.contract, call.model, call.tokens) if call.tokens else 0.0
        if call.cost_usd is None:
            self.metrics["unpriced"].labels(model).inc()
        else:
            self.metrics["cost"].labels(model, endpoint).inc(call.cost_usd)

    @contextlib.contextmanager
    def _quietly(self) -> Iterator[None]:
        """Telemetry that fails is counted, and never the caller's problem."""
        try:
            yield
        except Exception:  # whatever it is, an answer is worth more than its telemetry
            self.failures += 1
            if os.environ.get("TELEMETRY_DEBUG"):
                raise

    def close(self) -> None:
        """Flush what is waiting."""
        self.spans.close()
        if self.blobs is not None:
            self.blobs.close()
