"""Rough traffic as raw `kit` series: Poisson calls, log-normal latencies, several instances, any buckets, gaps and restarts.

Unlike the generated proofs this knows nothing of the spec, and nothing in it is smooth. Seeded: the same world each time.
"""

import math
import random
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

OUR_BUCKETS = (100, 200, 300, 400, 500, 650, 800, 1000, 1250, 1600, 2000, 2500, 3200, 4000, 5000, 6500, 8000, 10_000, 13_000,
               20_000, 40_000, 90_000, 300_000)  # fmt: skip
COARSE_BUCKETS = (250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000)
KINDS = ("api_error", "timeout", "refusal", "safety_block")

Shape = Callable[[float], float]
"""Minutes since the start -> a multiple, or a share."""


def steady(value: float) -> Shape:
    """The same at all times."""
    return lambda _minute: value


def during(begin: float, end: float, value: float, usual: float = 1.0) -> Shape:
    """`value` from one minute to another, else `usual`."""
    return lambda minute: value if begin <= minute < end else usual


USUAL: Shape = steady(1)


@dataclass
class Llm:
    """One model's traffic: calls a second, median latency in ms, spread, USD a call, share of failed calls by kind."""

    name: str = "gpt-4o-mini"
    rate: float = 1.0
    calls: Shape = USUAL
    median: float = 600.0
    spread: float = 0.6
    slow: Shape = USUAL
    usd: float = 0.002
    dear: Shape = USUAL
    failing: dict[str, Shape] = field(default_factory=dict)
    quick_failures: bool = False
    born: float = 0.0


@dataclass
class World:
    """What is scraped: every `scrape` seconds, from each of `instances`; times in minutes."""

    minutes: int
    models: list[Llm]
    scrape: int = 15
    instances: int = 1
    buckets: tuple[float, ...] = OUR_BUCKETS
    gaps: tuple[tuple[float, float], ...] = ()
    restarts: tuple[tuple[float, int], ...] = ()
    seed: int = 1
    job: str = "support-bot"

    def series(self) -> Iterator[dict[str, str]]:
        """Input series for promtool."""
        rng = random.Random(self.seed)
        for llm in self.models:
            for instance in range(self.instances):
                yield from self._one(llm, instance, rng)

    def _one(self, llm: Llm, instance: int, rng: random.Random) -> Iterator[dict[str, str]]:
        counters = ["requests", "cost", *KINDS, *self.buckets, math.inf, "sum"]
        value: dict[object, float] = dict.fromkeys(counters, 0.0)
        written: dict[object, list[str]] = {name: [] for name in counters}
        for step in range(self.minutes * 60 // self.scrape + 1):
            minute = step * self.scrape / 60
            if any(abs(minute - at) < self.scrape / 120 and who == instance for at, who in self.restarts):
                value = dict.fromkeys(counters, 0.0)
            if step:
                self._calls(llm, minute, value, rng)
            absent = minute < llm.born or any(begin <= minute < end for begin, end in self.gaps)
            for name in counters:
                written[name].append("_" if absent else _short(value[name]))
        for name, values in written.items():
            yield {"series": self._name(llm, instance, name), "values": " ".join(values)}

    def _calls(self, llm: Llm, minute: float, value: dict[object, float], rng: random.Random) -> None:
        if minute < llm.born:
            return
        bounds = (*self.buckets, math.inf)
        for _call in range(_poisson(llm.rate * llm.calls(minute) * self.scrape / self.instances, rng)):
            value["requests"] += 1
            draw, failed = rng.random(), ""
            for kind, share in llm.failing.items():
                if draw < share(minute):
                    failed = kind
                    break
                draw -= share(minute)
            if failed:
                value[failed] += 1
            if not failed or failed in {"refusal", "safety_block"}:
                value["cost"] += llm.usd * llm.dear(minute) * rng.lognormvariate(-0.32, 0.8)
            latency = rng.lognormvariate(math.log(llm.median * llm.slow(minute)), llm.spread)
            if failed == "timeout":
                latency = 30_000.0
            elif failed and llm.quick_failures:
                latency = 40.0
            value["sum"] += latency
            for bound in bounds[bisect_left(bounds, latency) :]:
                value[bound] += 1

    def _name(self, llm: Llm, instance: int, name: object) -> str:
        labels = f'job="{self.job}",instance="app-{instance}:8080",model="{llm.name}",endpoint="chat"'
        if name == "requests":
            return f"llm_requests_total{{{labels}}}"
        if name == "cost":
            return f"llm_cost_usd_total{{{labels}}}"
        if name == "sum":
            return f"llm_latency_ms_sum{{{labels}}}"
        if isinstance(name, str):
            return f'llm_errors_total{{{labels},kind="{name}"}}'
        bound = "+Inf" if name == math.inf else f"{name:.1f}"
        return f'llm_latency_ms_bucket{{{labels},le="{bound}"}}'


def _poisson(mean: float, rng: random.Random) -> int:
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def _short(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
