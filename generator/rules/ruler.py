"""Judge and rubric are what answers are measured with: what one ruler has measured is not compared with what another has.

A stricter rubric, or another judge, lowers the pass rate of answers that are as good as ever. So the week before a window holds only
what the ruler of today has judged, and a window is compared once all of it, and a week to compare it with, lies after the change.
"""

from generator import conventions as c
from generator import eval_names as e
from generator.rules.group import Recording

_ON, _HOUR = f"on ({c.JOB}, {e.DIMENSION})", 3600
_REACH = 2 * _HOUR
"""Seconds beyond a window: rates of its first hour, and the hour for which a recorded week may be older than the window."""


def recording(m: str) -> Recording:
    """When it changed; `m` is the job's matcher in braces. An application that judges by itself says nothing, and nothing is left out."""
    # Verdicts stay in the windows while nobody is there to say who gave them.
    return Recording(e.RULER_CHANGED, f"last_over_time({e.EVAL_RULER_CHANGED}{m}[{e.WEEK_BEFORE}])")


def of_today(series: str, m: str) -> str:
    """The samples of a subquery, each a rate over an hour, that hold verdicts of today's ruler alone."""
    return f"({series} unless {_ON} {e.RULER_CHANGED}{m} @ end() > time() - {_HOUR})"


def too_young(seconds: int, m: str) -> str:
    """The end of an expression about a window of so many seconds: not while the window, or what it is compared with, holds the change."""
    return f"unless {_ON} {e.RULER_CHANGED}{m} > time() - {seconds + _REACH}"
