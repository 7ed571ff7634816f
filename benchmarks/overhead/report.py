"""What was found, as tables for people and as JSON."""

import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.overhead.processes import PATIENCE, Memory
from benchmarks.overhead.rounds import MEASURES, Calls
from benchmarks.overhead.subjects import Subject
from benchmarks.overhead.venvs import Venv

_LEAST = 10
"""Which percentile of the rounds is told: what others do on the machine only ever adds."""
_MB = 1_000_000


@dataclass(frozen=True)
class Row:
    """All that is known of a subject; `failed` says why the rest is not there."""

    subject: Subject
    venv: Venv | None = None
    failed: str = ""
    calls: Calls | None = None
    start: float | str | None = None
    memory: tuple[Memory, Memory] | str | None = None
    ends: dict[str, float | str | None] | None = None

    @property
    def version(self) -> str:
        """Of what is measured."""
        return self.venv.versions.get(self.subject.package, "this tree") if self.venv else ""

    @property
    def measured(self) -> bool:
        """Whether a block of it was run to its end."""
        return self.calls is not None and bool(self.calls.own["median"])


def tables(rows: Sequence[Row]) -> str:
    """Markdown."""
    parts = ["\n".join(_calls(rows)), "\n".join(_processes(rows)), "\n".join(_notes(rows))]
    return "\n\n".join(part for part in parts if part)


def as_json(rows: Sequence[Row]) -> dict[str, Any]:
    """Every value, and every percentile of the rounds."""
    return {"python": platform.python_version(), "subjects": [_one(row) for row in rows]}


def _calls(rows: Sequence[Row]) -> Iterable[str]:
    yield "| observed by | openai | added, us | median round | added mean, us | added p99, us | added CPU, us | worst call, ms | without, ms | spans | bytes |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    seen: set[tuple[str | None, ...]] = set()
    for row in rows:
        if row.calls is None or row.venv is None or not row.measured:
            yield f"| {row.subject.title} | not measured: {_short(row.failed)} | | | | | | | | | |"
            continue
        if row.venv.stack not in seen:
            seen.add(row.venv.stack)
            median, mean, high, spent = (f"{statistics.median(row.calls.base[name]):.0f}" for name in MEASURES)
            yield f"| nothing: the call itself | {row.venv.versions['openai']} | {median} | {median} | {mean} | {high} | {spent} | | | | |"
        calls = row.calls
        added = {name: _percentile(calls.added(name), _LEAST) for name in ("median", "cpu")}
        # Whatever else runs shows most in the tail, the baseline's too: there the quiet rounds of both are compared.
        added |= {
            name: _percentile(calls.own[name], _LEAST) - _percentile(calls.base[name], _LEAST)
            for name in ("mean", "p99")
        }
        cells = [
            row.subject.title, row.venv.versions["openai"], f"{added['median']:.0f}",
            f"{statistics.median(calls.added('median')):.0f}", f"{added['mean']:.0f}", f"{added['p99']:.0f}", f"{added['cpu']:.0f}",
            f"{calls.worst / 1000:.1f}", f"{calls.base_worst / 1000:.1f}", f"{calls.spans:.2f}", f"{calls.bytes:,.0f}",
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _processes(rows: Sequence[Row]) -> Iterable[str]:
    listed = [row for row in rows if row.start is not None]
    if not listed:
        return
    yield "| observed by | version | start, s | warm, MB | after many calls, MB | blocks left | sent of these | end, refused, s | end, hanging, s |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|"
    for row in listed:
        ends = row.ends or {}
        cells = [
            row.subject.title, row.version, _seconds(row.start), *_memory(row),
            *(_seconds(ends.get(kind, "-")) for kind in ("dead", "hanging")),
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _memory(row: Row) -> list[str]:
    if not isinstance(row.memory, tuple):
        return [_short(row.memory) if row.memory else "-", "-", "-", "-"]
    own, base = row.memory
    each = round(row.calls.spans) if row.calls else 0
    sent = f"{own.spans / (own.calls * each):.1%}" if each else "-"
    if own.lines:
        sent += f", lines {own.lines / (2 * own.calls):.1%}"
    return [
        f"{(own.warm - base.warm) / _MB:+.1f}",
        f"{(own.after - base.after) / _MB:+.1f}",
        f"{own.blocks - base.blocks:+,}",
        sent,
    ]


def _notes(rows: Sequence[Row]) -> Iterable[str]:
    for row in rows:
        told = [row.venv.note if row.venv else "", row.failed, row.calls.failed if row.calls else ""]
        if row.measured and row.calls and not row.subject.part and not row.calls.spans:
            told.append("nothing arrived of what it was to send: it did not observe")
        told += [one for one in (row.start, row.memory) if isinstance(one, str)]
        for one in dict.fromkeys(filter(None, told)):
            yield f"- {row.subject.title}: {one}"


def _one(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": row.subject.name, "title": row.subject.title, "version": row.version, "failed": row.failed,
        "start_s": row.start, "ends_s": row.ends, "memory": None,
    }  # fmt: skip
    if row.venv:
        found |= {"note": row.venv.note, "versions": row.venv.versions}
    if isinstance(row.memory, tuple):
        found["memory"] = {"own": asdict(row.memory[0]), "base": asdict(row.memory[1])}
    if row.calls:
        found |= asdict(row.calls)
        found["failed"] = row.failed or row.calls.failed
        for kind, rounds in (("own", row.calls.own), ("base", row.calls.base)):
            found[kind] = {name: _spread(values) for name, values in rounds.items()}
        found["added"] = {name: _spread(row.calls.added(name)) for name in MEASURES}
    return found


def _spread(values: Sequence[float]) -> dict[str, Any]:
    quantiles = {f"p{percent}": _percentile(values, percent) for percent in (_LEAST, 50, 90)} if values else {}
    return {**quantiles, "rounds": values}


def _percentile(values: Sequence[float], percent: int) -> float:
    """By linear interpolation."""
    listed = sorted(values)
    place = (len(listed) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(listed) - 1)
    return listed[low] + (listed[high] - listed[low]) * (place - low)


def _seconds(value: float | str | None) -> str:
    if value is None:
        return f"over {PATIENCE:.0f}"
    return value[:40] if isinstance(value, str) else f"{value:.2f}"


def _short(told: str) -> str:
    return told if len(told) <= 80 else f"{told[:77]}..."
