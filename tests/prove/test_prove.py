"""The proofs run, are measured, and can fail."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from generator import conventions as c
from generator.artifact import Artifact
from generator.launch.obtain.ensure import CannotBeHad
from generator.launch.obtain.package import Obtained
from generator.model import Model
from generator.proofs.library import SCENARIOS
from generator.proofs.promtool import proofs_of, proven, worlds
from generator.prove import oracle
from generator.prove.hunt import hunt
from generator.prove.mutants import mutants
from generator.prove.oracle import OracleError, ask
from generator.prove.report import coverage, failures, junit
from generator.prove.run import Outcome, prove, rule_files
from generator.yaml_text import dump
from tests import promtools

ONE = "service: {name: bot}\nmodels: [{name: m1, provider: x, price: {input: 1, output: 2}}]\n"
OWN = (
    ONE
    + """\
proofs:
  extra:
    - name: black-friday
      about: twelve times the calls
      alert: spend
      phases:
        - {for: 2h, expect: silent}
        - {for: 30m, calls: 12, expect: page, within: 10m}
        - {for: 30m, expect: silent}
"""
)


@pytest.fixture
def tool(prometheus: Obtained) -> Path:
    """The real promtool."""
    return prometheus.binaries["promtool"]


def quiet(_done: int, _of: int, _what: str) -> None:
    """No progress."""


def test_there_are_forty_scenarios_and_more() -> None:
    """Of each alert some that page and some that must not; no name twice."""
    assert sum(len(scenarios) for scenarios in SCENARIOS.values()) >= 40
    for scenarios in SCENARIOS.values():
        names = [scenario.name for scenario in scenarios]
        assert len(names) == len(set(names))
        assert {scenario.pages for scenario in scenarios} == {True, False}


@pytest.mark.parametrize("alert", [c.ALERT_LATENCY, c.ALERT_ERRORS, c.ALERT_SPEND])
def test_every_model_fires_once_and_is_quiet_once(model: Model, alert: str) -> None:
    """Whichever of them plays the scenarios in full."""
    for llm in model.models:
        mine = [
            proof
            for proof in proofs_of(model, alert)
            if any(f'model="{llm.name}"' in line["series"] for line in proof["input_series"])
        ]
        looks = [look for proof in mine for look in proof["promql_expr_test"]]
        assert any(look["exp_samples"] == [] or look["exp_samples"][0]["value"] == 0 for look in looks)
        assert any(look["exp_samples"] and look["exp_samples"][0]["value"] == 1 for look in looks)


def test_every_paging_scenario_looks_before_the_incident(model: Model) -> None:
    """An alert that always fires proves nothing."""
    for alert in SCENARIOS:
        for world in worlds(model, alert):
            if world.scenario.pages:
                first = min(world.scenario.checks, key=lambda check: world.moment(check.phase, check.at))
                assert not first.firing, world.scenario.name


def test_another_setting_is_proven_in_full(model_of: Callable[[str], Model]) -> None:
    """Each distinct setting plays every scenario that fits it."""
    text = ONE.replace(
        "]\n", ", {name: m2, provider: x, price: {input: 1, output: 2}, alerts: {latency: {factor: 4}}}]\n"
    )
    both = model_of(text)
    assert [[llm.name for llm in group] for group in proven(both, c.ALERT_LATENCY)] == [["m1"], ["m2"]]
    names = [(world.llm.name, world.scenario.name) for world in worlds(both, c.ALERT_LATENCY)]
    assert ("m1", "tenfold-slowdown") in names
    assert ("m2", "tenfold-slowdown") in names


def test_ones_own_incident_is_proven(model_of: Callable[[str], Model], tool: Path) -> None:
    """As the spec describes it, and it can fail: at twice the calls the same expectation does not hold."""
    (own,) = [world for world in worlds(model_of(OWN), c.ALERT_SPEND) if world.scenario.name == "black-friday"]
    (tame,) = [
        world
        for world in worlds(model_of(OWN.replace("calls: 12", "calls: 2")), c.ALERT_SPEND)
        if world.scenario.name == "black-friday"
    ]
    for world, failing in ((own, 0), (tame, 1)):
        (proof,) = [proof for proof in proofs_of(world.model, c.ALERT_SPEND) if "black-friday" in proof["name"]]
        answer = ask(tool, rule_files(world.model, c.ALERT_SPEND), proof, interval=proof["interval"])
        assert len(answer.failed) == failing


def test_the_oracle_says_when_the_alert_fired(model: Model, tool: Path) -> None:
    """By looking at every step: after the incident began, without a hole, until after it ended."""
    world = next(worlds(model, c.ALERT_ERRORS))
    proof = next(proofs_of(model, c.ALERT_ERRORS))
    end = world.moment(len(world.scenario.phases), world.scenario.checks[0].at)
    answer = ask(
        tool, rule_files(model, c.ALERT_ERRORS), proof, interval=proof["interval"],
        probe=f'count(ALERTS{{alertname="{c.ALERT_ERRORS}",alertstate="firing"}})', at=range(world.step, end, world.step),
    )  # fmt: skip
    assert answer.failed == ()
    assert list(answer.firing) == list(range(answer.firing[0], answer.firing[-1] + 1, world.step))


def test_rules_that_promtool_cannot_read_are_no_verdict(model: Model, tool: Path) -> None:
    """Its own words are."""
    proof = next(proofs_of(model, c.ALERT_ERRORS))
    with pytest.raises(OracleError, match=r"could not parse|parse error"):
        ask(
            tool,
            [Artifact("x.yml", "groups: [{name: a, rules: [{record: b, expr: 'sum('}]}]\n")],
            proof,
            interval="30s",
        )


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (30, "30s"), (330, "5m30s"), (3600, "1h"), (7560, "2h6m")])
def test_times_are_shown_as_people_read_them(seconds: int, text: str) -> None:
    """Hours, minutes, seconds; none of them where it is nothing."""
    assert oracle.shown(seconds) == text


def test_every_mutant_changes_a_rule(model: Model, model_of: Callable[[str], Model]) -> None:
    """A mutation that no longer finds its place must not count as caught; other windows and settings included."""
    other = model_of(
        ONE
        + "alerts: {window: 10m, latency: {factor: 3, for: 20m}, errors: {above: 10%}, spend: {min_usd_per_hour: 7}}\n"
    )
    for one in (model, other):
        found = list(mutants(one))
        assert len(found) >= 40
        for mutant in found:
            assert any(mutant.applied(artifact) for artifact in rule_files(one, mutant.alert)), mutant.name
    with pytest.raises(ValueError, match="is not in"):
        replace(found[0], pattern="nothing like this", replacement="").applied(rule_files(other, found[0].alert)[0])


def test_a_mutant_is_caught(model: Model, tool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of each alert here; all of them in the slower tests."""
    chosen = [next(one for one in mutants(model) if (one.alert, one.name) == wanted) for wanted in (
        (c.ALERT_LATENCY, "drop the floor of requests"), (c.ALERT_ERRORS, "count one kind of failure"), (c.ALERT_SPEND, "drop the floor of money"),
    )]  # fmt: skip
    monkeypatch.setattr("generator.prove.hunt.mutants", lambda _model: iter(chosen))
    assert [one.killer for one in hunt(model, tool, jobs=2, progress=quiet)] == [
        "too-few-calls",
        "refusal-wave",
        "small-money",
    ]


