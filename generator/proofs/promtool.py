"""Write every scenario as a promtool test: quiet first, then firing, then quiet again."""

from collections.abc import Iterator
from typing import Any

from generator import conventions as c
from generator.artifact import Artifact, header
from generator.model import Duration, LlmModel, Model
from generator.promql import equals, quote, selector
from generator.proofs import errors, latency, spend
from generator.proofs.story import Scenario
from generator.proofs.world import World, series
from generator.yaml_text import dump

SCENARIOS = {c.ALERT_LATENCY: latency.SCENARIOS, c.ALERT_ERRORS: errors.SCENARIOS, c.ALERT_SPEND: spend.SCENARIOS}
_FILES = {c.ALERT_LATENCY: "latency", c.ALERT_ERRORS: "errors", c.ALERT_SPEND: "spend"}
_COMPANION = "another-model"
FLEET = 50
"""Models that share one simulation."""
FLEET_BUCKETS_MS = (200, 400, 800, 1600, 5000, 40_000, 600_000)


def build(model: Model) -> list[Artifact]:
    """One test file for each enabled alert, `prometheus/tests/<name>.yml`."""
    files = []
    for alert, stem in _FILES.items():
        tests = list(_tests(model, alert))
        if not tests:
            continue
        data = {
            "rule_files": ["../rules/canonical.yml", f"../rules/{stem}.yml"],
            "evaluation_interval": tests[0]["interval"],
            "tests": tests,
        }
        files.append(Artifact(f"prometheus/tests/{stem}.yml", header(model.spec_name) + dump(data)))
    return files


def proven(model: Model, alert: str) -> list[list[LlmModel]]:
    """The models that share one enabled setting of an alert; the first of each list plays every scenario in full."""
    if alert == c.ALERT_SPEND:
        return [list(model.models)] if model.alerts.spend.enabled else []
    groups: dict[Any, list[LlmModel]] = {}
    for llm in model.models:
        setting = llm.latency if alert == c.ALERT_LATENCY else llm.errors
        if setting.enabled:
            groups.setdefault(setting, []).append(llm)
    return list(groups.values())


def _tests(model: Model, alert: str) -> Iterator[dict[str, Any]]:
    for group in proven(model, alert):
        for scenario in SCENARIOS[alert]:
            if scenario.applies(model, group[0]):
                yield _test(World(model, group[0], scenario))
        for start in range(0, len(group), FLEET):
            yield _fleet(model, SCENARIOS[alert][0], group[start : start + FLEET])


def _test(world: World) -> dict[str, Any]:
    scenario, llm = world.scenario, world.llm
    lines = list(series(world, llm.name, scenario.phases))
    if scenario.other:
        companion = next((other.name for other in world.model.models if other.name != llm.name), _COMPANION)
        lines += series(world, companion, scenario.other)
    only = "" if scenario.alert == c.ALERT_SPEND else f",{c.MODEL}={quote(llm.name)}"
    expr = f'count(ALERTS{{alertname="{scenario.alert}",alertstate="firing"{only}}}) or vector(0)'
    return {
        "name": f"{scenario.alert} / {scenario.name} / {llm.name}: {scenario.about}",
        "interval": str(Duration(world.step)),
        "input_series": lines,
        "promql_expr_test": [
            {"expr": expr, "eval_time": moment, "exp_samples": [{"labels": "{}", "value": int(firing)}]}
            for moment, firing in _moments(world)
        ],
    }


def _fleet(model: Model, scenario: Scenario, group: list[LlmModel]) -> dict[str, Any]:
    """Every model of a group meets the incident at once, with few buckets: nobody is forgotten, and the file stays small."""
    world = World(model, group[0], scenario)
    spend = scenario.alert == c.ALERT_SPEND
    expr = f'count by ({c.JOB if spend else c.MODEL}) (ALERTS{{alertname="{scenario.alert}",alertstate="firing"}})'
    expected = [{c.JOB: model.service.name}] if spend else [{c.MODEL: llm.name} for llm in group]
    samples = [{"labels": selector(*(equals(*pair) for pair in labels.items())), "value": 1} for labels in expected]
    return {
        "name": f"{scenario.alert} / {scenario.name} / {len(group)} models at once, from {group[0].name}: {scenario.about}",
        "interval": str(Duration(world.step)),
        "input_series": [line for llm in group for line in series(world, llm.name, scenario.phases, FLEET_BUCKETS_MS)],
        "promql_expr_test": [
            {"expr": expr, "eval_time": moment, "exp_samples": samples if firing else []}
            for moment, firing in _moments(world)
        ],
    }


def _moments(world: World) -> list[tuple[str, bool]]:
    """When the alert is looked at, in order, and whether it must fire."""
    asked = {world.moment(check.phase, check.at): check.firing for check in world.scenario.checks}
    return [(str(Duration(moment)), firing) for moment, firing in sorted(asked.items())]
