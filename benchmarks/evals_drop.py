"""How soon a drop in quality is told, and how often none is: `python -m benchmarks.evals_drop --worlds 50 --months 30`.

A day has 200,000 calls, more by day than by night, of which a hash chooses one in a hundred; how many of these pass is chance. The rules
of `LLMPassRateDropped` are worked out again in Python, because promtool takes a minute for what this does in a tenth of a second;
first, one world with every kind of weather is played through the real promtool and the rendered rules, and must fire in the same quarters of an hour.
"""

import argparse
import math
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

from app.evals.statistics import dropped

from benchmarks.evals_world import DAY, HOUR, NIGHT, STEP, Verdicts, answers, series
from generator import conventions as c
from generator import eval_names as e
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import ensure
from generator.model import Model
from generator.promql import equals, selector
from generator.prove.oracle import ask
from generator.prove.run import rule_files
from generator.resolve import resolve
from generator.rules.drop import VERY_SURE
from generator.rules.evals import KEEP
from generator.spec.load import parse

SPEC = "service: {name: bench}\nmodels: [{name: m, provider: x, price: {input: 1, output: 2}}]\nalerts: {pass_drop: {enabled: true}}\n"
WEEKS_BEFORE = 8 * DAY
"""Steps of usual quality that a world begins with, so that the week before is whole."""
LOOKS = {HOUR: (0, 1), 6 * HOUR: (5 * HOUR, 1), DAY: (23 * HOUR, HOUR)}
"""Window -> the range and the step of its subquery, in steps of a quarter of an hour."""
WEEK = (167 * HOUR, HOUR)


class Seen(NamedTuple):
    """What a window holds: pass rate, and verdicts."""

    rate: float
    n: float


