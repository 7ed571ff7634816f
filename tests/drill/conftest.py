"""A drill that nobody had to wait for: a plan of the library, and what Prometheus and Alertmanager would have said."""

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.drill.library import Entry, chosen, entries, subject
from generator.drill.observe import Band, Line, Observed
from generator.drill.plan import Plan, plan
from generator.drill.playable import pace
from generator.drill.receiver import SLACK, WEBHOOK, Notification
from generator.drill.scale import factor, scaled
from generator.drill.verdict import Played
from generator.model import Model
from generator.resolve import resolve
from generator.spec.load import parse

PORTS = {"prometheus": 40001, "alertmanager": 40002, "app": 40003, "simulator": 40004}
BEGAN = 1_000_000.0


def short(text: str) -> Model:
    """The model of a drill of the spec `text`."""
    spec, _tree = parse(text, "spec.yaml")
    drilled, _tree = parse(scaled(spec, factor(spec), PORTS), "spec.yaml")
    return resolve(drilled, spec_name="spec.yaml")


def entry_of(name: str) -> Entry:
    """A scenario of the library."""
    return chosen(listed(), [name])[0]


def listed() -> list[Entry]:
    """All scenarios, of a spec that adds none."""
    spec, _tree = parse("service: {name: bot}\nmodels: [{name: m1, provider: openai}]\n", "spec.yaml")
    return entries(resolve(spec, spec_name="spec.yaml"), 30)


def planned(model: Model, name: str) -> Plan:
    """A scenario's plan."""
    entry = entry_of(name)
    llm = subject(model, entry.scenario)
    assert llm is not None
    return plan(model, entry, llm, pace(model, [entry]).rates)


@pytest.fixture(scope="session")
def drilled(repository: Path) -> Model:
    """A drill of the default spec."""
    return short((repository / "spec.yaml").read_text())


Play = Callable[..., Played]


@pytest.fixture
def play(drilled: Model) -> Play:
    """A scenario as it went: bands are given in seconds since the incident began."""

    def make(
        name: str, *bands: tuple[str, float, float], text: str = "p95 2990 ms", others: tuple[str, ...] = ()
    ) -> Played:
        one = planned(drilled, name)
        started = [BEGAN]
        for step in one.steps[:-1]:
            started.append(started[-1] + step.seconds)
        ended = started[-1] + one.steps[-1].seconds
        incident = started[one.incident[0]]
        seen = Observed(
            "Latency",
            "ms",
            (
                Line("p95", "signal", tuple((incident + at, 300.0 + 50 * max(at, 0)) for at in range(-60, 100))),
                Line("p50", "part", ((incident, 100.0), (incident + 50, 120.0))),
                Line("usually", "usual", ((incident, 300.0), (incident + 90, 300.0))),
                Line("page above", "limit", ((incident, 600.0), (incident + 90, 600.0))),
            ),
            tuple(Band(state, incident + start, incident + end) for state, start, end in bands),
            others,
        )
        firing = [band for band in seen.bands if band.state == "firing"]
        heard = []
        if firing:
            alert = {"labels": {"alertname": one.entry.scenario.alert, "model": one.llm.name}}
            title = f"[FIRING:1] {one.entry.scenario.alert}"
            heard = [
                Notification(firing[0].start + 1, WEBHOOK, {"status": "firing", "alerts": [alert | {"status": "firing"}]}),
                Notification(firing[0].start + 1, SLACK, {"attachments": [{"title": title, "text": text}]}),
                Notification(firing[-1].end + 4, WEBHOOK, {"status": "resolved", "alerts": [alert | {"status": "resolved"}]}),
            ]  # fmt: skip
        return Played(one, tuple(started), ended, seen, tuple(heard))

    return make
