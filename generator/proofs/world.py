"""Turn a scenario into counters of one model: calls, failures by kind, latency buckets, cost."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator import conventions as c
from generator import eval_names as e
from generator.model import LlmModel, Model
from generator.promql import quote
from generator.proofs.counters import Stretch, notation
from generator.proofs.story import ALL, Phase, Scenario, Span

BUCKETS_MS = (25, 50, 100, 150, 200, 300, 400, 500, 650, 800, 1000, 1250, 1600, 2000, 3200, 5000, 8000, 13_000, 20_000, 40_000,
              90_000, 180_000, 300_000, 600_000)  # fmt: skip
"""Upper bounds that the synthetic latencies are counted in: a part of what the app registers, to keep the files small."""
_SIGMA = 0.5
_QUICK_MS = 20.0


@dataclass(frozen=True)
class World:
    """The settings that a scenario is played with: one model of the spec, and how much traffic counts as usual for it."""

    model: Model
    llm: LlmModel
    scenario: Scenario

    @property
    def step(self) -> int:
        """Seconds between samples, and between evaluations: four of them in the shortest window."""
        return self.scenario.pace or max(1, self.model.alerts.windows.confirm.seconds // 4) * self.scenario.coarse

    def seconds(self, span: Span) -> float:
        """A span of this scenario's alert, in seconds."""
        alerts = self.model.alerts
        pending, baseline = {
            c.ALERT_LATENCY: (self.llm.latency.pending, self.llm.latency.baseline),
            c.ALERT_ERRORS: (self.llm.errors.pending, self.llm.latency.baseline),
            c.ALERT_SPEND: (alerts.spend.pending, alerts.spend.baseline),
            c.TICKET_LOST: (alerts.tickets.signal_lost.pending, self.llm.latency.baseline),
            c.TICKET_UNPRICED: (alerts.tickets.unpriced.pending, self.llm.latency.baseline),
            c.TICKET_DRIFT: (alerts.tickets.drift.pending, self.llm.latency.baseline),
            e.TICKET_PASS_RATE: (alerts.tickets.pass_rate.pending, self.llm.latency.baseline),
            e.TICKET_PASS_DROP: (alerts.tickets.pass_drop.pending, self.llm.latency.baseline),
            e.TICKET_JUDGE_DRIFT: (alerts.tickets.judge_drift.pending, self.llm.latency.baseline),
        }[self.scenario.alert]
        return span.seconds(alerts.windows, pending.seconds, baseline.seconds)

    def steps(self, phase: Phase) -> int:
        """How many samples a phase lasts, at least one."""
        return max(1, math.ceil(self.seconds(phase.span) / self.step))

    def moment(self, phase: int, at: Span) -> int:
        """Seconds since the beginning, on a sample."""
        before = sum(self.steps(earlier) for earlier in self.scenario.phases[:phase])
        return (before + math.ceil(self.seconds(at) / self.step)) * self.step

    def usual_rate(self) -> float:
        """Calls per second that every floor lets through with room to spare."""
        detect = self.model.alerts.windows.detect.seconds
        confirm = self.model.alerts.windows.confirm.seconds
        floor = max(self.llm.latency.min_requests, self.llm.errors.min_requests)
        return max(1.0, 10 * floor / detect, 10 / (self.llm.errors.above * min(detect, confirm)))

    def rate(self, phase: Phase) -> float:
        """Calls per second in this phase."""
        if phase.rare is not None:
            floors = {c.ALERT_ERRORS: self.llm.errors.min_requests, c.ALERT_LATENCY: self.llm.latency.min_requests}
            return phase.rare * floors.get(self.scenario.alert, 1) / self.model.alerts.windows.detect.seconds
        busy = 1.0 if phase.busy is None else phase.busy * self.model.alerts.spend.factor
        return self.usual_rate() * phase.calls * busy

    def failing(self, phase: Phase) -> float:
        """Share of failed calls, 0 to 1."""
        return 1.0 if phase.failing == ALL else min(1.0, phase.failing * self.llm.errors.above + phase.share)

    def below(self, bound: float, phase: Phase) -> float:
        """Share of calls that take at most `bound` milliseconds."""
        slow = _below(bound, self.median_ms(phase))
        usual = _below(bound, self.median_ms(Phase(phase.span)))
        return phase.tail * slow + (1 - phase.tail) * usual

    def median_ms(self, phase: Phase) -> float:
        """Median latency of the slow calls; the usual one leaves room below the top bucket for the slowest phase."""
        if phase.quick:
            return _QUICK_MS
        factor = self._drift_factor if self.scenario.alert == c.TICKET_DRIFT else self.llm.latency.factor
        usual = min(300.0, BUCKETS_MS[-1] / (20 * factor))
        leaning = 1.0 if phase.lean is None else factor**phase.lean
        return usual * leaning * phase.slower * (1.0 if phase.slow is None else phase.slow * factor)

    @property
    def _drift_factor(self) -> float:
        return self.model.alerts.tickets.drift.limit

    def cost(self, phase: Phase) -> float:
        """USD a call; usual traffic spends well above the floor, `money` is spend as a multiple of the floor."""
        spend = self.model.alerts.spend
        if phase.money is not None:
            return phase.money * spend.min_usd_per_hour / 3600 / self.usual_rate()
        usual = max(2 * spend.min_usd_per_hour / 3600, 1 / self.step) / self.usual_rate()
        leaning = 1.0 if phase.lean is None else spend.factor**phase.lean
        return usual * leaning * phase.dearer * (1.0 if phase.dear is None else phase.dear * spend.factor)


