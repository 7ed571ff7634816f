"""A store full of verdicts of a judge whose accuracy is known, and people who label as `label` has it: from there to `calibrate`."""

import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.evals.calibration.agreement import Agreement
from app.evals.calibration.calibrate import Calibration, calibrate
from app.evals.item import Item
from app.evals.judge.rubric import version_of
from app.evals.settings import Dimension
from app.evals.statistics import Estimate, Matrix, agreement, kappa, sensitivity, specificity
from app.evals.store import Store, open_store, schema
from sqlalchemy import create_engine, insert

JUDGE = "judge-1"
DIMENSION = Dimension("groundedness", "", 2, 2, taste=False)


@dataclass(frozen=True)
class Kind:
    """Answers of one model: their part of all, the share of them that is judged and that people pass, and how often the judge is right."""

    model: str
    part: float
    sampled: float
    good: float
    accuracy: float


@dataclass(frozen=True)
class World:
    """All kinds of answers."""

    name: str
    kinds: tuple[Kind, ...]

    @cached_property
    def truth(self) -> Mapping[str, float]:
        """What a calibration has to find."""
        cells = [
            (k.part * k.good * k.accuracy, k.part * k.good * (1 - k.accuracy),
             k.part * (1 - k.good) * (1 - k.accuracy), k.part * (1 - k.good) * k.accuracy)
            for k in self.kinds
        ]  # fmt: skip
        whole = Matrix(*(sum(column) for column in zip(*cells, strict=True)))
        pairs = dict(zip(((True, True), (True, False), (False, True), (False, False)), whole, strict=True))
        return {
            "agreement": agreement(whole), "kappa": kappa(pairs), "sensitivity": sensitivity(whole),
            "specificity": specificity(whole),
        }  # fmt: skip


def steady(good: float, accuracy: float) -> World:
    """One model, of whose answers one in a hundred is judged."""
    return World(f"{good:.0%} good, {accuracy:.0%} right", (Kind("m1", 1.0, 0.01, good, accuracy),))


MIXED = World(
    "three kinds",
    (Kind("m1", 0.8, 0.01, 0.97, 0.92), Kind("m1", 0.1, 0.1, 0.5, 0.85), Kind("m2", 0.1, 0.05, 0.85, 0.8)),
)
"""Two models that are judged at different shares, and answers of one of them that are bad more often and judged more often."""


def found(told: Agreement) -> Mapping[str, Estimate]:
    """What it says, by the names of `World.truth`."""
    return {
        "agreement": told.same, "kappa": told.kappa, "sensitivity": told.sensitivity, "specificity": told.specificity
    }  # fmt: skip


def repetition(world: World, seed: int, verdicts: int, labels: int) -> Calibration:
    """A store with about so many verdicts, of which a person who is always right labels some."""
    draw = random.Random(f"{world.name} {seed}")  # noqa: S311  # a simulation
    with tempfile.TemporaryDirectory() as folder, open_store(url := f"sqlite:///{folder}/evals.sqlite") as store:
        good = _judged(store, url, world, draw, verdicts)
        rubric = version_of(DIMENSION)
        for row in store.to_label(DIMENSION.name, labels, f"ada/{seed}", by="ada", rubric=rubric):
            call_id = row.verdict.call_id
            store.label(call_id, DIMENSION.name, rubric, "pass" if good[call_id] else "fail", "ada")
        return calibrate(store, DIMENSION, JUDGE)


def _judged(store: Store, url: str, world: World, draw: random.Random, count: int) -> dict[str, bool]:
    """Fill it; which answers people would pass."""
    good: dict[str, bool] = {}
    items: list[Item] = []
    rows: list[dict[str, object]] = []
    calls = count / sum(kind.part * kind.sampled for kind in world.kinds)
    for kind in _drawn(world.kinds, draw, calls):
        call_id = f"{draw.getrandbits(128):032x}"
        good[call_id] = draw.random() < kind.good
        passed = good[call_id] == (draw.random() < kind.accuracy)
        items.append(Item(call_id, "chat", kind.model, "p", "Why?", "So.", (), "ok", kind.sampled, "sample", 1.0))
        rows.append({
            "call_id": call_id, "dimension": DIMENSION.name, "rubric": version_of(DIMENSION), "label": "pass" if passed else "fail",
            "score": None, "reason": "", "quotes": "[]", "judge": JUDGE, "usd": 0.0, "at": 1.0, "model": kind.model,
            "weight": 1 / kind.sampled, "unlogged": None,
        })  # fmt: skip
    store.put(items)
    # All at once: by `record` each would be a transaction of its own.
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(insert(schema.verdicts), rows)
    engine.dispose()
    return good


def _drawn(kinds: Sequence[Kind], draw: random.Random, calls: float) -> list[Kind]:
    """Whose answers were chosen to be judged: of each kind as many as chance has it."""
    judged = [kind.part * kind.sampled for kind in kinds]
    return draw.choices(kinds, judged, k=round(calls * sum(judged)))
