"""Which scenarios the reference app and its simulator can play for real, and at what pace; and why not the others."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from generator import conventions as c
from generator.drill.commands import KINDS, chaos, failing, own_rate, times
from generator.drill.library import SHORT, Entry, seconds, subject
from generator.model import LlmModel, Model
from generator.proofs.story import Phase

SUBJECT, OTHERS, MOST_OTHERS = 10.0, 2.0, 3
"""Calls a second: enough for a steady 95th percentile over ten seconds, and a few models beside."""
PEAK = 40.0
"""Calls a second that the reference app answers on a small machine without getting slower itself."""
MOST_TIMES = 10.0
USUAL_PACE = 0.3
SLOWEST_P95 = 4.0
"""Seconds: slower calls would end, and be counted, long after the scaled windows have passed."""
_P95_AT_PACE_1 = 1.51
_LEAST_PACE = 0.05
TIMEOUT = 8.0
"""Seconds after which the app gives a call up; a timed-out call is counted when it ends."""
_REASONS = {
    "money": "the simulator multiplies what a call costs, and cannot aim at a share of the floor of spend",
    "tail": "the simulator slows down every call of a model, or none",
}
KNOWN = {
    "span", "calls", "slow", "lean", "slower", "dear", "dearer", "busy", "failing", "share", "kind", "quick", "rare", "gap", "restart",
}  # fmt: skip
"""What of a phase can be played; whatever the library learns beyond makes a scenario unplayable until it is learnt here."""


@dataclass(frozen=True)
class Pace:
    """One stack's usual day: calls a second by model, and what the simulator multiplies every time with."""

    rates: dict[str, float]
    pace: float


def unplayable(model: Model, entry: Entry) -> str:
    """Why a scenario cannot be played with this spec; empty where it can."""
    scenario = entry.scenario
    if scenario.alert not in SHORT:
        return "the drill plays the three alerts that page"
    if scenario.instances > 1:
        return "the drill runs one process of the application"
    llm = subject(model, scenario)
    if llm is None:
        return "the alert is off, or its settings leave no room for the story" + (
            ", or no model has a price" if scenario.alert == c.ALERT_SPEND else ""
        )
    for phase in (*scenario.phases, *scenario.other):
        if reason := _phase(model, scenario.alert, llm, phase):
            return reason
    for phase in scenario.phases:
        calls = own_rate(model, scenario.alert, llm, phase, 1) * seconds(model, llm, scenario, phase.span)
        if phase.rare is not None and failing(llm, phase) and calls < 1:
            return f"it would send {calls:.2g} calls: the drill's floor of calls is too low to be a part of it"
    return _companion(model, entry, llm) if scenario.other else ""


def _phase(model: Model, alert: str, llm: LlmModel, phase: Phase) -> str:
    for one in fields(phase):
        if one.name not in KNOWN and getattr(phase, one.name) != one.default:
            return _REASONS.get(one.name, f"nothing here can do what the library calls {one.name!r}")
    if failing(llm, phase) and phase.kind not in KINDS:
        return f"the simulator knows no failure of the kind {phase.kind!r}"
    if times(model, phase) > MOST_TIMES:
        return f"{times(model, phase):.3g} times the traffic is more than the demo app serves"
    slower = chaos(model, alert, llm, phase).get("slow", 1.0)
    if slower * _LEAST_PACE * _P95_AT_PACE_1 > SLOWEST_P95:
        return f"calls that take {slower:.3g} times as long outlast the scaled windows"
    return ""


def _companion(model: Model, entry: Entry, llm: LlmModel) -> str:
    others = [other for other in model.models if other.name != llm.name]
    if not others:
        return "it needs a second model in the spec"
    alert = entry.scenario.alert
    ours, theirs = (
        any(chaos(model, alert, llm, phase) for phase in phases)
        for phases in (entry.scenario.phases, entry.scenario.other)
    )
    if ours and theirs:
        return "the simulator misbehaves in one way at a time"
    if alert == c.ALERT_SPEND and all(other.price != llm.price for other in others):
        return "the models have different prices, so traffic that moves does change the spend"
    return ""


def pace(model: Model, entries: Sequence[Entry]) -> Pace:
    """What is usual while these playable scenarios run in one stack."""
    pairs = [(entry, llm) for entry in entries if (llm := subject(model, entry.scenario))]
    subjects = {llm.name: llm for _entry, llm in pairs}
    others = [llm.name for llm in model.models if llm.name not in subjects]
    for entry, llm in pairs:
        if entry.scenario.other and entry.scenario.alert == c.ALERT_SPEND:
            # Traffic moves to a model of the same price, and nowhere else.
            others = [other.name for other in model.models if other != llm and other.price == llm.price][:1]
    rates = dict.fromkeys(subjects, SUBJECT) | dict.fromkeys(others[:MOST_OTHERS], OTHERS)
    phases = [
        (entry.scenario.alert, llm, phase)
        for entry, llm in pairs
        for phase in (*entry.scenario.phases, *entry.scenario.other)
    ]
    peak = max([1.0, *(times(model, phase) for _alert, _llm, phase in phases)])
    slowest = max([1.0, *(chaos(model, *one).get("slow", 1.0) for one in phases)])
    fit = min(1.0, PEAK / peak / sum(rates.values())) if rates else 1.0
    return Pace(
        {name: rate * fit for name, rate in rates.items()}, min(USUAL_PACE, SLOWEST_P95 / (_P95_AT_PACE_1 * slowest))
    )
