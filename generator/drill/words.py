"""How a drill says times and tables."""

from collections.abc import Sequence


def seconds(value: float) -> str:
    """`14 s`."""
    return f"{value:.0f} s"


def real(value: float, scale: float) -> str:
    """Seconds of the drill as what they stand for: `7.1 min`, `45 s`, `2.5 h`."""
    stood_for = value * scale
    if abs(stood_for) < 90:
        return f"{stood_for:.0f} s"
    text, unit = (f"{stood_for / 60:.1f}", "min") if abs(stood_for) < 2 * 3600 else (f"{stood_for / 3600:.1f}", "h")
    return f"{text.removesuffix('.0')} {unit}"


def both(value: float | None, scale: float) -> str:
    """`14 s = 7.1 min`, or a dash."""
    return "-" if value is None else f"{seconds(value)} = {real(value, scale)}" if scale > 1 else seconds(value)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns for a terminal; the last one may be long."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