class Twin:
    """The recording rules over one model and dimension, step by step."""

    def __init__(self, verdicts: Verdicts, min_drop: float) -> None:
        self._hours = [self._of_an_hour(counts) for counts in (verdicts.passed, verdicts.judged)]
        self._sums = {step: [_running(hours, step) for hours in self._hours] for step in (1, HOUR)}
        self._min_drop, self._length = min_drop, len(verdicts.judged)

    @staticmethod
    def _of_an_hour(counts: Sequence[int]) -> list[int]:
        total = [0]
        for count in counts:
            total.append(total[-1] + count)
        return [total[at + 1] - total[max(0, at + 1 - HOUR)] for at in range(len(counts))]

    def _seen(self, at: int, span: int, step: int) -> Seen | None:
        """The sum of the hourly values in `[span:step]` that ends at a step, times the step: closed ranges, as of Prometheus 2."""
        first, last = -(-max(0, at - span) // step), at // step
        passed, judged = (sums[last + 1] - sums[first] for sums in self._sums[step])
        return Seen(passed / judged, judged * step / HOUR) if judged else None

    def _now(self, at: int, window: int) -> Seen | None:
        if window == HOUR:
            passed, judged = (hours[at] for hours in self._hours)
            return Seen(passed / judged, judged) if judged else None
        return self._seen(at, *LOOKS[window])

    def dropped(self, at: int) -> bool:
        """Whether any window surely lies below the week before it."""
        for window in LOOKS:
            now, before = self._now(at, window), self._seen(at - window, *WEEK) if at >= window else None
            if now and before and dropped(now.rate, now.n, before.rate, before.n, VERY_SURE, self._min_drop):
                return True
        return False

    def firing(self, since: int) -> Iterator[int]:
        """Steps at which the ticket is open: its sign twice in a row, and then an hour longer than its sign."""
        keep, last, fires, before = KEEP.seconds // STEP, -math.inf, False, False
        for at in range(since, self._length):
            now = self.dropped(at)
            last = at if now else last
            fires = (now and before) or (fires and at - last <= keep)
            before = now
            if fires:
                yield at


def _running(values: Sequence[int], step: int) -> list[int]:
    sums = [0]
    for value in values[::step]:
        sums.append(sums[-1] + value)
    return sums


def checked(model: Model, seed: int = 1) -> str:
    """Play a world with a short, a long and a small drop through the real promtool. Raises AssertionError where the twin differs."""
    limit = model.alerts.tickets.pass_drop.limit
    rates = (
        [0.95] * WEEKS_BEFORE
        + [0.85] * (8 * HOUR)
        + [0.95] * DAY
        + [0.91] * (2 * DAY)
        + [0.95] * DAY
        + [0.6] * HOUR
        + [0.95] * HOUR
    )
    verdicts = answers(random.Random(seed), [200_000 * 0.01] * len(rates), rates)  # noqa: S311  # a world, no secret
    tool = ensure(PACKAGES[c.PROMETHEUS], print).binaries["promtool"]
    alert = c.ALERTS + selector(equals(c.ALERTNAME, e.TICKET_PASS_DROP), equals(c.ALERTSTATE, "firing"))
    since = DAY
    proof = {"interval": f"{STEP}s", "input_series": series(model, verdicts), "promql_expr_test": []}
    looks = [at * STEP for at in range(since, len(rates))]
    real = ask(tool, rule_files(model, e.TICKET_PASS_DROP), proof, f"{STEP}s", probe=f"count({alert})", at=looks)
    mine = [at * STEP for at in Twin(verdicts, limit).firing(since)]
    if list(real.firing) != mine:
        differ = sorted(set(real.firing) ^ set(mine))
        raise AssertionError(
            f"promtool and its twin differ at {len(differ)} of {len(looks)} steps, first at {differ[0] / 3600} h"
        )
    return f"promtool and its twin agree in {len(looks)} quarters of an hour, {len(mine)} of which fire."


def times(
    worlds: int, calls: float, before: float, after: float, limit: float, days: int = 3, night: float = NIGHT
) -> list[float | None]:
    """Hours from the drop to the ticket of each world; None where there is none in so many days."""
    found = []
    for seed in range(worlds):
        chance = random.Random(f"{seed} {calls} {before} {after}")  # noqa: S311  # a world, no secret
        begins = WEEKS_BEFORE + chance.randrange(DAY)
        rates = [before] * begins + [after] * (days * DAY)
        verdicts = answers(chance, [calls * 0.01] * len(rates), rates, night)
        first = next(Twin(verdicts, limit).firing(begins), None)
        found.append(None if first is None else (first - begins + 1) * STEP / 3600)
    return found


def false_tickets(months: int, swing: float, limit: float) -> tuple[int, int]:
    """Tickets in steady months of three models and three dimensions, and how many series there were."""
    tickets = played = 0
    for seed in range(months):
        for calls in (140_000, 50_000, 10_000):
            for rate in (0.98, 0.95, 0.85):
                chance = random.Random(f"{seed} {calls} {rate} {swing}")  # noqa: S311  # a world, no secret
                length = WEEKS_BEFORE + 30 * DAY
                rates = [rate + swing * math.sin(2 * math.pi * at / DAY) for at in range(length)]
                open_at = list(Twin(answers(chance, [calls * 0.01] * length, rates), limit).firing(WEEKS_BEFORE))
                tickets += sum(at - 1 not in set(open_at[max(0, i - 1) : i]) for i, at in enumerate(open_at))
                played += 1
    return tickets, played


def main() -> None:
    """Print both tables."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--worlds", type=int, default=50, help="worlds a drop")
    words.add_argument("--months", type=int, default=30, help="steady months")
    asked = words.parse_args()
    model = resolve(parse(SPEC, "spec.yaml")[0], spec_name="spec.yaml")
    limit = model.alerts.tickets.pass_drop.limit
    print(checked(model), end="\n\n")
    print(
        "| calls a day, 1 % judged | pass rate | told in | median, h | 95 %, h | worst, h |\n|---:|---|---:|---:|---:|---:|"
    )
    for calls in (200_000, 50_000, 10_000):
        for before, after in ((0.95, 0.5), (0.95, 0.85), (0.95, 0.9), (0.95, 0.93)):
            hours = times(asked.worlds, calls, before, after, limit)
            told = sorted(one for one in hours if one is not None)
            cells = (
                [f"{told[min(len(told) - 1, math.ceil(share * len(told)) - 1)]:.2f}" for share in (0.5, 0.95, 1)]
                if told
                else ["-"] * 3
            )
            print(
                f"| {calls:,} | {before:.0%} to {after:.0%} | {len(told)} of {len(hours)} | {' | '.join(cells)} |",
                flush=True,
            )
    print("\nAs the power table has it, with as many calls by night as by day, 200,000 calls, 95 to 85 %:", end=" ")
    even = sorted(one for one in times(4 * asked.worlds, 200_000, 0.95, 0.85, limit, night=0) if one is not None)
    print(", ".join(f"{even[int(len(even) * share)]:.2f} h ({share:.0%})" for share in (0.5, 0.8, 0.95)))
    print(
        "\n| steady months of 3 models and 3 dimensions | pass rate by day and night | tickets | a month |\n|---:|---|---:|---:|"
    )
    for swing in (0.0, 0.01, 0.02):
        tickets, played = false_tickets(asked.months, swing, limit)
        print(
            f"| {asked.months} ({played} series) | {'the same' if not swing else f'± {swing * 100:g} points'} | {tickets} | {tickets / asked.months:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
