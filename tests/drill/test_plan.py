"""Scenarios of the library as commands for the simulator, the traffic and the stack."""

import dataclasses

import pytest

from generator.drill import playable
from generator.drill.library import Entry, UnknownScenario, chosen, entries, subject
from generator.drill.plan import plan
from generator.drill.playable import PEAK, SLOWEST_P95, pace, unplayable
from generator.model import Model
from generator.proofs.library import SCENARIOS
from generator.resolve import resolve
from generator.spec.load import parse
from tests.drill.conftest import entry_of, listed, planned, short

ONE = "service: {name: bot}\nmodels: [{name: m1, provider: x, price: {input: 1, output: 2}}]\n"


def test_every_scenario_of_the_library_has_one_name() -> None:
    """Names that two alerts share carry their alert."""
    names = [entry.name for entry in listed()]
    assert len(names) == len(set(names)) == sum(map(len, SCENARIOS.values()))
    assert {"tenfold-slowdown", "spend/restart"} <= set(names)


def test_every_scenario_is_planned_or_refused_with_a_reason(drilled: Model) -> None:
    """Nothing in the library makes the drill stumble, and the three of `make drill` can be played."""
    reasons = {entry.name: unplayable(drilled, entry) for entry in listed()}
    for entry in listed():
        if not reasons[entry.name]:
            one = planned(drilled, entry.name)
            assert len(one.steps) == len(entry.scenario.phases)
            assert len(one.promises) == len(entry.scenario.checks)
    assert not any(reasons[name] for name in ("tenfold-slowdown", "refusal-wave", "dearer-calls"))


def test_a_slowdown_is_chaos_of_the_factor(drilled: Model) -> None:
    """Five times the factor of two, then as usual."""
    steps = planned(drilled, "latency/tenfold-slowdown").steps
    assert [step.chaos for step in steps] == [{}, {"slow": 10.0}, {}]
    assert steps[1].about == "calls take 10 times as long"
    assert [step.usual for step in steps] == [True, False, True]


@pytest.mark.parametrize(
    ("name", "kind"), [("errors/some-calls-fail", "errors"), ("errors/timeouts", "timeouts"), ("errors/refusal-wave", "refusals"), ("errors/safety-wave", "safety")]
)  # fmt: skip
def test_each_kind_of_failure_is_the_simulators_own(drilled: Model, name: str, kind: str) -> None:
    """As a share of the calls, from the alert's limit."""
    chaos = planned(drilled, name).steps[1].chaos
    assert list(chaos) == [kind]
    assert drilled.alerts.errors.above < chaos[kind] < 1


def test_dearer_calls_cost_more_and_more_calls_are_more(drilled: Model) -> None:
    """Both by 1.7 times the factor of three."""
    assert planned(drilled, "spend/dearer-calls").steps[1].chaos == {"expensive": pytest.approx(5.1)}
    usual, busy, _after = planned(drilled, "spend/more-calls").steps
    assert sum(busy.rates.values()) == pytest.approx(5.1 * sum(usual.rates.values()))
    assert sum(busy.rates.values()) <= PEAK


def test_gaps_and_restarts_are_commands(drilled: Model) -> None:
    """Scrapes fail in one step, the app restarts in another."""
    assert [step.gap for step in planned(drilled, "latency/scrape-gap").steps] == [False, True, False]
    assert [step.restart for step in planned(drilled, "spend/restart").steps] == [False, True]


def test_a_small_model_fails_beside_a_healthy_one(drilled: Model) -> None:
    """Chaos is for the small one alone; the other keeps its traffic."""
    one = planned(drilled, "errors/small-model-fails")
    incident = one.steps[1]
    assert incident.only == (one.llm.name,)
    assert incident.rates[one.llm.name] < 1 < max(incident.rates.values())


def test_first_calls_need_a_stack_without_a_past(drilled: Model) -> None:
    """And a new level that stays leaves none behind that others could use."""
    assert planned(drilled, "latency/first-calls").fresh
    assert planned(drilled, "latency/cold-start").fresh
    assert not planned(drilled, "latency/cold-start").warms
    assert planned(drilled, "latency/new-normal").spoils
    assert not planned(drilled, "latency/tenfold-slowdown").spoils


