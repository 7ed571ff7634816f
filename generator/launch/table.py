"""The table that `up` and `status` end with: what runs, where, since when, how large; and what is missing."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One component; `seconds` until it was ready, `memory` in bytes, `note` why it does not run."""

    component: str
    state: str
    version: str
    url: str
    seconds: float
    memory: int
    note: str = ""


_HEAD = ("component", "state", "version", "seconds", "memory", "url")


def table(rows: list[Row]) -> str:
    """Aligned columns for a terminal; a URL is last, where it may be long."""
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if column in {3, 4} else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def _cells(row: Row) -> tuple[str, ...]:
    running = row.state == "running"
    seconds = f"{row.seconds:.1f}" if running else ""
    memory = f"{row.memory / 1e6:.0f} MB" if running else ""
    return row.component, row.state, row.version, seconds, memory, row.url


def as_json(rows: list[Row], missing: dict[str, str]) -> dict[str, Any]:
    """The same for machines."""
    return {"components": [asdict(row) for row in rows], "missing": missing}
