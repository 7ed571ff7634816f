"""The scenarios of the proofs, by the names that people give: `tenfold-slowdown`, `spend/restart`."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.proofs.library import SCENARIOS, scenarios
from generator.proofs.story import Scenario, Span

SHORT = {c.ALERT_LATENCY: "latency", c.ALERT_ERRORS: "errors", c.ALERT_SPEND: "spend"}
"""Alerts by their keys in the spec."""


class UnknownScenario(Exception):  # noqa: N818  # what the person reads
    """No scenario has that name, or several have."""


@dataclass(frozen=True)
class Entry:
    """A scenario and the name that tells it from all others."""

    name: str
    scenario: Scenario

    @property
    def pages(self) -> bool:
        """Whether it promises a page; else it promises silence."""
        return any(check.firing for check in self.scenario.checks)


def entries(model: Model, scale: float) -> list[Entry]:
    """The library's and the spec's own, in their order; a name that two alerts share gets its alert in front.

    `model` is of the person's spec; what a scenario gives in seconds is divided by `scale`, as all other ranges are.
    """
    listed = [_shortened(one, scale) for alert in SCENARIOS for one in scenarios(model, alert)]
    names = [scenario.name for scenario in listed]
    return [Entry(one.name if names.count(one.name) == 1 else f"{_short(one.alert)}/{one.name}", one) for one in listed]


def chosen(listed: Sequence[Entry], words: Sequence[str]) -> list[Entry]:
    """The named ones, each once. Raises UnknownScenario with the closest name."""
    found = [_one(listed, word) for word in words]
    return list({entry.name: entry for entry in found}.values())


def _one(listed: Sequence[Entry], word: str) -> Entry:
    for entry in listed:
        if word in {entry.name, f"{_short(entry.scenario.alert)}/{entry.scenario.name}"}:
            return entry
    same = [entry.name for entry in listed if entry.scenario.name == word]
    if same:
        raise UnknownScenario(f"{word} is a scenario of {len(same)} alerts; say which: {', '.join(same)}")
    close = difflib.get_close_matches(word, [entry.name for entry in listed], n=1, cutoff=0.4)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise UnknownScenario(f"there is no scenario {word!r}{hint} (`stackgen drill --list` shows all)")


def _short(alert: str) -> str:
    return SHORT.get(alert, alert)


def _shortened(scenario: Scenario, scale: float) -> Scenario:
    return replace(
        scenario,
        phases=tuple(replace(one, span=_divided(one.span, scale)) for one in scenario.phases),
        other=tuple(replace(one, span=_divided(one.span, scale)) for one in scenario.other),
        checks=tuple(replace(one, at=_divided(one.at, scale)) for one in scenario.checks),
    )


def _divided(span: Span, scale: float) -> Span:
    return replace(span, fixed=span.fixed / scale)


def subject(model: Model, scenario: Scenario) -> LlmModel | None:
    """The model that the incident happens to: the first that the alert is enabled for, and whose settings allow the story."""
    for llm in model.models:
        enabled = {
            c.ALERT_LATENCY: llm.latency.enabled,
            c.ALERT_ERRORS: llm.errors.enabled,
            c.ALERT_SPEND: model.alerts.spend.enabled and bool(llm.price and llm.price.input + llm.price.output),
        }.get(scenario.alert, False)
        if enabled and scenario.model in {"", llm.name} and scenario.applies(model, llm):
            return llm
    return None


def seconds(model: Model, llm: LlmModel, scenario: Scenario, span: Span) -> float:
    """A span of the scenario's alert, in seconds."""
    alerts = model.alerts
    pending, baseline = {
        c.ALERT_LATENCY: (llm.latency.pending, llm.latency.baseline),
        c.ALERT_ERRORS: (llm.errors.pending, llm.latency.baseline),
        c.ALERT_SPEND: (alerts.spend.pending, alerts.spend.baseline),
    }[scenario.alert]
    return span.seconds(alerts.windows, pending.seconds, baseline.seconds)
