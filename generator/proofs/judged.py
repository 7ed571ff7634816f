"""Turn a scenario about judged answers into the counters and gauges of one evals worker."""

from collections.abc import Iterator, Sequence

from generator import conventions as c
from generator import eval_names as e
from generator.promql import quote
from generator.proofs.counters import Stretch, exact, notation
from generator.proofs.story import Judging, Part, Span
from generator.proofs.world import World

_NOTHING = Judging()
_HOUR = 3600


def dimension(world: World) -> str:
    """The first dimension of the kind that the scenario is about."""
    taste = any(phase.judging.taste for phase in world.scenario.phases if phase.judging)
    return next(one.name for one in world.model.evals.dimensions if one.taste == taste)


def series(world: World) -> Iterator[dict[str, str]]:
    """Input series in promtool's shape: verdicts, their weights and squared weights, and what the judge is worth."""
    told = [phase.judging or _NOTHING for phase in world.scenario.phases]
    verdicts = e.VERDICTS if any(part.errors for one in told for part in one.parts) else (e.PASS, e.FAIL)
    for metric, power in ((e.KIT_EVAL_RESULTS, 0), (e.KIT_EVAL_WEIGHT, 1), (e.KIT_EVAL_SQUARED_WEIGHT, 2)):
        for verdict in verdicts:
            yield _counter(world, metric, verdict, power)
    yield _gauge(world, e.KIT_EVAL_CALIBRATED, [float(one.calibrated) for one in told])
    if any(one.size for one in told):
        allowed = world.model.alerts.tickets.judge_drift.limit
        changed = [float(min(one.size, round(one.size * one.changed * allowed))) for one in told]
        yield _gauge(world, e.KIT_EVAL_CONTROL_SIZE, [float(one.size) for one in told])
        yield _gauge(world, e.KIT_EVAL_CONTROL_CHANGED, changed)
    if any(one.ruler for one in told):
        yield _gauge(world, e.KIT_EVAL_RULER_CHANGED, _rulers(world, told))


def passing(world: World, part: Part) -> float:
    """Share of a part's answers that pass, 0 to 1."""
    limit = world.model.evals.pass_rate_below
    if part.of_limit is None:
        return part.passing
    return limit * part.of_limit if part.of_limit <= 1 else limit + (1 - limit) * (part.of_limit - 1)


def _rulers(world: World, told: Sequence[Judging]) -> list[float]:
    """When the ruler of each phase began, 0 for the first one; the clock of a proof starts at 0, too."""
    began, found = 0.0, list[float]()
    for number, one in enumerate(told):
        began = float(world.moment(number, Span())) if one.ruler else began
        found.append(began)
    return found


def _counter(world: World, metric: str, verdict: str, power: int) -> dict[str, str]:
    def growth(judging: Judging) -> float:
        found = 0.0
        for part in judging.parts:
            passes = passing(world, part)
            share = {e.PASS: passes, e.FAIL: 1 - passes, e.ERROR: part.errors}[verdict]
            # Rounded before it is weighted, so that the three metrics speak of the same answers.
            found += exact(part.an_hour * share * world.step / _HOUR) * part.weight**power
        return found

    labels = {c.MODEL: world.llm.name, e.DIMENSION: dimension(world), e.VERDICT: verdict}
    phases = world.scenario.phases
    stretches = [
        Stretch(world.steps(phase), growth(phase.judging or _NOTHING), phase.gap, phase.restarts(0)) for phase in phases
    ]
    return _line(world, metric, labels, notation(stretches))


def _gauge(world: World, metric: str, values: Sequence[float]) -> dict[str, str]:
    """A gauge has its first sample at time 0, like the counters."""
    parts = [f"{values[0]:g}"]
    for value, phase in zip(values, world.scenario.phases, strict=True):
        steps = world.steps(phase)
        parts.append(f"_x{steps}" if phase.gap else f"{value:g}+0x{steps - 1}")
    return _line(world, metric, {e.DIMENSION: dimension(world)}, " ".join(parts))


def _line(world: World, metric: str, labels: dict[str, str], values: str) -> dict[str, str]:
    everything = {c.JOB: world.model.service.name, c.INSTANCE: "evals:1", **labels}
    text = ",".join(f"{label}={quote(value)}" for label, value in everything.items())
    return {"series": f"{metric}{{{text}}}", "values": values}
