"""What came out as tables, which the terminal and the HTML report both show."""

from dataclasses import dataclass, field
from typing import Any

from generator.backtest.fetch import utc
from generator.backtest.pages import summary
from generator.backtest.report import Report
from generator.spec.units import show_duration

WHOLE = "whole service"
Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """`right` are the columns of numbers; `empty` is said where there are no rows."""

    title: str
    head: Row
    rows: list[Row]
    right: frozenset[int] = field(default_factory=frozenset)
    empty: str = ""


def tables(report: Report) -> list[Table]:
    """In the order in which people want to know; tables that have nothing to compare are left out."""
    found = [_by_model(report), _pages(report)]
    if len(report.shown) > 1:
        found.insert(0, _beside(report))
    others = _others(report)
    return [*found, others] if others.rows else found


def as_text(report: Report) -> str:
    """For a terminal."""
    about = (
        f"{report.server}: {report.days:.3g} days, {utc(report.start)} to {utc(report.end)}\n"
        f"samples every {show_duration(report.step)}, rules every {show_duration(report.tick)}; "
        f"fetched in {report.seconds[0]:.0f} s, replayed in {report.seconds[1]:.0f} s"
    )
    blocks = [about, *(f"{table.title}\n{_aligned(table) if table.rows else table.empty}" for table in tables(report))]
    blocks += [f"note: {note}" for note in report.notes]
    return "\n\n".join(blocks) + "\n"


def short(seconds: int) -> str:
    """`1h5m`; a dash for nothing."""
    return show_duration(seconds) if seconds else "-"


def _counts(counts: dict[str, Any]) -> Row:
    return str(counts["pages"]), f"{counts['per_week']:g}"


def _by_model(report: Report) -> Table:
    rows: list[Row] = []
    for alert in report.alerts:
        pages = report.pages(report.shown[-1].key, alert)
        name = alert if report.severity(alert) == "page" else f"{alert} ({report.severity(alert)})"
        if not pages:
            rows.append((name, "-", "0", "0", "-", "-"))
        for subject in sorted({page.subject for page in pages}):
            counts = summary([page for page in pages if page.subject == subject], report.days)
            spent = short(counts["longest_seconds"]), short(counts["total_seconds"])
            rows.append((name, subject or WHOLE, *_counts(counts), *spent))
    head = ("alert", "model", "pages", "a week", "longest", "total")
    return Table("By alert and model", head, rows, frozenset({2, 3, 4, 5}))


def _pages(report: Report) -> Table:
    rows: list[Row] = [
        (
            page.alert,
            page.subject or WHOLE,
            utc(page.start) + (" or earlier" if page.open_start else ""),
            utc(page.end) + (" or later" if page.open_end else ""),
            short(page.seconds),
            report.number(page.alert, page.peak),
            report.number(page.alert, page.baseline),
        )
        for page in report.main_pages()
    ]
    head = ("alert", "model", "from", "to", "lasted", "peak", "usual")
    return Table("Pages", head, rows, frozenset({4, 5, 6}), "none")


def _beside(report: Report) -> Table:
    rows: list[Row] = []
    for alert in report.alerts:
        before, after = (summary(report.pages(variant.key, alert), report.days) for variant in report.shown)
        spent = short(before["total_seconds"]), short(after["total_seconds"])
        rows.append((alert, str(before["pages"]), str(after["pages"]), *spent))
    head = ("alert", "pages before", "pages after", "firing before", "firing after")
    return Table(f"Before and after {report.shown[-1].about}", head, rows, frozenset({1, 2, 3, 4}))


def _others(report: Report) -> Table:
    rows: list[Row] = []
    for alert in report.alerts:
        tried = report.what_if(alert)
        for place, (about, counts) in enumerate(tried if len(tried) > 1 else []):
            rows.append(("" if place else alert, about, *_counts(counts), short(counts["total_seconds"])))
    head = ("alert", "threshold", "pages", "a week", "firing")
    return Table("What another threshold would have given", head, rows, frozenset({2, 3, 4}))


def _aligned(table: Table) -> str:
    cells = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(table.head))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if column in table.right else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )
