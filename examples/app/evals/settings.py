"""What the contract says about evals: which answers, judged by whom, at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.telemetry.contract import Contract

SAMPLE, REFUSAL, THUMBS_DOWN = "sample", "refusal", "thumbs_down"


@dataclass(frozen=True)
class Dimension:
    """One thing that an answer is judged by.

    `rubric` is its text, empty for the one in `rubrics/<name>.md`. With a `scale` of 2 the verdict is pass or fail, else a score from 1 to `scale`,
    of which `threshold` and more pass. A matter of `taste` counts only once its judge was compared with people.
    """

    name: str
    rubric: str
    scale: int
    threshold: int
    taste: bool


@dataclass(frozen=True)
class JudgeSettings:
    """The model that judges; `per_minute` is in requests, a price is in USD per million tokens by kind, None where nobody knows it."""

    model: str
    provider: str
    base_url: str | None
    max_usd_per_day: float
    concurrency: int
    per_minute: int
    usd_per_million_tokens: Mapping[str, float] | None


@dataclass(frozen=True)
class Settings:
    """All of it. Shares (`sample`, `endpoints`, `models`, `pass_rate_below`) are between 0 and 1.

    Of a call whose endpoint and whose model both have a share, the larger counts; `sample` is for those that have none.
    """

    sample: float
    by: Literal["call", "conversation"]
    endpoints: Mapping[str, float]
    models: Mapping[str, float]
    floor_per_day: int
    always: tuple[str, ...]
    judge: JudgeSettings
    dimensions: tuple[Dimension, ...]
    control_seconds: int
    max_waiting: int
    keep_seconds: int
    pass_rate_below: float
    enabled: bool

    @classmethod
    def of(cls, contract: Contract) -> "Settings":
        """As the rendered contract has them. Raises ValueError where it is of another version, and says what to do."""
        told: dict[str, Any] = contract.data.get("evals", {})
        try:
            return cls(
                sample=float(told["sample"]),
                by=told["by"],
                endpoints=told["endpoints"],
                models=told["models"],
                floor_per_day=told["floor_per_day"],
                always=tuple(told["always"]),
                judge=JudgeSettings(**{name: told["judge"][name] for name in _JUDGE}),
                dimensions=tuple(Dimension(**{name: one[name] for name in _DIMENSION}) for one in told["dimensions"]),
                control_seconds=told["control_seconds"],
                max_waiting=told["max_waiting"],
                keep_seconds=told["keep_seconds"],
                pass_rate_below=told["pass_rate_below"],
                enabled=bool(told["enabled"]),
            )
        except KeyError as error:
            raise ValueError(
                f"the contract says nothing of evals' {error.args[0]}: it was rendered by another version; run `make render`"
            ) from error


_JUDGE = tuple(JudgeSettings.__dataclass_fields__)
_DIMENSION = tuple(Dimension.__dataclass_fields__)
