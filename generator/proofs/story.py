"""What a scenario is made of: phases of traffic, and what an alert must do when. Plain data, in units of the spec's own settings."""

from collections.abc import Callable
from dataclasses import dataclass

from generator.model import LlmModel, Model, Windows


@dataclass(frozen=True)
class Span:
    """A length of time as multiples of the alert's ranges, so that one story fits every spec."""

    detect: float = 0
    confirm: float = 0
    pending: float = 0
    baseline: float = 0
    offset: float = 0
    hold: float = 0
    keep: float = 0

    def seconds(self, windows: Windows, pending: int, baseline: int) -> float:
        """In seconds, for these settings."""
        return (
            self.detect * windows.detect.seconds
            + self.confirm * windows.confirm.seconds
            + self.offset * windows.offset.seconds
            + self.hold * windows.hold.seconds
            + self.keep * windows.keep.seconds
            + self.pending * pending
            + self.baseline * baseline
        )


@dataclass(frozen=True)
class Phase:
    """Traffic that stays the same for a while.

    `calls` and `cost` multiply the usual traffic and the usual cost of a call; `slow` and `dear` are latency and cost of a
    call as multiples of the alert's own factor, `busy` calls as a multiple of the spend alert's factor; `failing` is the
    share of failed calls as a multiple of the alert's limit (`all` of them where it is infinite). `rare` scales calls to
    the floor of requests instead of the usual traffic, `money`
    the spend to the floor of spend. `gap`: no scrape arrives. `restart`: counters begin at 0 again.
    """

    span: Span
    calls: float = 1
    slow: float | None = None
    dear: float | None = None
    busy: float | None = None
    money: float | None = None
    failing: float = 0
    kind: str = "api_error"
    quick: bool = False
    rare: float | None = None
    gap: bool = False
    restart: bool = False


@dataclass(frozen=True)
class Check:
    """At `at` after the start of phase number `phase`, the alert fires (or must not); `say` is the reader's sentence."""

    phase: int
    at: Span
    firing: bool
    say: str


@dataclass(frozen=True)
class Scenario:
    """One named situation. `about` is a sentence; `applies` says whether the settings allow it at all."""

    name: str
    alert: str
    about: str
    phases: tuple[Phase, ...]
    checks: tuple[Check, ...]
    applies: Callable[[Model, LlmModel], bool] = lambda _model, _llm: True
    other: tuple[Phase, ...] = ()
    """Traffic of a second model at the same time, phase by phase; empty where the scenario needs only one."""


ALL = float("inf")
USUAL = Span(baseline=1.2, offset=1, detect=2)
"""Long enough for a baseline to stand."""
