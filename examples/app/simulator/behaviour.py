"""What a simulated model does with a call: how long, how much, and whether it fails."""

import hashlib
import math
import random
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

REFUSAL = "I'm sorry, but I can't help with that."
_BASE_ERRORS, _BASE_REFUSALS = 0.002, 0.003
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass
class Chaos:
    """How to misbehave: `slow` and `expensive` multiply, the others are shares of calls; `models` empty means all."""

    slow: float = 1.0
    expensive: float = 1.0
    errors: float = 0.0
    timeouts: float = 0.0
    refusals: float = 0.0
    safety: float = 0.0
    models: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, data: dict[str, Any]) -> "Chaos":
        """Raises ValueError naming what is not understood."""
        known = {one.name for one in fields(cls)}
        if unknown := sorted(set(data) - known):
            raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        models = [str(name) for name in data.get("models", [])]
        numbers = {name: float(value) for name, value in data.items() if name != "models"}
        for name, value in numbers.items():
            top = 1000.0 if name in {"slow", "expensive"} else 1.0
            if not 0 <= value <= top:
                raise ValueError(f"{name} must be 0 to {top:g}, not {value:g}")
        return cls(**numbers, models=models)

    def as_dict(self) -> dict[str, Any]:
        """For people."""
        return asdict(self)


@dataclass(frozen=True)
class Reply:
    """One call's fate; `failure` is empty, api_error, timeout, refusal or safety_block; times in seconds.

    A stream delivers `words_at_once`.
    """

    text: str
    failure: str
    first_token: float
    total: float
    tokens_in: int
    tokens_out: int
    cached: int
    words_at_once: int = 1


class Behaviour:
    """Seeded: the same calls in the same order meet the same fate; `pace` multiplies every time, chaos or not.

    Larger pieces (`words_at_once`) cost a client's SDK less, where something else is to be measured.
    """

    def __init__(self, seed: int = 1, pace: float = 1.0, words_at_once: int = 1) -> None:
        self.chaos = Chaos()
        self._pace, self._words_at_once = pace, max(1, words_at_once)
        self._rng = random.Random(seed)  # noqa: S311  # a simulation

    def reply(self, model: str, system: str, prompt: str, max_tokens: int) -> Reply:
        """Decide a call."""
        rng, chaos = self._rng, self._chaos_for(model)
        median = 0.35 + int(hashlib.sha256(model.encode()).hexdigest()[:4], 16) / 0xFFFF * 0.5
        total = rng.lognormvariate(math.log(median), 0.35) * chaos.slow * self._pace
        failure = self._failure(chaos)
        text = REFUSAL if failure == "refusal" else "" if failure else _compose(prompt, rng)
        tokens_in = _tokens(system + prompt)
        tokens_out = min(max_tokens, _tokens(text))
        cached = _tokens(system) if rng.random() < 0.5 else 0
        dear = chaos.expensive
        tokens = (int(tokens_in * dear), int(tokens_out * dear), cached)
        return Reply(text, failure, total * 0.35, total, *tokens, self._words_at_once)

    def _chaos_for(self, model: str) -> Chaos:
        return self.chaos if not self.chaos.models or model in self.chaos.models else Chaos()

    def _failure(self, chaos: Chaos) -> str:
        draw = self._rng.random()
        for kind, share in (
            ("api_error", max(chaos.errors, _BASE_ERRORS)),
            ("timeout", chaos.timeouts),
            ("refusal", max(chaos.refusals, _BASE_REFUSALS)),
            ("safety_block", chaos.safety),
        ):
            if draw < share:
                return kind
            draw -= share
        return ""


def _tokens(text: str) -> int:
    return math.ceil(len(text) / 4)


def _compose(prompt: str, rng: random.Random) -> str:
    """An answer out of the passages in the prompt, as a well-behaved model would give one."""
    passages = re.findall(r"^\[\d+\] [^:\n]*: (.+)$", prompt, re.MULTILINE)
    sentences = [sentence for passage in passages[:2] for sentence in _SENTENCE.split(passage)]
    if not sentences:
        return "The passages do not hold an answer to that."
    return " ".join(sentences[: rng.randint(2, 4)])
