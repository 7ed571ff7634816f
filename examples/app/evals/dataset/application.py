"""The reference app itself, asked one question at a time: its corpus, its retrieval, its prompt, its providers."""

import asyncio
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.answering.answer import PROMPT_VERSION, SYSTEM, Answer, Answering, Question
from app.answering.corpus import Corpus, Passage
from app.answering.generate import MAX_TOKENS, Provider, provider_for
from app.evals.dataset.expected import DECLINED
from app.evals.dataset.purse import Purse
from app.evals.item import Item
from app.server import CORPUS
from app.telemetry import Call, Telemetry
from app.telemetry.contract import Contract

PROMPT = PROMPT_VERSION
_ANSWERED = DECLINED | {"ok"}
_PAUSES = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came: `item` is what a judge sees, redacted; `answer` is what the person who asked would have seen.

    `failed` says why there is no answer, empty where there is one; `broke` is True where the purse did not allow the call.
    """

    item: Item
    answer: str
    status: str
    failed: str = ""
    broke: bool = False


class Poisoned(Corpus):
    """The corpus with a passage of somebody else's, which retrieval always finds first; whether reranking keeps it is up to the app."""

    def __init__(self, whole: Corpus, passages: Iterable[Passage]) -> None:
        self._whole, self._planted = whole, list(passages)

    def retrieve(self, question: str, most: int = 12) -> list[Passage]:
        """What was planted, then what is there."""
        found = self._whole.retrieve(question, most)
        best = max((one.score for one in found), default=0.0) + 1.0
        planted = [Passage(one.title, one.text, best) for one in self._planted]
        return [*planted, *found][:most]


class _Told:
    """A provider whose system prompt says more."""

    def __init__(self, provider: Provider, more: str) -> None:
        self._provider, self._more, self.real = provider, more, provider.real

    def reader(self) -> Any:
        return self._provider.reader()

    async def stream(self, model: str, system: str, prompt: str) -> Any:
        return await self._provider.stream(model, f"{system}\n{self._more}", prompt)

    async def close(self) -> None:
        await self._provider.close()


class Application:
    """Answers with one model; `providers` are made from the contract where none are given. Raises KeyError for a model that the contract does not name."""

    def __init__(
        self, contract: Contract, model: str, simulator: str, purse: Purse, providers: Mapping[str, Provider] | None = None,
        pauses: tuple[float, ...] = _PAUSES,
    ) -> None:  # fmt: skip
        self.model, self.provider = model, str(contract.models[model]["provider"])
        self.endpoint = str(contract.data["endpoints"][0])
        self.prices: Mapping[str, float] | None = contract.models[model].get("usd_per_million_tokens")
        self.corpus = Corpus.load(folder for folder in CORPUS if folder.is_dir())
        self._telemetry = Telemetry(contract, log_file=os.devnull)
        self._providers = dict(providers or {self.provider: provider_for(self.provider, simulator)})
        self.purse, self._pauses = purse, pauses
        self.real = self._providers[self.provider].real

    async def close(self) -> None:
        """Let go of what the app holds: connections that are left to themselves complain once their loop is gone."""
        for provider in self._providers.values():
            await provider.close()
        self._telemetry.close(0.5)

    def system(self, more: str = "") -> str:
        """The system prompt, as the model gets it."""
        return f"{SYSTEM}\n{more}" if more else SYSTEM

    async def answer(self, name: str, question: str, passages: Iterable[Passage] = (), system: str = "") -> Answered:
        """Ask; a call that fails for a reason that may pass is made again. `passages` are planted, `system` is added to the system prompt."""
        planted = list(passages)
        corpus = Poisoned(self.corpus, planted) if planted else self.corpus
        providers = {key: _Told(one, system) for key, one in self._providers.items()} if system else self._providers
        answering = Answering(self._telemetry, corpus, dict(providers))
        for pause in (*self._pauses, None):
            found = await self._once(answering, name, question)
            if not found.failed or found.broke or pause is None:
                return found
            await asyncio.sleep(pause)
        raise AssertionError  # pragma: no cover  # the last pause is None

    async def _once(self, answering: Answering, name: str, question: str) -> Answered:
        async with answering.ask(Question(question, self.endpoint, self.model)) as answer:
            most = self._most_usd(answer, question) if self.real else 0.0
            if not self.purse.reserve(most):
                return self._answered(name, question, answer, answer.call, broke=True)
            call = await answer.whole()
        # A call that failed on the way may have cost something nobody told of.
        told = self._telemetry.priced(call) if call.answer and self.real else 0.0
        self.purse.settle(most, most if told is None else told)
        return self._answered(name, question, answer, call)

    def _answered(self, name: str, question: str, answer: Answer, call: Call, *, broke: bool = False) -> Answered:
        clean = self._telemetry.clean
        said, status = call.answer or "", call.status
        item = Item(
            f"dataset-{name}", self.endpoint, self.model, self.provider, clean(question), clean(said),
            tuple(clean(f"{one.title}: {one.text}") for one in answer.sources), status, 1.0, "dataset", 0.0,
            prompt_version=PROMPT, response_model=call.response_model,
        )  # fmt: skip
        return Answered(item, said, status, "" if status in _ANSWERED else clean(call.error or status), broke=broke)

    def _most_usd(self, answer: Answer, question: str) -> float:
        """No tokenizer makes more tokens than there are bytes."""
        prices = self.prices or {}
        sent = len("".join([SYSTEM, question, *(one.title + one.text for one in answer.sources)]).encode()) + 400
        dearest = max((prices.get(kind, 0.0) for kind in ("input", "cache_write")), default=0.0)
        return (sent * dearest + MAX_TOKENS * prices.get("output", 0.0)) / 1e6
