"""What goes into the store and comes out of it. Times are in unix seconds, money is in USD."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.evals.item import Item
from app.evals.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Put:
    """What became of the items of one `put`."""

    added: int
    known: int
    """Whose call_id had been put before, whatever became of it."""
    refused: int
    """For which there was no room."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer that one worker may judge until its lease ends; `token` tells the store whether it is still that worker's."""

    item: Item
    token: int
    attempt: int
    """From 1."""
    judged: frozenset[tuple[str, str]]
    """Dimensions and versions of rubrics whose verdicts are recorded already."""
    worker: str = ""


@dataclass(frozen=True, slots=True)
class Dead:
    """An answer that was given up."""

    call_id: str
    model: str
    reason: str
    attempts: int
    since: float


@dataclass(frozen=True, slots=True)
class Depth:
    """How many answers are where, and the age of the oldest that still has to be judged (0 where there is none)."""

    waiting: int
    running: int
    dead: int
    skipped: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money set aside for one judgement."""

    id: str
    day: str
    usd: float
    expires: float


@dataclass(frozen=True, slots=True)
class Spent:
    """Of one day: `usd` with what was set aside by those who never came back, `reserved` what is set aside now."""

    usd: float
    reserved: float


@dataclass(frozen=True, slots=True)
class Totals:
    """All that one worker ever counted."""

    results: Mapping[tuple[str, str, str], tuple[int, float, float]]
    """By judged model, dimension and label: verdicts, the sum of their weights, the sum of the squares of those."""
    judge_usd: float
    dropped: Mapping[str, int]
    changes: Mapping[tuple[str, str], int]
    """By judged model and kind (`prompt`, `model`)."""


@dataclass(frozen=True, slots=True)
class Row:
    """A recorded verdict; once the texts of its item are removed, those are empty."""

    id: int
    at: float
    item: Item
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Labelled:
    """One person's and the judge's word on one answer of `chars` characters; `judge_model` is whose word the judge's is."""

    call_id: str
    model: str
    human: str
    judge: str
    chars: int
    rubric: str
    by: str
    judge_model: str
    weight: float = 1.0
    """Of the verdict: the inverse of the probability with which the answer was chosen to be judged."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """All verdicts of one label on answers of one model: how many, the sum of their weights, and of the squares of those."""

    model: str
    label: str
    verdicts: int
    weight: float
    squared_weight: float
