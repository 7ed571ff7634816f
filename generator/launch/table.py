"""The table that `up` and `status` end with: what runs, where, since when, how large; and what is missing."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One component; `seconds` until it was ready, `memory` in bytes, `note` why it does not run, `restarts` by itself."""

    component: str
    state: str
    version: str
    url: str
    seconds: float
    memory: int
    note: str = ""
    restarts: int = 0


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


def remarks(rows: list[Row]) -> list[str]:
    """What is to be said of single components: started again, ended, left out."""
    lines = []
    for row in rows:
        if row.restarts:
            times = "once" if row.restarts == 1 else f"{row.restarts} times"
            lines.append(f"  {row.component} ended and was started again {times}")
        if row.state == "left out":
            lines.append(f"  {row.component} left out; {row.note}")
        elif row.note:
            last = row.note.splitlines()
            lines.append(
                f"  {row.component} {row.state}; its log ends: {last[0][:160] if len(last) == 1 else ''}".rstrip()
            )
            lines += [f"  | {line[:200]}" for line in last] if len(last) > 1 else []
    return lines


def _cells(row: Row) -> tuple[str, ...]:
    running = row.state == "running"
    # Nothing is known of either where it is 0.
    seconds = f"{row.seconds:.1f}" if running and row.seconds else ""
    memory = f"{row.memory / 1e6:.0f} MB" if running and row.memory else ""
    return row.component, row.state, row.version, seconds, memory, row.url


@dataclass(frozen=True)
class Gap:
    """A role that nobody plays: `lost` without it, `coming` what is done about it, else `why` nothing is."""

    role: str
    lost: str
    coming: str = ""
    why: str = ""


def gaps_text(gaps: list[Gap]) -> str:
    """What is on its way, and what is not here and why; empty where nothing is missing."""
    lines = []
    width = max((len(gap.role) for gap in gaps), default=0)
    coming = [gap for gap in gaps if gap.coming]
    if coming:
        lines += ["", "On its way, and joins by itself (`make status` shows how far it is):"]
        lines += [f"  {gap.role:<{width}}  {gap.coming}" for gap in coming]
    absent = [gap for gap in gaps if not gap.coming]
    if absent:
        lines += ["", "Not here:"]
        for gap in absent:
            lines.append(f"  {gap.role:<{width}}  lost: {gap.lost}")
            if gap.why:
                lines.append(f"  {'':<{width}}  {gap.why}")
    return "\n".join(lines)


def as_json(rows: list[Row], gaps: list[Gap]) -> dict[str, Any]:
    """The same for machines."""
    return {"components": [asdict(row) for row in rows], "missing": [asdict(gap) for gap in gaps]}
