"""Write a counter that grows at piecewise constant speed in promtool's series notation (`0+1x10 10+5x20 _x4 ...`)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stretch:
    """`steps` samples, each `growth` above the one before; a gap grows unseen, a restart begins at 0."""

    steps: int
    growth: float
    gap: bool = False
    restart: bool = False


def notation(stretches: Sequence[Stretch]) -> str:
    """The series; its first sample, at time 0, is 0."""
    parts = ["0"]
    value = 0.0
    for stretch in stretches:
        growth = exact(stretch.growth)
        if stretch.restart:
            value = -growth
        if stretch.gap:
            parts.append(f"_x{stretch.steps}")
        else:
            parts.append(f"{_number(value + growth)}+{_number(growth)}x{stretch.steps - 1}")
        value += growth * stretch.steps
    return " ".join(parts)


def exact(growth: float) -> float:
    """The nearest binary fraction that is short enough to be added up thousands of times without rounding.

    promtool adds step by step: a sum that rounds up ends a hair above the next stretch's first value, which Prometheus
    then takes for a counter reset.
    """
    for least, bits in ((0.25, 6), (2.0**-8, 14), (0.0, 22)):
        if growth >= least:
            scale = float(2**bits)
            return round(growth * scale) / scale
    raise ValueError(f"a counter cannot shrink: {growth}")


def _number(value: float) -> str:
    return f"{value:.22f}".rstrip("0").rstrip(".")
