"""The worlds of judged answers: what a worker would expose, and that proofs about it hold where they are played."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from generator import eval_names as e
from generator.launch.obtain.package import Obtained
from generator.model import Model
from generator.proofs import judged
from generator.proofs.promtool import proof_of, worlds
from generator.proofs.quality import PACE, SCENARIOS
from generator.proofs.story import Part
from generator.proofs.world import World
from generator.prove import evals_mutants
from generator.prove.hunt import hunt
from generator.prove.oracle import ask
from generator.prove.run import rule_files

SMALL = "service: {name: bot}\nmodels: [{name: m1, provider: x, price: {input: 1, output: 2}}]\n"
ALL = "alerts: {pass_rate: {enabled: true}, pass_drop: {enabled: true}, judge_drift: {enabled: true}}\n"


def world_of(model: Model, alert: str, name: str) -> World:
    return next(world for world in worlds(model, alert) if world.scenario.name == name)


def line(world: World, metric: str, verdict: str = "") -> str:
    wanted = f'verdict="{verdict}"' if verdict else ""
    (found,) = [
        one for one in judged.series(world) if one["series"].startswith(f"{metric}{{") and wanted in one["series"]
    ]
    return found["values"]


def test_three_counters_speak_of_the_same_answers(model: Model) -> None:
    """Each answer once, with its weight, and with the square of it."""
    world = world_of(model, e.TICKET_PASS_DROP, "drop")
    counts = [
        line(world, metric, e.FAIL).split()[1]
        for metric in (e.KIT_EVAL_RESULTS, e.KIT_EVAL_WEIGHT, e.KIT_EVAL_SQUARED_WEIGHT)
    ]
    first = [float(one.partition("+")[0]) for one in counts]
    assert first[0] == pytest.approx(83 * 0.05 / 4, rel=0.01)
    assert first[1:] == [100 * first[0], 10_000 * first[0]]


def test_a_gauge_stands_beside_the_counters(model: Model) -> None:
    """As many samples, and none in a gap."""
    world = world_of(model, e.TICKET_JUDGE_DRIFT, "judge-gap")
    assert line(world, e.KIT_EVAL_CONTROL_SIZE) == "200 200+0x23 _x8 200+0x23"
    assert [sum(world.steps(phase) for phase in world.scenario.phases)] == [24 + 8 + 24]


def test_another_rubric_has_the_time_of_its_first_phase(model: Model) -> None:
    """By the clock of the proof, which begins at 0: nothing has changed before. Most stories tell nothing of it, as an application of one's own."""
    world = world_of(model, e.TICKET_PASS_DROP, "another-rubric-and-gap")
    assert line(world, e.KIT_EVAL_RULER_CHANGED) == "0 0+0x95 86400+0x7 _x24 86400+0x47"
    plain = judged.series(world_of(model, e.TICKET_PASS_DROP, "drop"))
    assert not [one for one in plain if e.KIT_EVAL_RULER_CHANGED in one["series"]]


def test_a_rate_may_be_told_by_the_limit(model: Model) -> None:
    """So that one story fits every limit: below it, and a part of the way to all."""
    world = world_of(model, e.TICKET_PASS_RATE, "too-low")
    other = replace(world, model=replace(world.model, evals=replace(world.model.evals, pass_rate_below=0.5)))
    assert judged.passing(other, Part(1, of_limit=0.8)) == pytest.approx(0.4)
    assert judged.passing(other, Part(1, of_limit=1.5)) == pytest.approx(0.75)


def test_stories_about_taste_are_told_of_a_matter_of_taste(model: Model, model_of: Callable[[str], Model]) -> None:
    """Where the spec has one; the others of a dimension that is none."""
    assert judged.dimension(world_of(model, e.TICKET_PASS_DROP, "taste")) == "tone"
    assert judged.dimension(world_of(model, e.TICKET_PASS_DROP, "drop")) == "groundedness"
    blunt = model_of(SMALL + ALL + "evals: {dimensions: [refusal]}\n")
    assert not [world for world in worlds(blunt, e.TICKET_PASS_DROP) if "taste" in world.scenario.name]


@pytest.mark.parametrize("alert", SCENARIOS)
def test_a_ticket_that_is_off_is_not_proven(model_of: Callable[[str], Model], alert: str) -> None:
    """And one that is on has stories that end in it, and others that do not, whatever the windows of the pages are."""
    assert not list(worlds(model_of(SMALL), alert))
    played = list(worlds(model_of(SMALL + ALL.replace("{pass", "{window: 10m, pass", 1)), alert))
    assert {world.scenario.pages for world in played} == {True, False}
    assert {world.step for world in played} == {PACE}


@pytest.mark.parametrize(
    ("alert", "name"),
    [
        (e.TICKET_PASS_DROP, "young-service"),
        (e.TICKET_PASS_DROP, "three-of-thirty"),
        (e.TICKET_PASS_DROP, "another-rubric"),
        (e.TICKET_JUDGE_DRIFT, "judge-changes"),
        (e.TICKET_PASS_RATE, "refusals"),
    ],
)
def test_a_proof_holds_with_other_settings(
    prometheus: Obtained, model_of: Callable[[str], Model], alert: str, name: str
) -> None:
    """Another limit, another least drop, another dimension; the default spec's are proven by `stackgen prove`."""
    text = SMALL + ALL.replace("pass_drop: {", "pass_drop: {min_drop: 5%, ").replace(
        "judge_drift: {", "judge_drift: {max_changed: 20%, "
    )
    other = model_of(text + "evals: {dimensions: [refusal, tone], pass_rate_below: 70%}\n")
    proof = proof_of(world_of(other, alert, name))
    assert ask(prometheus.binaries["promtool"], rule_files(other, alert), proof, proof["interval"]).failed == ()


def test_a_mutant_of_each_ticket_is_caught(prometheus: Obtained, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of each here; all of them in the slower tests."""
    wanted = {
        (e.TICKET_PASS_DROP, "ask the interval only"),
        (e.TICKET_PASS_DROP, "compare 6h across another rubric"),
        (e.TICKET_PASS_RATE, "be sure of nothing"),
        (e.TICKET_JUDGE_DRIFT, "swap the comparison"),
    }
    chosen = [one for one in evals_mutants.mutants(model) if (one.alert, one.name) in wanted]
    monkeypatch.setattr("generator.prove.hunt.mutants", lambda _model: iter(chosen))
    found = hunt(model, Path(prometheus.binaries["promtool"]), jobs=2, progress=lambda _done, _of, _what: None)
    assert [one.killer for one in found] == ["three-of-thirty", "another-rubric", "chance", "judge-changes"]
