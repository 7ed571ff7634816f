"""What pages are worth: how many were false, which incidents were missed, how soon the others were told."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.rough import MINUTES, Incident
from generator import conventions as c

AFTER = 30
"""Minutes after an incident in which a page still counts as its own."""
SETS = {
    "stackgen": {"latency": c.ALERT_LATENCY, "errors": c.ALERT_ERRORS, "spend": c.ALERT_SPEND},
    "textbook": {"latency": "TextbookLatency", "errors": "TextbookErrors", "spend": "TextbookSpend"},
    "burn rates": {"latency": "BurnLatency", "errors": "BurnErrors", "spend": "BurnSpend"},
}
Pages = list[tuple[int, int]]
"""First and last minute of each."""


@dataclass
class Score:
    """Minutes, and counts of pages; `false` by kind with seed and minute, `missed` by seed."""

    worlds: int = 0
    seen: int = 0
    missed: list[int] = field(default_factory=list)
    false: list[tuple[int, str, int]] = field(default_factory=list)
    detect: list[int] = field(default_factory=list)
    clear: list[int] = field(default_factory=list)
    flaps: int = 0

    @property
    def weeks(self) -> float:
        """That the worlds last together."""
        return self.worlds * MINUTES / 60 / 24 / 7

    def add(self, seed: int, incident: Incident | None, fired: dict[str, Pages]) -> None:
        """Count one world; `fired` holds the pages by kind of alert."""
        self.worlds += 1
        for kind, told in fired.items():
            own: Pages = []
            if incident and incident.kind == kind:
                own = [page for page in told if page[1] >= incident.begin and page[0] <= incident.end + AFTER]
                self._judge(seed, incident, own)
            self.false += [(seed, kind, page[0]) for page in told if page not in own]

    def _judge(self, seed: int, incident: Incident, own: Pages) -> None:
        if not incident.seen:
            return
        self.seen += 1
        if not own:
            self.missed.append(seed)
            return
        self.detect.append(max(0, own[0][0] - incident.begin))
        self.clear.append(max(0, own[-1][1] - incident.end))
        self.flaps += len(own) - 1


def pages(minutes: Sequence[int]) -> Pages:
    """Runs of minutes."""
    runs: list[list[int]] = []
    for minute in minutes:
        if runs and minute == runs[-1][1] + 1:
            runs[-1][1] = minute
        else:
            runs.append([minute, minute])
    return [(first, last) for first, last in runs]


def table(scores: dict[str, Score]) -> str:
    """Markdown."""
    lines = [
        "| rules | worlds | incidents missed | false pages | a week | minutes to detect, median | p95 | to clear, median | flaps |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, one in scores.items():
        lines.append(
            f"| {name} | {one.worlds} | {len(one.missed)} of {one.seen} | {len(one.false)} | {len(one.false) / one.weeks:.2f} |"
            f" {_median(one.detect)} | {_percentile(one.detect, 0.95)} | {_median(one.clear)} | {one.flaps} |"
        )
    return "\n".join(lines)


def _median(values: list[int]) -> str:
    return f"{statistics.median(values):g}" if values else "-"


def _percentile(values: list[int], share: float) -> str:
    return f"{sorted(values)[min(len(values) - 1, int(share * len(values)))]}" if values else "-"
