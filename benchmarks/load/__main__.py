"""Two hundred questions a second through app, Collector and stores, counted at both ends: `python -m benchmarks.load`.

Every answer's ids are kept, and looked for in Prometheus, in the log store (VictoriaLogs) and in the trace store (Jaeger). Before and after,
the same questions go to apps of which nothing is shipped: the difference is what being observed costs.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.load import stores
from benchmarks.load.client import Asked, offer
from benchmarks.load.stack import MODELS, LoadStack
from generator import conventions as c

_PATIENCE = 120.0
"""Seconds after the last answer within which everything has to be in its store."""


def main() -> int:
    """1 where anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200, help="questions a second (%(default)s)")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--instances", type=int, default=2, help="app processes: one uses one core (%(default)s)")
    parser.add_argument("--pace", type=float, default=0.1, help="how much of a real model's time an answer takes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stackgen-load-") as folder:
        return _run(LoadStack(Path(folder), arguments.instances, arguments.pace), arguments.rate, arguments.seconds)


def _run(stack: LoadStack, rate: float, seconds: float) -> int:
    _tell("launching every role")
    with stack.up():
        bare = _bare(stack, rate, seconds / 4)
        with stack.apps(observed=True) as urls:
            _tell("warming up")
            stores.served(stack.url("simulator"), anew=True)
            warm = asyncio.run(offer(urls, MODELS, rate / 4, 5))
            _tell(f"{rate:g} questions a second for {seconds:g} s, observed")
            before = _processor(stack)
            asked = asyncio.run(offer(urls, MODELS, rate, seconds))
            spent = {name: used - before[name] for name, used in _processor(stack).items()}
            everything = warm + asked
            ledger = stores.served(stack.url("simulator"))
            calls = _until(lambda: stores.counted(stack.url("prometheus"), c.KIT_REQUESTS), len(everything))
        bare += _bare(stack, rate, seconds / 4)
        return _report(stack, everything, calls, ledger, bare, asked, spent)


def _bare(stack: LoadStack, rate: float, seconds: float) -> list[Asked]:
    with stack.apps(observed=False) as urls:
        asyncio.run(offer(urls, MODELS, rate / 4, 5))
        _tell(f"{rate:g} questions a second for {seconds:g} s, not observed")
        return asyncio.run(offer(urls, MODELS, rate, seconds))


def _report(
    stack: LoadStack, everything: list[Asked], calls: int, ledger: dict[str, Any], bare: list[Asked], asked: list[Asked],
    spent: dict[str, float],
) -> int:  # fmt: skip
    ids = [one.trace_id for one in everything if one.trace_id]
    paths = [stack.log_file(number) for number in range(stack.instances)]
    files = stores.written(paths)
    lines: Counter[str] = Counter()

    def all_lines() -> int:
        lines.clear()
        lines.update(stores.logged(stack.url("victorialogs")))
        return sum(lines.values())

    _until(all_lines, stores.LINES * len(ids))
    _tell("looking for every trace")
    spans = asyncio.run(stores.traced(stack.url("jaeger"), ids, lambda number: _tell(f"{number} of {len(ids)} traces")))
    print(f"\n{len(everything)} questions, {len(everything) - len(ids)} of them without an answer\n")
    print("| | expected | found | lost | doubled or wrong |\n|---|---:|---:|---:|---:|")
    bad = _row("counted by Prometheus", len(ids), calls, max(0, len(ids) - calls), max(0, calls - len(ids)))
    for name, each, found in (
        ("log lines in the apps' files", stores.LINES, files),
        ("log lines in the log store", stores.LINES, lines),
        ("spans in the trace store", stores.SPANS, spans),
    ):
        lost = sum(max(0, each - found[one]) for one in ids)
        doubled = sum(max(0, found[one] - each) for one in ids)
        bad += _row(name, each * len(ids), sum(found.values()), lost, doubled)
    answered, wrong = stores.disagreeing(paths, ledger)
    bad += _row("answers with the provider's own tokens", len(ledger), answered - wrong, len(ledger) - answered, wrong)
    print("\n| answers | median, ms | p99, ms |\n|---|---:|---:|")
    quantiles = [(name, [_quantile(some, q) * 1000 for q in (0.5, 0.99)]) for name, some in (("not observed", bare), ("observed", asked))]  # fmt: skip
    for name, (middle, high) in quantiles:
        print(f"| {name} | {middle:.1f} | {high:.1f} |")
    print("\n| processor seconds while observed | |\n|---|---:|")
    for name, used in spent.items():
        print(f"| {name} | {used:.1f} |")
    return int(bad > 0)


def _row(name: str, expected: int, found: int, lost: int, doubled: int) -> int:
    print(f"| {name} | {expected:,} | {found:,} | {lost:,} | {doubled:,} |")
    return lost + doubled


def _quantile(some: Sequence[Asked], q: float) -> float:
    times = sorted(one.seconds for one in some)
    return times[min(len(times) - 1, int(q * len(times)))]


def _processor(stack: LoadStack) -> dict[str, float]:
    return {name: sum(process.cpu_times()[:2]) for name, process in stack.processes().items()}


def _until(count: Callable[[], int], expected: int) -> int:
    deadline = time.monotonic() + _PATIENCE
    while (found := count()) < expected and time.monotonic() < deadline:
        time.sleep(2)
    return found


def _tell(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what} ...", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
