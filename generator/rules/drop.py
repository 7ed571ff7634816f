"""What the ticket about a drop compares: the pass rate of a recent window with that of the week before it.

Two signs must agree (ADR 17). The lower end of the interval of the difference lies above zero: R. G. Newcombe, "Interval estimation for the
difference between independent proportions", Statistics in Medicine 17 (1998), method 10. And two rates explain the verdicts that much better
than one: S. S. Wilks, "The large-sample distribution of the likelihood ratio", Annals of Mathematical Statistics 9 (1938). Either alone has
tails that are far too thick somewhere: the interval where few fail (3 failures of 30 where one in a hundred is usual pass for 4.5 deviations
once in 300 times), the ratio where few pass.
"""

from collections.abc import Callable, Iterator

from generator import conventions as c
from generator import eval_names as e
from generator.promql import number
from generator.rules import ruler
from generator.rules.canonical import SLOW
from generator.rules.group import Recording
from generator.rules.verdicts import LOOKS, WEEK, Look
from generator.rules.wilson import lower, upper

VERY_SURE = 4.5
"""Standard deviations: these rules look all the time, at every model, dimension and window."""
LEAST_RECENT, LEAST_BEFORE = 30, 200
"""Effective verdicts below which a window, or the week before, says nothing."""
TINY = 1e-9
"""A rate of nothing or all is taken for this near to it, so that its logarithm exists."""
ORDER = ("6h", "1h", "1d")
"""The window that mostly knows first stands first, so that a ticket's value does not jump when others join in."""
End = Callable[[str, str, float], str]


def chain(min_drop: float, m: str) -> Iterator[Recording]:
    """The recordings from pass rates to what the ticket fires on; `min_drop` is 0 to 1, `m` the job's matcher in braces."""
    for look in LOOKS:
        window = look.window
        yield Recording(e.pass_rate_at_most(window), _end(upper, window, m, LEAST_RECENT))
        yield Recording(e.pass_rate_pooled(window), _pooled(window, m))
        yield Recording(e.pass_rate_deviance(window), _deviance(window, m))
    yield Recording(e.pass_rate_at_least(WEEK.window), _end(lower, WEEK.window, m, LEAST_BEFORE))
    for look in LOOKS:
        yield Recording(e.pass_rate_dropped(look.window), _dropped(min_drop, look, m))
    now = "\n  or\n  ".join(f"{e.pass_rate_dropped(one)}{m}" for one in ORDER)
    yield Recording(e.DROPPED_RATE, f"(\n  {now}\n)\nand on ({c.JOB}, {e.DIMENSION}) {e.JUDGE_TRUSTED}{m}")
    before = (f"({_before(one, m)} and {e.pass_rate_dropped(one)}{m})" for one in ORDER)
    yield Recording(e.RATE_BEFORE_DROP, "\nor\n".join(before))


def _end(end: End, window: str, m: str, least: int) -> str:
    """An end of the pass rate's interval, where the window holds enough."""
    return end(f"{e.pass_rate(window)}{m}", f"({e.effective_verdicts(window)}{m} >= {least} > 0)", VERY_SURE)


def _before(window: str, m: str, of: str = e.pass_rate(WEEK.window)) -> str:
    """Of the week that ended where the window begins; an hour's reach bridges what Prometheus itself has missed."""
    return f"last_over_time({of}{m}[{SLOW}] offset {window})"


def _pooled(window: str, m: str) -> str:
    n, before = f"{e.effective_verdicts(window)}{m}", _before(window, m, e.effective_verdicts(WEEK.window))
    passed = f"{n} * {e.pass_rate(window)}{m} + {before} * {_before(window, m)}"
    return f"({passed})\n/\n({n} + {before} > 0)"


def _deviance(window: str, m: str) -> str:
    """Twice the logarithm of the likelihood ratio, by each of the two samples: its verdicts times its divergence from the pooled rate."""
    pooled = f"{e.pass_rate_pooled(window)}{m}"

    def part(n: str, rate: str) -> str:
        inside = f"clamp_min(clamp_max({rate}, {1 - TINY!r}), {TINY!r})"
        passing = f"{inside} * ln({inside} / ({pooled} > 0))"
        return f"{n} * ({passing} + (1 - {inside}) * ln((1 - {inside}) / (1 - {pooled} > 0)))"

    now = part(f"{e.effective_verdicts(window)}{m}", f"{e.pass_rate(window)}{m}")
    before = part(_before(window, m, e.effective_verdicts(WEEK.window)), _before(window, m))
    return f"2 * (\n  {now}\n  +\n  {before}\n)"


def _dropped(min_drop: float, look: Look, m: str) -> str:
    """The window's rate where it surely is lower, by enough to matter, and both were judged alike."""
    window = look.window
    now, most = f"{e.pass_rate(window)}{m}", f"{e.pass_rate_at_most(window)}{m}"
    before, least = _before(window, m), _before(window, m, e.pass_rate_at_least(WEEK.window))
    return (
        f"{now}\n"
        f"and {before} - {now} >= {number(min_drop)}\n"
        f"and ({before} - {now}) ^ 2 > ({before} - {least}) ^ 2 + ({most} - {now}) ^ 2\n"
        f"and {e.pass_rate_deviance(window)}{m} > {number(VERY_SURE**2)}\n"
        f"{ruler.too_young(look.length, m)}"
    )