GOOD = Outcome(c.ALERT_ERRORS, "outage", "all fail", "m1", pages=True, passed=True, fired=630, cleared=420, margin=60)
BAD = Outcome(c.ALERT_SPEND, "restart", "it restarts", "<m&1>", pages=False, passed=False, why="fires at 60s")


def test_a_proof_that_fails_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """In the table, in a line of its own, and in JUnit with every name escaped."""
    from rich.console import Console

    Console(width=200).print(coverage([GOOD, BAD]))
    printed = capsys.readouterr().out
    assert "fires 10m30s clears 7m margin 1m" in printed
    assert "FAILED (<m&1>)" in printed
    assert failures([GOOD, BAD]) == ["LLMSpendSpike / restart / <m&1>: fires at 60s\n  it restarts"]
    suites = ET.fromstring(junit([GOOD, BAD], []))  # our own text
    assert [suite.get("failures") for suite in suites] == ["0", "1"]
    assert suites.find(".//failure").get("message") == "fires at 60s"  # type: ignore[union-attr]


def run(*words: str, folder: Path, before: str = "pass") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", f"from generator.cli import main; {before}; main()", "prove", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=280,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
    )  # fmt: skip


def test_the_command_proves_a_small_spec(tmp_path: Path) -> None:
    """JSON for machines, JUnit for CI, exit code 0; progress is not on stdout."""
    off = "latency: {enabled: false}, errors: {enabled: false}, spend: {enabled: false}"
    tickets = "signal_lost: {enabled: true}, unpriced: {enabled: true}"
    (tmp_path / "spec.yaml").write_text(f"{ONE}alerts: {{{off}, {tickets}}}\n")
    done = run("--json", "--junit", "out.xml", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    proofs = json.loads(done.stdout)["proofs"]
    assert {proof["alert"] for proof in proofs} == {c.TICKET_LOST, c.TICKET_UNPRICED}
    assert all(proof["passed"] for proof in proofs)
    assert ET.parse(tmp_path / "out.xml").getroot().tag == "testsuites"


def test_a_spec_with_nothing_to_prove_is_no_success(tmp_path: Path) -> None:
    """All alerts off: said so, exit code 1."""
    off = "alerts: {latency: {enabled: false}, errors: {enabled: false}, spend: {enabled: false}}\n"
    (tmp_path / "spec.yaml").write_text(ONE + off)
    done = run(folder=tmp_path)
    assert done.returncode == 1
    assert "nothing to prove" in done.stdout


def test_an_incident_that_no_alert_sees_fails_the_command(tmp_path: Path) -> None:
    """With the scenario, the phase, and exit code 1."""
    off = "alerts: {latency: {enabled: false}, spend: {enabled: false}}\n"
    blind = OWN.replace("alert: spend", "alert: errors").replace("calls: 12", "failing: 1%")
    (tmp_path / "spec.yaml").write_text(blind + off)
    # One of the library is enough beside it.
    few = f"from generator.proofs.library import SCENARIOS; SCENARIOS[{c.ALERT_ERRORS!r}] = SCENARIOS[{c.ALERT_ERRORS!r}][:1]"
    done = run(folder=tmp_path, before=few)
    assert done.returncode == 1
    assert "black-friday" in done.stdout
    assert "page, phase 2: silent at" in done.stdout


@pytest.mark.e2e
@pytest.mark.timeout(1200)
def test_all_proofs_hold_and_all_mutants_are_caught(model: Model, tool: Path) -> None:
    """Of the default spec."""
    jobs = os.cpu_count() or 1
    assert [one.why for one in prove(model, tool, jobs=jobs, progress=quiet) if not one.passed] == []
    assert [one.mutant.name for one in hunt(model, tool, jobs=jobs, progress=quiet) if not one.killer] == []


WEEKS = ("drop", "another-rubric", "drop-after-another-rubric", "worker-restart", "too-low", "judge-changes")
"""Scenarios of ten days and more that every promtool plays; the others differ in numbers only, and the default one plays them all."""


@pytest.fixture
def one_model(repository: Path, tmp_path: Path) -> Path:
    """The default spec with the first of its models: `prometheus` of its stack."""
    spec = yaml.safe_load((repository / "spec.yaml").read_text())
    (tmp_path / "spec.yaml").write_text(dump(spec | {"models": spec["models"][:1]}))
    command = [sys.executable, "-m", "generator", "render", "--quiet"]
    subprocess.run(command, cwd=tmp_path, check=True)
    return tmp_path / "stack/prometheus"


@pytest.mark.e2e
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("generation", [*promtools.SUITES, "newest"])
def test_every_promtool_says_the_same(generation: str, repository: Path, tool: Path, one_model: Path) -> None:
    """The committed rules, the proofs of a model, and the config in its Compose form where promtool is new enough for it."""
    try:
        promtool = promtools.available(generation)
    except CannotBeHad as error:
        pytest.skip(str(error))
    weeks = one_model / "tests/evals.yml"
    proofs = yaml.safe_load(weeks.read_text())
    chosen = [one for one in proofs["tests"] if one["name"].split(" / ")[1] in WEEKS]
    assert len(chosen) == len(WEEKS)
    weeks.write_text(dump(proofs | {"tests": chosen}))
    commands = [["check", "rules", "--lint-fatal", *sorted((repository / "stack/prometheus/rules").glob("*.yml"))]]
    if promtool != tool:
        commands.append(["test", "rules", *sorted((one_model / "tests").glob("*.yml"))])
    if generation == "newest":
        commands.append(["check", "config", "--syntax-only", repository / "stack/prometheus/prometheus.yml"])
    for words in commands:
        done = subprocess.run([promtool, *words], capture_output=True, text=True, check=False, timeout=1000)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.e2e
@pytest.mark.timeout(1200)
def test_proofs_hold_where_groups_are_evaluated_the_other_way_round(tool: Path, one_model: Path) -> None:
    """Prometheus evaluates groups side by side, so what one reads of another may be an evaluation old (ADR 13)."""
    files = []
    for file in sorted((one_model / "tests").glob("*.yml")):
        proofs = yaml.safe_load(file.read_text())
        assert proofs["group_eval_order"] == list(c.RULE_GROUPS)
        groups = [
            group for rules in proofs["rule_files"] for group in yaml.safe_load((file.parent / rules).read_text())["groups"]
        ]  # fmt: skip
        if len(groups) > 1:
            file.write_text(dump(proofs | {"group_eval_order": [*reversed(c.RULE_GROUPS)]}))
            files.append(file)
    assert [file.stem for file in files] == ["latency", "tickets"]
    done = subprocess.run([tool, "test", "rules", *files], capture_output=True, text=True, check=False, timeout=1000)
    assert done.returncode == 0, done.stdout + done.stderr
