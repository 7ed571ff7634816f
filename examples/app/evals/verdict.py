"""What a judge says of one answer in one dimension."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Label: TypeAlias = Literal["pass", "fail", "error"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement: recorded once for each call, dimension and version of the rubric.

    `label` is `error` where the judge gave no verdict that holds; such a row counts as judged, never as a pass or fail.
    `usd` is what all replies cost, the repair included (0.0 where the judge has no prices). `at` is in unix seconds.
    `weight` is the item's (1/probability); `model` the judged one, `judge` the judging one.
    """

    call_id: str
    dimension: str
    rubric: str
    label: Label
    score: float | None
    reason: str
    quotes: tuple[str, ...]
    judge: str
    usd: float
    at: float
    model: str
    weight: float
