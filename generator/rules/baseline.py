"""The baseline that an incident cannot spoil: a median of the recent past, held while its alert is active.

A mean that includes the present absorbs an incident within minutes (measured: reference in docs/alerts.md), so the median
of the recorded value stays `offset` behind. An incident longer than half the baseline would still win, so the last
value is held from the moment that the alert fires until the incident has left the range that the median looks at, but
never longer than `hold` after the alert became active: then the new level is accepted.
"""

from generator import conventions as c
from generator.model import Duration, Model
from generator.promql import equals, selector

POINTS = 60
"""Samples that the baseline range is cut into; half of them must be there before a baseline counts."""


def step(baseline: Duration) -> Duration:
    """Resolution at which the baseline range is read, independent of how often rules are evaluated."""
    return Duration(max(1, baseline.seconds // POINTS))


def median(series: str, matchers: str, baseline: Duration, offset: Duration) -> str:
    """Median of a recorded series over the baseline range, absent while less than half the range has samples."""
    span = f"{series}{matchers}[{baseline}:{step(baseline)}] offset {offset}"
    enough = baseline.seconds // step(baseline).seconds // 2
    return f"quantile_over_time(0.5, {span})\nand\ncount_over_time({span}) >= {enough}"


def held(
    record: str, candidate: str, alert: str, labels: tuple[str, ...], model: Model, matchers: str, after: Duration
) -> str:
    """`candidate`, or the record's own last value while `alert` fires and for `after` since, at most `hold` in all."""
    windows = model.alerts.windows
    on = f"on ({', '.join(labels)})"
    firing = _active(c.ALERTS, matchers, equals(c.ALERTNAME, alert), equals(c.ALERTSTATE, "firing"))
    since = _active(c.ALERTS_FOR_STATE, matchers, equals(c.ALERTNAME, alert))
    # A gap in the recording (scrape gap, restart) must not lose the held value: hence last_over_time.
    return (
        "(\n"
        f"  last_over_time({record}{matchers}[{Duration(3 * windows.detect.seconds)}])\n"
        f"  and {on} last_over_time({firing}[{after}])\n"
        f"  and {on} (time() - last_over_time({since}[{after}]) < {windows.hold.seconds})\n"
        ")\n"
        "or\n"
        "(\n" + "\n".join("  " + line for line in candidate.splitlines()) + "\n)"
    )


def _active(metric: str, matchers: str, *more: str) -> str:
    inner = matchers[1:-1]
    return f"{metric}{selector(inner, *more)}"


def after_incident(baseline: Duration, offset: Duration) -> Duration:
    """How long the median would still see an incident that has just ended."""
    return Duration(baseline.seconds + offset.seconds)


JOB_MODEL = (c.JOB, c.MODEL)
