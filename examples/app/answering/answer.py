"""One question from end to end: retrieve, rerank, generate; each a span, the call observed by the kit."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from app.answering.corpus import Corpus, Passage, rerank
from app.answering.generate import Provider
from app.telemetry import Call, Telemetry

SYSTEM = "You answer questions about observing LLM applications. Use only the passages. Say so when they do not hold the answer."
PROMPT_VERSION = "answer-1"


@dataclass(frozen=True)
class Question:
    """What a person asked; `model` and `endpoint` empty: the application chooses."""

    text: str
    endpoint: str
    model: str
    user_id: str | None = None
    conversation_id: str | None = None


@dataclass
class Answer:
    """In the making until `pieces` has come to its end; then `call` knows how it went."""

    sources: list[Passage]
    call: Call
    pieces: AsyncIterator[str] = field(repr=False)

    async def whole(self) -> Call:
        """Wait for all of it."""
        async for _piece in self.pieces:
            pass
        return self.call


class Answering:
    """Answers questions over a corpus with the models of the contract."""

    def __init__(self, telemetry: Telemetry, corpus: Corpus, providers: dict[str, Provider]) -> None:
        self._telemetry, self._corpus, self._providers = telemetry, corpus, providers

    def choose(self, rng: random.Random) -> str:
        """A model of the contract; the first gets most of the traffic."""
        names = list(self._telemetry.contract.models)
        return rng.choices(names, weights=[len(names) * 2, *([2] * (len(names) - 1))])[0]

    @contextlib.asynccontextmanager
    async def ask(self, question: Question) -> AsyncIterator[Answer]:
        """The answer as it comes; failures are in the call, not raised. Who leaves the block early has abandoned it."""
        telemetry = self._telemetry
        attributes = {"llm.endpoint": question.endpoint, "question.length": len(question.text)}
        with telemetry.span("llm.ask", attributes) as ask:
            with telemetry.span("llm.retrieve", {"gen_ai.operation.name": "retrieval"}) as span:
                found = self._corpus.retrieve(question.text)
                span.set_attribute("chunks.count", len(found))
            with telemetry.span("llm.rerank", {"openinference.span.kind": "RERANKER"}) as span:
                best = rerank(question.text, found)
                span.set_attribute("chunks.count", len(best))
            name = telemetry.contract.models.get(question.model, {}).get("provider", "openai-compatible")
            passages = tuple(f"{one.title}: {one.text}" for one in best)
            observation = telemetry.call(provider=name, passages=passages, **_known(question))
            call = observation.call
            ask.set_attribute("llm.call_id", call.call_id)
            with observation:
                pieces = self._generate(name, question, call)
                try:
                    yield Answer(best, call, pieces)
                finally:
                    await pieces.aclose()
                if call.status == "pending":
                    call.gone()

    async def _generate(self, name: str, question: Question, call: Call) -> Any:
        provider = self._providers[name] if name in self._providers else next(iter(self._providers.values()))
        context = "\n\n".join(f"[{number}] {one}" for number, one in enumerate(call.passages, start=1))
        prompt = f"Passages:\n{context}\n\nQuestion: {question.text}"
        reader, told = provider.reader(), 0
        try:
            async with await provider.stream(question.model, SYSTEM, prompt) as stream:
                async for event in stream:
                    if reader.event(event):
                        call.first_token()
                        piece, told = "".join(reader.text[told:]), len(reader.text)
                        yield piece
            reader.ended(call)
        except (GeneratorExit, asyncio.CancelledError):
            # A server tells in either way that nobody listens any more.
            reader.into(call)
            call.gone()
            raise
        except Exception as error:  # noqa: BLE001  # whatever the SDK raises becomes a failed call, told apart
            reader.into(call)
            call.raised(error)


def _known(question: Question) -> dict[str, Any]:
    return {
        "endpoint": question.endpoint,
        "model": question.model,
        "question": question.text,
        "system": SYSTEM,
        "user_id": question.user_id,
        "conversation_id": question.conversation_id,
        "prompt_version": PROMPT_VERSION,
    }