def test_calls_never_outlast_the_windows(drilled: Model) -> None:
    """The slower the incident, the faster the simulator's usual day."""
    played = [entry for entry in listed() if not unplayable(drilled, entry)]
    usual = pace(drilled, played)
    slowest = max(step.chaos.get("slow", 1) for entry in played for step in planned(drilled, entry.name).steps)
    assert usual.pace * slowest * 1.5 <= SLOWEST_P95


def test_what_cannot_be_played_says_why() -> None:
    """An alert that is off, no second model, no price, a factor beyond reach, a share of the floor of spend."""

    def why(text: str, name: str) -> str:
        return unplayable(short(text), entry_of(name))

    assert "off" in why(ONE + "alerts: {latency: {enabled: false}}\n", "latency/tenfold-slowdown")
    assert "second model" in why(ONE, "errors/small-model-fails")
    assert "price" in why("service: {name: bot}\nmodels: [{name: m1, provider: x}]\n", "spend/dearer-calls")
    assert "outlast" in why(ONE + "alerts: {latency: {factor: 100}}\n", "latency/tenfold-slowdown")
    assert "demo app" in why(ONE + "alerts: {spend: {factor: 100}}\n", "spend/more-calls")
    assert "floor" in why(ONE, "spend/small-money")
    assert "one process" in why(ONE, "spend/two-instances")
    assert "every call" in why(ONE, "latency/one-call-in-six")
    assert "0.0" in why(ONE, "errors/one-call-at-night")


def test_an_unknown_field_of_a_phase_is_a_reason_not_a_silent_success(
    drilled: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the library learns something new, the drill says that it has not."""
    monkeypatch.setattr(playable, "KNOWN", playable.KNOWN - {"slow"})
    assert "'slow'" in unplayable(drilled, entry_of("latency/tenfold-slowdown"))


def test_an_alert_that_the_drill_does_not_know_is_refused(drilled: Model) -> None:
    """Tickets look at days, which no drill can wait for."""
    entry = entry_of("latency/tenfold-slowdown")
    other = Entry("x", dataclasses.replace(entry.scenario, alert="LLMSomethingElse"))
    assert unplayable(drilled, other)
    assert subject(drilled, other.scenario) is None


@pytest.mark.parametrize(
    ("word", "said"), [("tenfold-slowdwn", "did you mean tenfold-slowdown?"), ("restart", "latency/restart"), ("\n", "--list")]
)  # fmt: skip
def test_a_wrong_name_leads_to_the_right_one(word: str, said: str) -> None:
    """By the closest name, or by all that it could mean."""
    with pytest.raises(UnknownScenario, match=said.replace("?", r"\?")):
        chosen(listed(), [word])


def test_a_name_given_twice_is_played_once() -> None:
    """With its alert in front, or without."""
    assert len(chosen(listed(), ["outage", "errors/outage"])) == 1


def test_the_incident_is_what_leads_to_the_page(drilled: Model) -> None:
    """Blips, a night or another incident before it are not part of it; a gap or a creeping beginning is."""
    incidents = {
        "latency/tenfold-slowdown": (1, 1),
        "latency/slow-after-blips": (7, 7),
        "latency/two-incidents": (1, 1),
        "latency/scrape-gap-while-active": (1, 3),
        "latency/creeping-slowdown": (1, 15),
        "spend/dear-at-night": (2, 2),
        "latency/scrape-gap": (1, 1),
        "errors/failing-at-low-traffic": (1, 1),
    }
    assert {name: planned(drilled, name).incident for name in incidents} == incidents


def test_an_incident_of_the_spec_can_be_played_with_its_times_divided() -> None:
    """What people describe for their own application lasts as much shorter as all else."""
    text = ONE + (
        "proofs:\n  extra:\n  - {name: ours, alert: latency, about: slow as in May, phases: [{for: 2h}, "
        "{for: 30m, slower: 5, expect: page, within: 10m}]}\n"
    )
    spec, _tree = parse(text, "spec.yaml")
    own = chosen(entries(resolve(spec, spec_name="spec.yaml"), 30), ["ours"])[0]
    model = short(text)
    assert unplayable(model, own) == ""
    llm = subject(model, own.scenario)
    assert llm is not None
    made = plan(model, own, llm, pace(model, [own]).rates)
    assert [step.seconds for step in made.steps] == [240, 60]
    assert made.steps[1].chaos == {"slow": 5.0}
    assert [(promise.at, promise.firing) for promise in made.promises] == [(20, True)]
