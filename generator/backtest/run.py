"""`stackgen backtest`: fetch, replay, report."""

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.backtest.chain import Chain
from generator.backtest.fetch import Need, diagnose, fetch, needs, points, utc
from generator.backtest.pages import collect
from generator.backtest.promtest import Clock, ReplayFailed
from generator.backtest.replay import replay
from generator.backtest.report import Report, as_json
from generator.backtest.series import Series
from generator.backtest.server import Server, ServerProblem
from generator.backtest.shards import shards
from generator.backtest.tables import as_text
from generator.backtest.thresholds import Variant, variants
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.problems import ProblemsFound, render
from generator.progress import Progress
from generator.spec.load import LoadedSpec

HOUR, DAY = 3600, 86400
MOST_WARM_UP = DAY
"""A memory of a week is replayed from a day before the range on: a whole day and night, at an eighth of the cost."""
SAMPLES_A_RANGE = 4
CHECKS_A_PENDING = 5
SLOWEST_TICK = 60
CHART_POINTS = 336


@dataclass(frozen=True)
class Options:
    """What the command line says; `end` in epoch seconds, `step` and `warm_up` in seconds or None for what the rules suggest."""

    sets: Sequence[str]
    days: float
    end: float | None
    step: int | None
    warm_up: int | None
    tickets: bool
    what_if: bool
    pause: float
    html: Path | None
    as_json: bool


def backtest(loaded: LoadedSpec, server: Server, options: Options) -> int:
    """Exit code: 0 replayed, 1 not, 2 a setting that cannot be; whatever is wrong was printed."""
    if options.html and not options.html.parent.is_dir():
        print(f"{options.html}: the folder {options.html.parent} is not there.", file=sys.stderr)
        return 2
    try:
        tried = variants(loaded, options.sets, tickets=options.tickets, what_if=options.what_if)
    except ProblemsFound as found:
        print(render(found.problems, found.sources, color=sys.stderr.isatty()), file=sys.stderr)
        return 2
    try:
        done = _replayed(loaded, server, options, tried)
    except (ServerProblem, CannotBeHad, ReplayFailed) as error:
        print(error, file=sys.stderr)
        return 1
    if options.html:
        from generator.backtest.html import page

        options.html.write_text(page(done), encoding="utf-8")
        print(f"report: {options.html}", file=sys.stderr)
    sys.stdout.write(as_json(done) if options.as_json else as_text(done))
    return 0


def _replayed(loaded: LoadedSpec, server: Server, options: Options, tried: Sequence[Variant]) -> Report:
    chains = [chain for variant in tried for chain in variant.chains.values()]
    if not chains:
        raise ReplayFailed("the spec has no alert that pages: nothing to replay. Enable one, or add --tickets.")
    promtool = ensure(PACKAGES["prometheus"], lambda line: print(line, file=sys.stderr)).binaries["promtool"]
    began = time.monotonic()
    server.probe()
    step, tick = options.step or _step(loaded, chains), options.step or _tick(loaded, chains)
    end = int(options.end if options.end is not None else time.time()) // tick * tick
    start = end - int(options.days * DAY) // tick * tick
    clocks = _clocks(tried, start, end, step, tick, options.warm_up)
    wanted = needs(
        (read, _since(clocks[alert], chain, options.warm_up))
        for variant in tried
        for alert, chain in variant.chains.items()
        for read in chain.raw
    )
    fetched = _fetched(server, wanted, start, end, step, options)
    took = time.monotonic() - began
    work = shards(tried, {need.name: (need.since, fetched[need.name]) for need in wanted}, clocks)
    bucket = max(1, -(-(end - start) // CHART_POINTS // tick)) * tick if options.html else 0
    with (
        tempfile.TemporaryDirectory(prefix="stackgen-backtest-") as folder,
        Progress("replaying", len(work)) as progress,
    ):
        outcomes = replay(
            promtool,
            work,
            Path(folder),
            bucket=bucket,
            done=lambda count: progress.to(count, f"{count} of {len(work)}"),
        )
    return Report(
        server=server.shown,
        spec=loaded.name,
        start=start,
        end=end,
        step=step,
        tick=tick,
        seconds=(took, time.monotonic() - began - took),
        variants=list(tried),
        replayed=collect(outcomes),
        notes=_notes(tried, fetched, clocks, start),
        bucket=bucket,
    )


def _fetched(
    server: Server, wanted: list[Need], start: int, end: int, step: int, options: Options
) -> Mapping[str, list[Series]]:
    done = 0
    with Progress("fetching", points(wanted, end, step)) as progress:

        def advance(name: str, count: int) -> None:
            nonlocal done
            done += count
            progress.to(done, name)

        fetched = fetch(server, wanted, end=end, step=step, pause=options.pause, advance=advance)
    if not any(fetched.values()):
        raise ServerProblem(diagnose(server, wanted, start, end))
    return fetched


def _step(loaded: LoadedSpec, chains: Sequence[Chain]) -> int:
    """Seconds between samples: the most that leaves every range of the rules four of them, as the rules themselves demand."""
    scrape: int = loaded.spec.stack.scrape_interval
    return max(1, min(chain.shortest for chain in chains) // SAMPLES_A_RANGE // scrape) * scrape


def _tick(loaded: LoadedSpec, chains: Sequence[Chain]) -> int:
    """Seconds between evaluations: a minute, or what checks an alert five times before it fires; a multiple of the step."""
    from generator.spec.units import parse_duration

    step = _step(loaded, chains)
    pending = min(parse_duration(rule.pending) for chain in chains for rule in chain.alerts)
    return max(1, min(SLOWEST_TICK, pending // CHECKS_A_PENDING) // step) * step


def _since(clock: Clock, chain: Chain, warm_up: int | None) -> int:
    back = (
        chain.reach if warm_up is None and chain.reach < MOST_WARM_UP else MOST_WARM_UP if warm_up is None else warm_up
    )
    return (clock.start - back) // clock.tick * clock.tick


def _clocks(
    tried: Sequence[Variant], start: int, end: int, step: int, tick: int, warm_up: int | None
) -> dict[str, Clock]:
    """One clock an alert. It begins on a full hour, so that subqueries fall where they fell; at midnight for rules with a calendar."""
    clocks = {}
    for alert in dict.fromkeys(alert for variant in tried for alert in variant.chains):
        bare = Clock(0, start, end, step, tick)
        since = min(_since(bare, variant.chains[alert], warm_up) for variant in tried if alert in variant.chains)
        calendar = any(
            "hour(" in rule.expr for variant in tried if alert in variant.chains for rule in variant.chains[alert].rules
        )
        whole = DAY if calendar else HOUR
        clocks[alert] = Clock(since - since % (whole if whole % tick == 0 else tick), start, end, step, tick)
    return clocks


def _notes(
    tried: Sequence[Variant], fetched: Mapping[str, list[Series]], clocks: Mapping[str, Clock], start: int
) -> list[str]:
    notes = []
    for variant in tried[:1]:
        for alert, chain in variant.chains.items():
            lacking = sorted({read.name for read in chain.raw if not fetched[read.name]})
            if lacking:
                notes.append(f"{alert}: the server has no {', '.join(lacking)} in this range; it was judged without.")
            if chain.reach > MOST_WARM_UP and clocks[alert].origin > start - chain.reach:
                known = utc(clocks[alert].origin)
                notes.append(
                    f"{alert} looks back up to {chain.reach / DAY:.0f} days; the replay knows nothing before {known}."
                )
    return notes
