"""Cut the replay into promtool processes that know nothing of each other, so that all cores work and nothing changes.

Never by time: a baseline is held, and an incident remembered, from one evaluation to the next. Alerts are apart from each
other; within one, models are where every aggregation and every match keeps the label (read from the rules, not assumed).
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from generator.backtest.chain import Chain, Rule
from generator.backtest.promtest import Clock
from generator.backtest.series import Labels, Series
from generator.backtest.thresholds import Variant
from generator.backtest.variants import Member, together

ENOUGH = 200
"""Series that make a process of their own worth it: below, what an evaluation costs is the rules, whoever is judged by them."""


@dataclass(frozen=True)
class Shard:
    """One promtool process; `series` with the samples to leave out and the empty moments before each."""

    alert: str
    rules: list[Rule]
    members: list[Member]
    clock: Clock
    series: list[tuple[Series, int, int]] = field(repr=False)

    @property
    def weight(self) -> int:
        """Roughly how long it takes, against others."""
        return len(self.series) * (self.clock.end - self.clock.origin) // self.clock.tick + 20 * len(self.rules)


def shards(
    variants: Sequence[Variant], fetched: Mapping[str, tuple[int, list[Series]]], clocks: Mapping[str, Clock]
) -> list[Shard]:
    """Every process that is needed, the heaviest first; `fetched` has the series by metric with the moment of their first sample."""
    made = []
    for alert, clock in clocks.items():
        wanted = {variant.key: variant.chains[alert] for variant in variants if alert in variant.chains}
        # The variant that the report is about comes first: its values are charted.
        order = sorted(wanted, key=lambda key: key != main_of(variants, alert))
        own = {key: wanted[key] for key in order}
        names = sorted({read.name for chain in own.values() for read in chain.raw})
        series = [(one, fetched[name][0]) for name in names for one in fetched[name][1]]
        if not series:
            continue
        rules, members = together(own)
        made += [
            Shard(alert, rules, members, clock, [_aligned(one, since, clock) for one, since in part])
            for part in _parts(series, list(own.values()))
        ]
    return sorted(made, key=lambda shard: -shard.weight)


def main_of(variants: Sequence[Variant], alert: str) -> str:
    """The variant that the report is about: the changed spec where there is one."""
    return [variant.key for variant in variants[:2] if alert in variant.chains and "=" not in variant.key][-1:][0]


def _aligned(series: Series, since: int, clock: Clock) -> tuple[Series, int, int]:
    offset = (since - clock.origin) // clock.step
    return series, max(0, -offset), max(0, offset)


def _parts(series: list[tuple[Series, int]], chains: Sequence[Chain]) -> list[list[tuple[Series, int]]]:
    """The series by the values of one label, in parts of about one size."""
    common = set.intersection(*(set(chain.apart) for chain in chains))
    split = max(
        common,
        key=lambda label: (len({dict(one.labels).get(label, "") for one, _since in series}), label),
        default=None,
    )
    most = min(os.cpu_count() or 1, 1 + len(series) // ENOUGH)
    if split is None or most < 2:
        return [series]
    by_value: dict[str, list[tuple[Series, int]]] = {}
    for one in series:
        by_value.setdefault(_value(one[0].labels, split), []).append(one)
    parts: list[list[tuple[Series, int]]] = [[] for _ in range(min(most, len(by_value)))]
    for value in sorted(by_value, key=lambda value: (-len(by_value[value]), value)):
        min(parts, key=len).extend(by_value[value])
    return parts


def _value(labels: Labels, name: str) -> str:
    return dict(labels).get(name, "")
