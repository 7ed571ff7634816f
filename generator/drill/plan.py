"""A scenario as timed commands, and as promises that can be looked at."""

from dataclasses import dataclass, field, replace
from itertools import zip_longest

from generator import conventions as c
from generator.drill.commands import about, chaos, rates_of, times
from generator.drill.library import Entry, seconds
from generator.model import LlmModel, Model
from generator.proofs.story import Phase, Scenario, Span


@dataclass(frozen=True)
class Step:
    """One phase: `seconds` long, chaos of the simulator, calls a second by model; `about` is for people.

    `only` are the models that the chaos is for, all where it is empty; `usual` says that nothing is special about it.
    """

    about: str
    seconds: float
    chaos: dict[str, float] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    rates: dict[str, float] = field(default_factory=dict)
    gap: bool = False
    restart: bool = False
    usual: bool = True


@dataclass(frozen=True)
class Promise:
    """`at` seconds after step number `step` began, the alert fires or does not; `throughout`: from the beginning of the step."""

    step: int
    at: float
    firing: bool
    say: str
    throughout: bool = False


@dataclass(frozen=True)
class Plan:
    """One scenario, ready to be played with the model `llm`; `incident` is the first and the last step of what goes wrong.

    `warms`: it begins with usual traffic, until there is a baseline. `fresh`: it needs a stack without a past. `spoils`: it
    ends unlike any other day, so that nothing can follow it.
    """

    entry: Entry
    llm: LlmModel
    steps: tuple[Step, ...]
    promises: tuple[Promise, ...]
    incident: tuple[int, int]
    warms: bool
    fresh: bool
    spoils: bool

    @property
    def seconds(self) -> float:
        """How long it takes at most."""
        return sum(step.seconds for step in self.steps)

    def last_promise(self, step: int) -> float:
        """Seconds into a step until which somebody looks at the alert."""
        return max((promise.at for promise in self.promises if promise.step == step), default=0.0)


def plan(model: Model, entry: Entry, llm: LlmModel, rates: dict[str, float]) -> Plan:
    """Commands of a playable scenario, for a model of the drill's own spec; `rates` is its usual traffic."""
    scenario = entry.scenario
    steps = tuple(
        _step(model, scenario, llm, phase, other, rates)
        for phase, other in zip_longest(scenario.phases, scenario.other)
    )
    promises = tuple(
        Promise(check.phase, seconds(model, llm, scenario, check.at), check.firing, check.say, check.throughout)
        for check in scenario.checks
    )
    last = scenario.phases[-1]
    baseline = seconds(model, llm, scenario, Span(baseline=0.5, offset=1))
    judged_by_past = scenario.alert != c.ALERT_ERRORS
    long_enough = not judged_by_past or steps[0].seconds >= baseline
    return Plan(
        entry,
        llm,
        steps,
        promises,
        _incident(scenario, steps, promises),
        warms=steps[0].usual and not scenario.other and long_enough,
        fresh=judged_by_past and steps[0].seconds < baseline,
        spoils=bool(steps[-1].chaos) or last.gap or times(model, last) != 1,
    )


def _step(
    model: Model, scenario: Scenario, llm: LlmModel, phase: Phase, other: Phase | None, rates: dict[str, float]
) -> Step:
    own = chaos(model, scenario.alert, llm, phase)
    theirs = chaos(model, scenario.alert, llm, other) if other else {}
    others = tuple(name for name in rates if name != llm.name)
    return Step(
        about(model, scenario.alert, llm, phase),
        seconds(model, llm, scenario, phase.span),
        own or theirs,
        () if other is None else (llm.name,) if own else others,
        rates_of(model, scenario.alert, llm, phase, other, rates),
        phase.gap,
        phase.restart is True,
        _is_usual(phase),
    )


def _is_usual(phase: Phase) -> bool:
    return phase == Phase(phase.span, kind=phase.kind)


def _incident(scenario: Scenario, steps: tuple[Step, ...], promises: tuple[Promise, ...]) -> tuple[int, int]:
    """What leads to the first page, else everything that is unlike the beginning and unlike any other day."""
    beginning = replace(scenario.phases[0], span=Span())
    unlike = [
        number
        for number, phase in enumerate(scenario.phases)
        if replace(phase, span=Span()) != beginning and not _is_usual(phase)
    ]
    first_page = next((promise.step for promise in promises if promise.firing), None)
    if first_page is None:
        return (unlike[0], unlike[-1]) if unlike else (0, len(steps) - 1)
    first = last = first_page
    while first - 1 in unlike and steps[first - 1].chaos:
        first -= 1
    while last + 1 in unlike:
        last += 1
    return first, last
