"""What a phase of a scenario is to the simulator and to the traffic, and in words."""

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.proofs.story import ALL, Phase

KINDS = dict(zip(c.ERROR_KINDS, ("errors", "timeouts", "refusals", "safety"), strict=True))
"""What the simulator's chaos calls each kind of failure."""


def chaos(model: Model, alert: str, llm: LlmModel, phase: Phase) -> dict[str, float]:
    """Settings of the simulator."""
    latency, spend = llm.latency.factor, model.alerts.spend.factor
    slow = phase.slower * (1 if phase.slow is None else phase.slow * latency)
    dear = phase.dearer * (1 if phase.dear is None else phase.dear * spend)
    if phase.lean is not None and alert == c.ALERT_LATENCY:
        slow *= latency**phase.lean
    if phase.lean is not None and alert == c.ALERT_SPEND:
        dear *= spend**phase.lean
    found = {"slow": slow, "expensive": dear, KINDS.get(phase.kind, ""): failing(llm, phase)}
    harmless = {"slow": 1.0, "expensive": 1.0}
    return {name: value for name, value in found.items() if name and value != harmless.get(name, 0.0)}


def failing(llm: LlmModel, phase: Phase) -> float:
    """Share of failed calls, 0 to 1."""
    return 1.0 if phase.failing == ALL else min(1.0, phase.failing * llm.errors.above + phase.share)


def times(model: Model, phase: Phase) -> float:
    """Calls as a multiple of the usual traffic."""
    return phase.calls * (1.0 if phase.busy is None else phase.busy * model.alerts.spend.factor)


def rates_of(
    model: Model, alert: str, llm: LlmModel, phase: Phase, other: Phase | None, usual: dict[str, float]
) -> dict[str, float]:
    """Calls a second by model: `phase` is the incident's model, `other` the others where the scenario tells them apart."""
    # Few calls are few for everybody, unless the scenario says what the others do.
    others = 0.0 if phase.rare is not None and other is None else times(model, other or phase)
    rates = {name: rate * others for name, rate in usual.items()}
    return rates | {llm.name: own_rate(model, alert, llm, phase, usual[llm.name])}


def own_rate(model: Model, alert: str, llm: LlmModel, phase: Phase, usual: float) -> float:
    """Calls a second of the incident's model."""
    if phase.rare is None:
        return usual * times(model, phase)
    floor = llm.errors.min_requests if alert == c.ALERT_ERRORS else llm.latency.min_requests
    return phase.rare * floor / model.alerts.windows.detect.seconds


def about(model: Model, alert: str, llm: LlmModel, phase: Phase) -> str:
    """What is different, in words."""
    words = []
    settings = chaos(model, alert, llm, phase)
    if phase.gap:
        words.append("no scrape arrives")
    if phase.restart is True:
        words.append("the application restarts")
    if "slow" in settings:
        words.append(f"calls take {settings['slow']:.3g} times as long")
    if share := failing(llm, phase):
        said = "every call fails" if share == 1 else f"{100 * share:.3g} % of the calls fail"
        words.append(f"{said} ({phase.kind.replace('_', ' ')})")
    if "expensive" in settings:
        words.append(f"a call costs {settings['expensive']:.3g} times as much")
    if phase.rare is not None:
        words.append(f"only {60 * own_rate(model, alert, llm, phase, 0):.3g} calls a minute")
    elif (more := times(model, phase)) != 1:
        words.append(f"{more:.3g} times the calls" if more else "no calls")
    return ", ".join(words) or "as usual"
