"""How long calls of a model take: log-normal, with a median by the model's name until somebody sets another."""

import hashlib
import math
import random
from dataclasses import asdict, dataclass, replace
from typing import Any

SIGMA, FIRST_TOKEN = 0.35, 0.35
MOST_MODELS = 1000
EVERY = "*"
"""Stands for every model that is not set by its own name."""
_TOPS = {"median": 600.0, "sigma": 3.0, "first_token": 1.0}


@dataclass(frozen=True)
class Shape:
    """A distribution: `median` in seconds, `sigma` of its logarithm, `first_token` as a share of the whole time."""

    median: float
    sigma: float = SIGMA
    first_token: float = FIRST_TOKEN

    def draw(self, rng: random.Random) -> float:
        """Seconds that a call takes."""
        if self.median:
            return rng.lognormvariate(math.log(self.median), self.sigma)
        rng.lognormvariate(0.0, 1.0)  # so that the draws after it stay the same
        return 0.0


def usual(model: str) -> Shape:
    """What a model has by its name: a median of 0.35 to 0.85 s."""
    return Shape(0.35 + int(hashlib.sha256(model.encode()).hexdigest()[:4], 16) / 0xFFFF * 0.5)


class Latency:
    """By model: what was set, else what was set for every model, else what its name gives."""

    def __init__(self) -> None:
        self._set: dict[str, dict[str, float]] = {}
        self._shapes: dict[str, Shape] = {}

    def of(self, model: str) -> Shape:
        """The model's distribution."""
        shape = self._shapes.get(model)
        if shape is None:
            if len(self._shapes) >= MOST_MODELS:
                self._shapes.clear()
            changes = self._set.get(EVERY, {}) | self._set.get(model, {})
            shape = self._shapes[model] = replace(usual(model), **changes)
        return shape

    def change(self, settings: dict[str, Any]) -> None:
        """`{model: {median, sigma, first_token}}`, each optional. Raises ValueError or TypeError, and then changes nothing."""
        changes = {str(model): _parsed(str(model), shape) for model, shape in settings.items()}
        merged = self._set | {model: self._set.get(model, {}) | shape for model, shape in changes.items()}
        if len(merged) > MOST_MODELS:
            raise ValueError(f"at most {MOST_MODELS} models can be set, not {len(merged)}: DELETE forgets them")
        self._set = merged
        self._shapes.clear()

    def forget(self) -> None:
        """As it was."""
        self._set.clear()
        self._shapes.clear()

    def as_dict(self) -> dict[str, dict[str, float]]:
        """What was set, and what models that were called since have."""
        named = {model: asdict(self.of(model)) for model in sorted({*self._set, *self._shapes} - {EVERY})}
        return ({EVERY: self._set[EVERY]} if EVERY in self._set else {}) | named


def _parsed(model: str, shape: Any) -> dict[str, float]:
    if not isinstance(shape, dict):
        raise TypeError(f"{model} must be an object with {', '.join(_TOPS)}, not {shape!r}")
    if unknown := sorted(set(shape) - set(_TOPS)):
        raise ValueError(f"{model} has unknown: {', '.join(unknown)}; known: {', '.join(_TOPS)}")
    numbers = {name: float(value) for name, value in shape.items()}
    for name, value in numbers.items():
        if not 0 <= value <= _TOPS[name]:
            raise ValueError(f"{name} of {model} must be 0 to {_TOPS[name]:g}, not {value:g}")
    return numbers
