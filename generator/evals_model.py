"""Frozen data about judging, as builders read it: a part of the model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.model import Duration, Price


@dataclass(frozen=True)
class Judge:
    """The model that judges; `provider` is openai, anthropic or openai-compatible, `price` None where none is known."""

    model: str
    provider: str
    base_url: str
    price: "Price | None"
    max_usd_per_day: float
    concurrency: int
    per_minute: int


@dataclass(frozen=True)
class Dimension:
    """One respect in which answers are judged.

    `rubric` is empty for the one that is built in. `scale` 2 is pass or fail, more are scores from 1; `threshold` is the lowest
    that passes. `taste`: it counts only once the judge is calibrated.
    """

    name: str
    rubric: str
    scale: int
    threshold: int
    taste: bool


@dataclass(frozen=True)
class Evals:
    """Sampled judging of production answers; shares (`sample`, of `endpoints`, of `models`, `pass_rate_below`) are 0 to 1.

    `enabled` is false where nothing is sampled, and where no text may be kept.
    """

    enabled: bool
    sample: float
    by: str
    endpoints: Mapping[str, float]
    models: Mapping[str, float]
    floor_per_day: int
    always: tuple[str, ...]
    judge: Judge
    dimensions: tuple[Dimension, ...]
    pass_rate_below: float
    control_every: "Duration"
    keep: "Duration"
    max_waiting: int

    @property
    def tastes(self) -> tuple[str, ...]:
        """Names of the dimensions that are matters of taste."""
        return tuple(one.name for one in self.dimensions if one.taste)
