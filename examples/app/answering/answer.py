"""One question from end to end: retrieve, rerank, generate; each a span, the call observed by the kit."""

import random
from dataclasses import dataclass
from typing import Any

from app.answering.corpus import Corpus, Passage, rerank
from app.answering.generate import Provider, refuses
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


class Answering:
    """Answers questions over a corpus with the models of the contract."""

    def __init__(self, telemetry: Telemetry, corpus: Corpus, providers: dict[str, Provider]) -> None:
        self._telemetry, self._corpus, self._providers = telemetry, corpus, providers

    def choose(self, rng: random.Random) -> str:
        """A model of the contract; the first gets most of the traffic."""
        names = list(self._telemetry.contract.models)
        return rng.choices(names, weights=[len(names) * 2, *([2] * (len(names) - 1))])[0]

    async def ask(self, question: Question) -> tuple[Call, list[Passage]]:
        """The observed call and its sources; failures are in the call, not raised."""
        telemetry = self._telemetry
        attributes = {"llm.endpoint": question.endpoint, "question.length": len(question.text)}
        with telemetry.span("llm.ask", attributes) as ask:
            with telemetry.span("llm.retrieve", {"gen_ai.operation.name": "retrieval"}) as span:
                found = self._corpus.retrieve(question.text)
                span.set_attribute("chunks.count", len(found))
            with telemetry.span("llm.rerank", {"openinference.span.kind": "RERANKER"}) as span:
                best = rerank(question.text, found)
                span.set_attribute("chunks.count", len(best))
            call = await self._generate(question, best)
            ask.set_attribute("llm.call_id", call.call_id)
        return call, best

    async def _generate(self, question: Question, passages: list[Passage]) -> Call:
        name = self._telemetry.contract.models.get(question.model, {}).get("provider", "openai-compatible")
        provider = self._providers[name] if name in self._providers else next(iter(self._providers.values()))
        known: dict[str, Any] = {
            "endpoint": question.endpoint,
            "model": question.model,
            "provider": name,
            "question": question.text,
            "system": SYSTEM,
            "user_id": question.user_id,
            "conversation_id": question.conversation_id,
            "prompt_version": PROMPT_VERSION,
        }
        context = "\n\n".join(f"[{number}] {one.title}: {one.text}" for number, one in enumerate(passages, start=1))
        prompt = f"Passages:\n{context}\n\nQuestion: {question.text}"
        text, failure = "", ""
        tokens: dict[str, int] = {}
        with self._telemetry.call(**known) as call:
            try:
                async for piece in provider.stream(question.model, SYSTEM, prompt):
                    if piece.text:
                        call.first_token()
                    text += piece.text
                    tokens, failure = piece.tokens or tokens, piece.failure or failure
            except Exception as error:  # noqa: BLE001  # whatever the SDK raises becomes a failed call, told apart
                call.failed(provider.kind_of(error), f"{type(error).__name__}: {error}"[:300])
                return call
            call.answered(text, tokens)
            if failure or refuses(text):
                call.failed(failure or "refusal", failure or "the answer reads like a refusal")
        return call
