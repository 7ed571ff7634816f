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
    gap: float = 0
    fixed: float = 0
    """Seconds, whatever the spec says: for incidents that people write themselves."""

    def seconds(self, windows: Windows, pending: int, baseline: int) -> float:
        """In seconds, for these settings."""
        return (
            self.detect * windows.detect.seconds
            + self.confirm * windows.confirm.seconds
            + self.offset * windows.offset.seconds
            + self.hold * windows.hold.seconds
            + self.keep * windows.keep.seconds
            + self.gap * windows.gap.seconds
            + self.fixed
            + self.pending * pending
            + self.baseline * baseline
        )


@dataclass(frozen=True)
class Part:
    """Answers that were chosen alike: `an_hour` of them are judged, `passing` (0 to 1) pass, each stands for `weight` calls.

    `of_limit`: passing is a multiple of `evals.pass_rate_below` instead; above 1 it is that much of the way to all. `errors`: so many
    replies for each verdict are none.
    """

    an_hour: float
    passing: float = 1
    weight: float = 100
    of_limit: float | None = None
    errors: float = 0


@dataclass(frozen=True)
class Judging:
    """What judges say in a phase: answers in parts, of a dimension that is a matter of taste or of one that is none.

    `calibrated`: whether people trust the judge. `size` answers of the control set were judged again, of which `changed` times
    the allowed share are judged otherwise. `ruler`: since the phase began, another judge or another rubric gives the verdicts.
    """

    parts: tuple[Part, ...] = ()
    taste: bool = False
    calibrated: bool = False
    size: int = 0
    changed: float = 0
    ruler: bool = False


@dataclass(frozen=True)
class Phase:
    """Traffic that stays the same for a while.

    In units of the alert's own settings, so that one story fits every spec: `slow` and `dear` multiply latency and cost of a
    call by that many factors, `lean` by a power of the factor (of `tail`, that share of the calls), `busy` multiplies calls by that many spend factors;
    `failing` is the share of failed calls as a multiple of the limit (`ALL` of them where it is infinite); `rare` scales calls
    to the floor of requests instead of the usual traffic, `money` the spend to the floor of spend.
    In plain units: `calls`, `slower` and `dearer` multiply, `share` is the share of failed calls.
    `quick`: failures answer at once. `gap`: no scrape arrives. `restart`: counters begin at 0, of all instances or of one.
    `unpriced`: the share of calls whose cost nobody knows, 0 to 1.
    """

    span: Span
    calls: float = 1
    slow: float | None = None
    lean: float | None = None
    tail: float = 1
    dear: float | None = None
    busy: float | None = None
    money: float | None = None
    failing: float = 0
    slower: float = 1
    dearer: float = 1
    share: float = 0
    kind: str = "api_error"
    quick: bool = False
    rare: float | None = None
    gap: bool = False
    restart: bool | int = False
    unpriced: float = 0
    judging: Judging | None = None
    """What judges say, for the tickets about them."""

    def restarts(self, instance: int) -> bool:
        """Whether this instance begins anew."""
        return self.restart if isinstance(self.restart, bool) else self.restart == instance


@dataclass(frozen=True)
class Check:
    """At `at` after the start of phase number `phase`, the alert fires (or must not); `say` is the reader's sentence."""

    phase: int
    at: Span
    firing: bool
    say: str
    throughout: bool = False
    """Silent not only then, but since the phase began."""


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
    instances: int = 1
    """Processes that share the traffic."""
    model: str = ""
    """The only model that it is played with; empty for any."""
    coarse: int = 1
    """How many times longer than usual the steps are: for scenarios that take days."""
    pace: int = 0
    """Seconds between samples where the alert's own ranges are not the spec's; 0: by the shortest window."""

    @property
    def pages(self) -> bool:
        """Whether the alert must fire at some time."""
        return any(check.firing for check in self.checks)


ALL = float("inf")
USUAL = Span(baseline=1.2, offset=1, detect=2)
"""Long enough for a baseline to stand."""


def anything(_model: Model, _llm: LlmModel) -> bool:
    """Fits every setting."""
    return True


def silent(
    name: str,
    alert: str,
    about: str,
    *phases: Phase,
    applies: Callable[[Model, LlmModel], bool] = anything,
    other: tuple[Phase, ...] = (),
    instances: int = 1,
    coarse: int = 1,
    pace: int = 0,
) -> Scenario:
    """Nothing may fire, in any phase."""
    checks = tuple(
        Check(number, phase.span, firing=False, say=f"silent in phase {number + 1}", throughout=True)
        for number, phase in enumerate(phases)
    )
    return Scenario(name, alert, about, phases, checks, applies, other, instances, coarse=coarse, pace=pace)
