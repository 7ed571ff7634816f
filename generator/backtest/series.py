"""Samples on a grid: counters of many instances merged without losing a reset, and promtool's notation for them.

A sum of counters is no counter: one restart, and it falls. So the increases of each series are added up instead, as `rate`
sees them: the difference, or the whole value after a reset; a series that appears begins to count at its first sample.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite, nan

GONE = 300
"""Seconds without a sample after which Prometheus itself takes a series for gone."""
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Series:
    """One series; `values` begin at the first moment of the grid, NaN where there is no sample."""

    name: str
    labels: Labels
    values: "array[float]"


@dataclass
class _Sum:
    increases: "array[float]"
    present: bytearray
    births: list[tuple[int, float]] = field(default_factory=list)
    jumps: list[tuple[int, int, float]] = field(default_factory=list)


class Merger:
    """Takes the samples of one metric as they come, in order, and holds only what is kept of them.

    `keeps` are the labels that survive; None keeps every series and its values as they are. `size` is the grid's length,
    `step` its spacing in seconds.
    """

    def __init__(self, name: str, keeps: frozenset[str] | None, size: int, step: int) -> None:
        self._name, self._keeps, self._size, self._patience = name, keeps, size, max(2, GONE // step)
        self._last: dict[Labels, tuple[int, float]] = {}
        self._sums: dict[Labels, _Sum] = {}
        self._plain: dict[Labels, array[float]] = {}

    def add(self, labels: Mapping[str, str], samples: Iterator[tuple[int, float]]) -> None:
        """Samples of one series: places on the grid, rising over all calls, and values."""
        key = tuple(sorted((name, value) for name, value in labels.items() if name != "__name__"))
        if self._keeps is None:
            values = self._plain.setdefault(key, array("d", [nan]) * self._size)
            for place, value in samples:
                values[place] = value
            return
        kept = tuple(pair for pair in key if pair[0] in self._keeps)
        total = self._sums.get(kept)
        if total is None:
            total = self._sums[kept] = _Sum(array("d", bytes(8 * self._size)), bytearray(self._size))
        increases, present, patience = total.increases, total.present, self._patience
        before, last = self._last.get(key, (-1, nan))
        for place, value in samples:
            if value != value:  # noqa: PLR0124  # NaN, tested in the innermost loop
                continue
            present[place] = 1
            grown = value - last if value >= last else value
            if before < 0:
                total.births.append((place, value))
            elif place - before <= patience:
                increases[place] += grown
            else:
                total.jumps.append((before, place, grown))
            before, last = place, value
        self._last[key] = (before, last)

    def series(self) -> list[Series]:
        """What came together, sorted by labels."""
        if self._keeps is None:
            return [Series(self._name, labels, values) for labels, values in sorted(self._plain.items())]
        return [Series(self._name, labels, _counter(total)) for labels, total in sorted(self._sums.items())]


def _counter(total: _Sum) -> "array[float]":
    for before, place, grown in total.jumps:
        # Growth over a gap counts where the whole sum has the gap: the rule's own range then decides whether it spans it.
        if not any(total.present[before + 1 : place]):
            total.increases[place] += grown
    first = total.present.find(1)
    value = sum(born for place, born in total.births if place == first)
    values = array("d", [nan]) * len(total.present)
    for place, (here, grown) in enumerate(zip(total.present, total.increases, strict=True)):
        value += grown
        if here:
            values[place] = value
    return values


def notation(values: Sequence[float], lead: int = 0) -> str:
    """Notation of promtool, after `lead` missing samples: runs of missing, equal or evenly growing whole values are written once."""
    parts = [f"_x{lead}"] if lead else []
    place, size = 0, len(values)
    while place < size:
        value, end = values[place], place + 1
        if not isfinite(value):
            while end < size and not isfinite(values[end]):
                end += 1
            parts.append("_" if end - place == 1 else f"_x{end - place}")
            place = end
            continue
        growth = values[end] - value if end < size else nan
        # promtool adds step by step, which is exact for whole numbers only.
        if growth == 0 or (growth.is_integer() and value.is_integer() and abs(value) + abs(growth) * size < 2**53):
            while end < size and values[end] - values[end - 1] == growth:
                end += 1
        if end - place > 2:
            parts.append(f"{_number(value)}{'-' if growth < 0 else '+'}{_number(abs(growth))}x{end - place - 1}")
            place = end
        else:
            parts.append(_number(value))
            place += 1
    return " ".join(parts)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text