def series(
    world: World, name: str, phases: tuple[Phase, ...], buckets: Sequence[float] = BUCKETS_MS
) -> Iterator[dict[str, str]]:
    """Input series of the model `name` in promtool's shape: `series` and `values`."""
    for instance in range(world.scenario.instances):
        yield from _Process(world, name, phases, buckets, instance).series()


@dataclass(frozen=True)
class _Process:
    """One of the instances that share a model's traffic."""

    world: World
    name: str
    phases: tuple[Phase, ...]
    buckets: Sequence[float]
    instance: int

    def series(self) -> Iterator[dict[str, str]]:
        world, phases = self.world, self.phases
        per_second = [world.rate(phase) / world.scenario.instances for phase in phases]
        yield self._line(c.KIT_REQUESTS, {}, per_second)
        for kind in sorted({phase.kind for phase in phases if world.failing(phase)} | {c.ERROR_KINDS[0]}):
            failed = [
                rate * world.failing(p) if p.kind == kind else 0.0 for rate, p in zip(per_second, phases, strict=True)
            ]
            yield self._line(c.KIT_ERRORS, {c.KIND: kind}, failed)
        if world.scenario.alert in {c.ALERT_LATENCY, c.TICKET_DRIFT}:
            for bound in (*self.buckets, math.inf):
                le = "+Inf" if bound == math.inf else str(float(bound))
                share = [world.below(bound, phase) for phase in phases]
                growth = [rate * part for rate, part in zip(per_second, share, strict=True)]
                yield self._line(f"{c.KIT_LATENCY}_bucket", {c.LE: le}, growth)
        if world.scenario.alert == c.ALERT_SPEND:
            spent = [rate * world.cost(phase) for rate, phase in zip(per_second, phases, strict=True)]
            yield self._line(c.KIT_COST, {}, spent)
        if world.scenario.alert == c.TICKET_UNPRICED:
            unpriced = [rate * phase.unpriced for rate, phase in zip(per_second, phases, strict=True)]
            yield self._line(c.KIT_UNPRICED, {}, unpriced, by_endpoint=False)

    def _line(
        self, metric: str, more: dict[str, str], rates: list[float], *, by_endpoint: bool = True
    ) -> dict[str, str]:
        world = self.world
        labels = {c.JOB: world.model.service.name, c.INSTANCE: f"app:{self.instance + 1}", c.MODEL: self.name}
        labels |= {c.ENDPOINT: world.model.service.endpoints[0]} if by_endpoint else {}
        text = ",".join(f"{label}={quote(value)}" for label, value in (labels | more).items())
        stretches = [
            Stretch(world.steps(phase), rate * world.step, phase.gap, phase.restarts(self.instance))
            for phase, rate in zip(self.phases, rates, strict=True)
        ]
        return {"series": f"{metric}{{{text}}}", "values": notation(stretches)}


def _below(bound: float, median: float) -> float:
    """Share of a log-normal latency that is at most `bound`; the far tail counts as nothing, to keep the numbers short."""
    if bound == math.inf:
        return 1.0
    share = 0.5 * (1 + math.erf(math.log(bound / median) / (_SIGMA * math.sqrt(2))))
    return share if share > 1e-3 else 0.0
