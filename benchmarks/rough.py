"""Rough worlds of two days: what a service looks like when nothing is smooth, and in two of three an incident of an hour."""

import math
import random
from dataclasses import dataclass

from tests.behaviour.world import Llm, Shape, World

MINUTES = 2 * 24 * 60
LASTS = 60
WARM = 26 * 60
"""No incident begins before this minute: the first day is history."""


@dataclass(frozen=True)
class Incident:
    """`kind` is latency, errors or spend; `seen` says whether the floors let it through; minutes."""

    kind: str
    begin: int
    end: int
    size: float
    seen: bool


def rough_world(seed: int) -> tuple[World, Incident | None]:
    """One world and its incident, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311  # a simulation
    incident = _incident(rng)
    models = [_llm(rng, number, incident if number == 0 else None) for number in range(rng.choice((1, 1, 2, 3)))]
    gaps = tuple((begin, begin + rng.uniform(2, 10)) for begin in _moments(rng, 2))
    restarts = tuple((float(round(at)), 0) for at in _moments(rng, 3))
    world = World(MINUTES, models, scrape=60, gaps=gaps, restarts=restarts, seed=seed)
    return world, _judged(incident, models) if incident else None


def _incident(rng: random.Random) -> Incident | None:
    if rng.random() > 2 / 3:
        return None
    begin = rng.randrange(WARM, MINUTES - LASTS - 60)
    kind = rng.choice(("latency", "errors", "spend"))
    size = {"latency": rng.uniform(2.6, 10), "errors": rng.uniform(0.06, 1), "spend": rng.uniform(4.5, 8)}[kind]
    return Incident(kind, begin, begin + LASTS, size, seen=True)


def _llm(rng: random.Random, number: int, incident: Incident | None) -> Llm:
    rate = math.exp(rng.uniform(math.log(0.08), math.log(2.5)))
    calls = _times(_swing(rng, 0.9), _noise(rng, 0.15), _batch(rng))
    slow = _times(_swing(rng, 0.25), _noise(rng, 0.06), _steps(rng, 0.8, 1.25), _blips(rng))
    dear = _times(_noise(rng, 0.08), _steps(rng, 0.8, 1.3))
    failing = {"api_error": _errors(rng, rng.uniform(0, 0.006)), "refusal": _errors(rng, rng.uniform(0, 0.004))}
    if incident:
        during = _during(incident.begin, incident.end)
        if incident.kind == "latency":
            slow = _times(slow, lambda minute: incident.size if during(minute) else 1)
        elif incident.kind == "errors":
            usual = failing["api_error"]
            failing["api_error"] = lambda minute: incident.size if during(minute) else usual(minute)
        else:
            dear = _times(dear, lambda minute: incident.size if during(minute) else 1)
    return Llm(
        f"model-{number}", rate, calls, math.exp(rng.uniform(math.log(300), math.log(2000))), rng.uniform(0.4, 1.0), slow,
        rng.choice((0.0005, 0.002, 0.01)), dear, failing,
    )  # fmt: skip


def _judged(incident: Incident, models: list[Llm]) -> Incident:
    """Whether the floors let it through: twenty calls in five minutes, a dollar an hour, most of the spend."""
    llm = models[0]
    middle = (incident.begin + incident.end) / 2
    calls = llm.rate * llm.calls(middle)
    seen = calls * 300 >= 30
    if incident.kind == "spend":
        before = [one.rate * one.calls(incident.begin) * one.usd * 3600 for one in models]
        now = before[0] * incident.size + sum(before[1:])
        seen = seen and now >= 1.2 and now >= 3.6 * sum(before)
    return Incident(incident.kind, incident.begin, incident.end, incident.size, seen)


def _during(begin: float, end: float) -> Shape:
    return lambda minute: float(begin <= minute < end)


def _times(*shapes: Shape) -> Shape:
    return lambda minute: math.prod(shape(minute) for shape in shapes)


def _swing(rng: random.Random, most: float) -> Shape:
    depth, phase = rng.uniform(0, most), rng.random()
    return lambda minute: 1 + depth * math.sin(2 * math.pi * (minute / 1440 + phase))


def _noise(rng: random.Random, most: float) -> Shape:
    """Correlated: an autoregressive walk of ten-minute steps around 1."""
    spread, value, values = rng.uniform(0, most), 0.0, []
    for _step in range(MINUTES // 10 + 1):
        value = 0.8 * value + spread * rng.gauss(0, 0.6)
        values.append(math.exp(value))
    return lambda minute: values[int(minute) // 10]


def _steps(rng: random.Random, least: float, most: float) -> Shape:
    """Deploys, each of which changes a little for good."""
    changes = sorted((at, rng.uniform(least, most)) for at in _moments(rng, 2))
    return lambda minute: math.prod(factor for at, factor in changes if at <= minute)


def _blips(rng: random.Random) -> Shape:
    spans = [(at, at + rng.uniform(0.5, 2)) for at in _moments(rng, 4)]
    size = rng.uniform(3, 15)
    return lambda minute: size if any(begin <= minute < end for begin, end in spans) else 1


def _errors(rng: random.Random, usual: float) -> Shape:
    spans = [(at, at + rng.uniform(0.5, 3), rng.uniform(0.1, 0.8)) for at in _moments(rng, 3)]
    return lambda minute: next((share for begin, end, share in spans if begin <= minute < end), usual)


def _batch(rng: random.Random) -> Shape:
    size = rng.uniform(1.2, 2) if rng.random() < 0.3 else 1
    return lambda minute: size if minute % 60 < 6 else 1


def _moments(rng: random.Random, most: int) -> list[float]:
    return [rng.uniform(90, MINUTES - 60) for _one in range(rng.randint(0, most))]
