"""The report as one HTML file that loads nothing: tables, and a chart of what was judged for each alert and model."""

import time
from dataclasses import replace
from typing import Any

from generator.backtest.charts import chart
from generator.backtest.fetch import utc
from generator.backtest.pages import summary
from generator.backtest.report import Report
from generator.backtest.tables import Table, short, tables
from generator.spec.units import show_duration
from generator.templating import fill_page

MOST_CHARTS = 24
MOST_ROWS = 500
_PATH = "reports/backtest.html"


def page(report: Report) -> str:
    """The whole file, well below 1 MB."""
    charts, notes = _charts(report)
    return fill_page(
        _PATH,
        title=time.strftime("%Y-%m-%d", time.gmtime(report.start)),
        about=_about(report),
        tiles=[_tile(report, alert) for alert in report.alerts],
        tables=_tables(report),
        charts=charts,
        bucket=show_duration(report.bucket),
        notes=[*report.notes, *notes],
    )


def _about(report: Report) -> str:
    text = f"{report.server}, {utc(report.start)} to {utc(report.end)} ({report.days:.3g} days), {report.spec}"
    if len(report.shown) > 1:
        text += f" with {report.shown[-1].about}"
    return f"{text}. Samples every {show_duration(report.step)}, rules every {show_duration(report.tick)}, evaluated by promtool."


def _tile(report: Report, alert: str) -> dict[str, Any]:
    counts = summary(report.pages(report.shown[-1].key, alert), report.days)
    quiet = "silent" if not counts["pages"] else ""
    lasted = f"longest {short(counts['longest_seconds'])}, {short(counts['total_seconds'])} in all"
    return {"alert": alert, "pages": counts["pages"], "per_week": f"{counts['per_week']:g}", "time": quiet or lasted}


def _tables(report: Report) -> list[Table]:
    """Without the one of models where nobody was paged: the tiles say as much."""
    kept = [table for table in tables(report) if table.title != "By alert and model" or report.main_pages()]
    return [replace(table, rows=table.rows[:MOST_ROWS]) for table in kept]


def _charts(report: Report) -> tuple[list[dict[str, Any]], list[str]]:
    pages = report.main_pages()
    paged = {(one.alert, one.subject) for one in pages}
    keys = sorted(report.replayed.curves, key=lambda key: (key not in paged, report.alerts.index(key[0]), key[1]))
    drawn = [chart(report, *key) for key in keys[:MOST_CHARTS]]
    notes = []
    if len(keys) > MOST_CHARTS:
        notes.append(f"{len(keys) - MOST_CHARTS} more charts were left out; those with pages come first.")
    if len(pages) > MOST_ROWS:
        notes.append(f"{len(pages) - MOST_ROWS} more pages were left out here; --json has all of them.")
    return drawn, notes
