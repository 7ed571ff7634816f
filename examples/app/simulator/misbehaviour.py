"""How a simulated provider misbehaves when it is told to: multiples, shares of calls, and what each share is called."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

# The order decides which calls of a seed fail: what is new comes last.
FATES = {
    "errors": "api_error",
    "timeouts": "timeout",
    "refusals": "refusal",
    "safety": "safety_block",
    "context_length": "context_length",
    "unauthorized": "unauthorized",
    "forbidden": "forbidden",
    "not_found": "not_found",
    "rate_limits": "rate_limit",
    "server_errors": "server_error",
    "unavailable": "unavailable",
    "overloaded": "overloaded",
    "filtered_prompts": "filtered_prompt",
    "cuts": "cut",
    "error_events": "error_event",
    "garbage": "garbage",
    "refusal_fields": "refusal_field",
    "refusal_texts": "refusal_text",
}
"""The fate of a call, by the field of `Chaos` that is its share."""

_TOPS = {"slow": 1000.0, "expensive": 1000.0, "retry_after": 1000.0}


@dataclass
class Chaos:
    """How to misbehave: `slow` and `expensive` multiply, the others are shares of calls; `models` empty means all.

    `retry_after` is what a rate limit tells the caller to wait, in seconds; `leak` is the share of rate limits that
    name the e-mail address of the caller's account. `quality`, `rude` and `overrefuse` are shares of the answers that come: with an invented
    sentence, rude, or a refusal though the passages hold something. `judge_accuracy` is how often a judge is right, `judge_garbage`
    the share of its replies that are no verdict; these two hold for all models.
    """

    slow: float = 1.0
    expensive: float = 1.0
    errors: float = 0.0
    timeouts: float = 0.0
    refusals: float = 0.0
    safety: float = 0.0
    context_length: float = 0.0
    unauthorized: float = 0.0
    forbidden: float = 0.0
    not_found: float = 0.0
    rate_limits: float = 0.0
    server_errors: float = 0.0
    unavailable: float = 0.0
    overloaded: float = 0.0
    filtered_prompts: float = 0.0
    cuts: float = 0.0
    error_events: float = 0.0
    garbage: float = 0.0
    refusal_fields: float = 0.0
    refusal_texts: float = 0.0
    retry_after: float = 2.0
    leak: float = 0.0
    quality: float = 0.0
    rude: float = 0.0
    overrefuse: float = 0.0
    judge_accuracy: float = 1.0
    judge_garbage: float = 0.0
    models: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, data: dict[str, Any]) -> "Chaos":
        """Raises ValueError or TypeError naming what is not understood."""
        known = {one.name for one in fields(cls)}
        if unknown := sorted(set(data) - known):
            raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        models = data.get("models", [])
        if not isinstance(models, list):
            raise TypeError(f"models must be a list of names, not {models!r}")
        numbers = {name: float(value) for name, value in data.items() if name != "models"}
        for name, value in numbers.items():
            top = _TOPS.get(name, 1.0)
            if not 0 <= value <= top:
                raise ValueError(f"{name} must be 0 to {top:g}, not {value:g}")
        return cls(**numbers, models=[str(name) for name in models])

    def as_dict(self) -> dict[str, Any]:
        """For people."""
        return asdict(self)
