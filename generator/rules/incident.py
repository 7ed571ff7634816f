"""When an incident begins, goes on, and ends: a recorded series that is there only meanwhile, and that its alert fires on.

It begins on a sign, goes on while a weaker one lasts, and must show a sure one before its page is due: so noise around the limit
neither delays a page, nor flaps it, nor makes one. It outlives a gap in the scrapes, because no news is no recovery. It
reads its own last value, as the evaluation before left it.
"""

from dataclasses import dataclass

from generator import conventions as c
from generator.model import Duration
from generator.promql import equals, number, selector

GOES_ON = 0.6
"""An incident goes on while its signal is this share of the way from the baseline to the limit."""
RECOVERED = 0.3
"""A shorter range that is nearer to the baseline than this share of the way says that it is over, before the judged range can."""
RIPE = 0.8
"""Share of `for` after which the sign must be sure."""


@dataclass(frozen=True)
class Signs:
    """PromQL of the three signs; each keeps the value that the page shows. Without `goes_on` it goes on as it began."""

    begins: str
    sure: str
    goes_on: str = ""


@dataclass(frozen=True)
class Incident:
    """`record` is the series' name, `labels` what it is judged by, `seen` a series that is there while there is something to judge.

    `scraped` is there while the application is scraped; `gap` is how long an incident outlives that. Without a `gap` the
    ranges of the signs are themselves wide enough to bridge one.
    """

    record: str
    alert: str
    labels: tuple[str, ...]
    matchers: str
    pending: Duration
    seen: str = ""
    scraped: str = ""
    gap: Duration | None = None

    def expr(self, signs: Signs) -> str:
        """What to record."""
        on = f"on ({', '.join(self.labels)})"
        own = f"{self.record}{self.matchers}"
        since = f"max by ({', '.join(self.labels)}) ({c.ALERTS_FOR_STATE}{self._of_alert()})"
        firing = c.ALERTS + self._of_alert(equals(c.ALERTSTATE, "firing"))
        ripe = number(RIPE * self.pending.seconds)
        lasts = f"\n  or\n  (\n{indented(indented(signs.goes_on))}\n    and {on} {own}\n  )" if signs.goes_on else ""
        return (
            f"(\n{indented(signs.begins)}{lasts}\n)\n"
            f"unless {on} (\n"
            f"  time() - {since} > {ripe}\n"
            f"  unless {on} (\n{indented(indented(signs.sure))}\n  )\n"
            f"  unless {on} {firing}\n)" + (self._bridge(on, own, firing) if self.gap else "")
        )

    def _bridge(self, on: str, own: str, firing: str) -> str:
        """Only what has paged outlives a gap: what has not could not become sure in it."""
        return f"\nor\n(\n  {own}\n  and {on} {firing}\n  and {on} last_over_time({self.seen}[{self.gap}])\n  unless {on} {self.scraped}\n)"

    def _of_alert(self, *more: str) -> str:
        return selector(self.matchers[1:-1], equals(c.ALERTNAME, self.alert), *more)


def above(now: str, lately: str, baseline: str, factor: float, labels: tuple[str, ...], share: float = 1) -> str:
    """`now` beyond a share of the way from the baseline to `factor` times it, unless the shorter range says that it is over.

    With too few calls in the shorter range, `now` decides.
    """
    return (
        f"{now} > {_on_the_way(factor, share)} * {baseline}\n"
        f"unless on ({', '.join(labels)}) {lately} <= {_on_the_way(factor, RECOVERED)} * {baseline}"
    )


def _on_the_way(factor: float, share: float) -> str:
    return number(1 + (factor - 1) * share)


def indented(expr: str) -> str:
    """Two spaces before each line."""
    return "\n".join("  " + line for line in expr.splitlines())
