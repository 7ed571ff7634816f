"""What a simulated model does with a call: how long, how much, and whether it fails."""

import functools
import math
import random
import re
from dataclasses import dataclass
from typing import NamedTuple

from app.simulator.asked import Asked, ToolCall
from app.simulator.cache import PromptCache
from app.simulator.judging import Judged, called, judged, verdict
from app.simulator.latency import Latency
from app.simulator.misbehaviour import FATES, Chaos
from app.simulator.quality import Spoiler

REFUSAL = "I'm sorry, but I can't help with that."
UNKNOWN = "The passages do not hold an answer to that."
ANSWERED = {"", "cut", "error_event", "garbage"}
"""Failures of the way, not of the model: it has answered."""
REFUSED = {"refusal", "refusal_field", "refusal_text"}
_READ = ANSWERED | REFUSED | {"safety_block"}
"""The fates of calls whose prompt a model has read."""
_BASE = {"errors": 0.002, "refusals": 0.003}
_SHARES = tuple((fate, name, _BASE.get(name, 0.0)) for name, fate in FATES.items())
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_REASONING = re.compile(r"(?:^|[^a-z0-9])o[134](?![a-z0-9])|gpt-5|reason", re.IGNORECASE)


class Tokens(NamedTuple):
    """Of one call: what was cached is part of the input, what was thought is part of the output."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """One call's fate; `failure` is empty or one of `FATES`; times in seconds; `cut_off` by the request's limit of tokens.

    A stream delivers `words_at_once`. A rate limit tells to wait `retry_after`, and where it `leaks` whose account it is.
    """

    text: str
    failure: str
    first_token: float
    total: float
    tokens: Tokens
    calls: tuple[ToolCall, ...] = ()
    cut_off: bool = False
    words_at_once: int = 1
    retry_after: float = 0.0
    leaks: bool = False


class Behaviour:
    """Seeded: the same calls in the same order meet the same fate; `pace` multiplies every time, chaos or not.

    Larger pieces (`words_at_once`) cost a client's SDK less, where something else is to be measured. A `flawless` one
    fails only where chaos says so; else two calls in a thousand fail and three are refused. `invented` is the share of
    answers with an invented sentence that needs no chaos.
    """

    def __init__(
        self, seed: int = 1, pace: float = 1.0, words_at_once: int = 1, *, flawless: bool = False, invented: float = 0.0
    ) -> None:
        self.chaos, self.latency = Chaos(), Latency()
        self._pace, self._words_at_once = pace, max(1, words_at_once)
        self._flawless, self._calm, self._cache = flawless, Chaos(), PromptCache()
        self._rng = random.Random(seed)  # noqa: S311  # a simulation
        # What came later draws from a source of its own: calls of old seeds keep their fates.
        self._later = random.Random(f"{seed} later")  # noqa: S311
        # So do judges, whose calls come whenever a worker has time: the calls of an application do not notice.
        self._judges, self._seed = random.Random(f"{seed} judges"), seed  # noqa: S311
        self._spoiler = Spoiler(seed, 0.0 if flawless else invented)

    def reply(self, asked: Asked) -> Reply:
        """Decide a call."""
        judging = judged(asked)
        rng = self._judges if judging else self._rng
        chaos = self._chaos_for(asked.model)
        shape = self.latency.of(asked.model)
        total = shape.draw(rng) * chaos.slow * self._pace
        failure = self._failure(chaos, rng)
        calls = asked.calls if failure in ANSWERED else ()
        if judging and failure in ANSWERED:
            text, calls = self._verdict(judging, asked)
        elif calls:
            text = ""
        else:
            text, failure = self._answer(asked.prompt, failure, chaos, rng)
        cached, written = _tokens(len(asked.system)) if rng.random() < 0.5 else 0, 0
        reasoning = self._reasoning(asked, rng if judging else self._later) if text or calls else 0
        room, wanted = asked.limit - reasoning, _tokens(len(text) or sum(len(one) for call in calls for one in call))
        if asked.prefixes and failure in _READ:
            cached, written = map(_tokens, self._cache.use(asked.prefixes))
        tokens = _counted(asked, chaos.expensive, reasoning + min(room, wanted), reasoning, cached, written)
        leaks = failure == "rate_limit" and self._later.random() < chaos.leak
        return Reply(
            text[: 4 * room], failure, total * shape.first_token, total, tokens, calls, wanted > room and not calls, self._words_at_once,
            chaos.retry_after, leaks,
        )  # fmt: skip

    def _chaos_for(self, model: str) -> Chaos:
        return self.chaos if not self.chaos.models or model in self.chaos.models else self._calm

    def _verdict(self, judging: Judged, asked: Asked) -> tuple[str, tuple[ToolCall, ...]]:
        """How good a judge is depends on no model: `models` of chaos is about those that are judged."""
        said = verdict(judging, asked, self.chaos, self._seed)
        calls = called(judging, said)
        return ("" if calls else said), calls

    def _answer(self, prompt: str, failure: str, chaos: Chaos, rng: random.Random) -> tuple[str, str]:
        """A text, spoiled perhaps, and the failure that it is."""
        if failure in REFUSED:
            return REFUSAL, failure
        if failure not in ANSWERED:
            return "", failure
        text = _compose(prompt, rng)
        if text is None:
            return UNKNOWN, failure
        text, refused = self._spoiler.spoiled(text, chaos)
        # A call that breaks off on the way breaks off whatever it says.
        return text, (failure or "refusal_text") if refused else failure

    def _failure(self, chaos: Chaos, rng: random.Random) -> str:
        draw = rng.random()
        for fate, name, base in _SHARES:
            share: float = getattr(chaos, name)
            if base and not self._flawless:
                share = max(share, base)
            if draw < share:
                return fate
            draw -= share
        return ""

    def _reasoning(self, asked: Asked, rng: random.Random) -> int:
        """Tokens thought before the answer; in steps of 64, and at most half of what the request allows."""
        return min(64 * rng.randint(1, 4), asked.limit // 2) if asked.thinks and _reasons(asked.model) else 0


def _counted(asked: Asked, dear: float, out: int, reasoning: int, read: int, written: int) -> Tokens:
    into = int(_tokens(len(asked.system) + len(asked.prompt) + asked.more) * dear)
    read = min(read, into)
    return Tokens(into, int(out * dear), read, min(written, into - read), int(reasoning * dear))


@functools.lru_cache(1000)
def _reasons(model: str) -> bool:
    return bool(_REASONING.search(model))


def _tokens(characters: int) -> int:
    return math.ceil(characters / 4)


def _compose(prompt: str, rng: random.Random) -> str | None:
    """An answer out of the passages in the prompt, as a well-behaved model would give one; None where there are none."""
    passages = re.findall(r"^\[\d+\] [^:\n]*: (.+)$", prompt, re.MULTILINE)
    sentences = [sentence for passage in passages[:2] for sentence in _SENTENCE.split(passage)]
    if not sentences:
        return None
    return " ".join(sentences[: rng.randint(2, 4)])
