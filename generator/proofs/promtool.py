"""Write every scenario as a promtool test: quiet first, then firing, then quiet again."""

from collections.abc import Iterator
from typing import Any

from generator import conventions as c
from generator import eval_names as e
from generator.artifact import Artifact, header
from generator.model import Duration, LlmModel, Model, SpendAlert, Ticket
from generator.promql import equals, selector
from generator.proofs import judged, quality
from generator.proofs.library import FILES, TICKETS, scenarios
from generator.proofs.story import Scenario, Span
from generator.proofs.world import World, series
from generator.yaml_text import dump

_COMPANION = "another-model"
FLEET = 50
"""Models that share one simulation."""
FLEET_BUCKETS_MS = (200, 400, 800, 1600, 5000, 40_000, 600_000)


def build(model: Model) -> list[Artifact]:
    """One test file for each file of rules that has an enabled alert, `prometheus/tests/<name>.yml`."""
    files = []
    for stem in dict.fromkeys(FILES.values()):
        found = [test for alert, file in FILES.items() if file == stem for test in proofs_of(model, alert)]
        if found:
            path = f"prometheus/tests/{stem}.yml"
            files.append(Artifact(path, header(model.spec_name) + dump(proof_file(model, stem, found))))
    return files


def proof_file(model: Model, stem: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """What promtool reads."""
    # Tickets look at hours and days: nothing of them needs the pace of the others.
    step = Duration(max(1, model.alerts.windows.confirm.seconds // 4) * (4 if stem == "tickets" else 1))
    step = Duration(quality.PACE) if stem == "evals" else step
    rules = [f"../rules/{path.rpartition('/')[2]}" for path in rules_of(stem)]
    return {
        "rule_files": rules,
        "evaluation_interval": str(step),
        "group_eval_order": list(c.RULE_GROUPS),
        "tests": found,
    }


def rules_of(stem: str) -> list[str]:
    """The rule files that the proofs of one file need: tickets read what panels and the latency alert read too."""
    stems = ("canonical", "latency", stem) if stem == "tickets" else (stem,)
    return [f"prometheus/rules/{name}.yml" for name in stems]


def proven(model: Model, alert: str) -> list[list[LlmModel]]:
    """The models that share one enabled setting of an alert; the first of each list plays every scenario in full."""
    alerts = model.alerts
    of_all: dict[str, SpendAlert | Ticket] = {
        c.ALERT_SPEND: alerts.spend,
        c.TICKET_LOST: alerts.tickets.signal_lost,
        c.TICKET_UNPRICED: alerts.tickets.unpriced,
        c.TICKET_DRIFT: alerts.tickets.drift,
        e.TICKET_PASS_RATE: alerts.tickets.pass_rate,
        e.TICKET_PASS_DROP: alerts.tickets.pass_drop,
        e.TICKET_JUDGE_DRIFT: alerts.tickets.judge_drift,
    }
    if alert in of_all:
        return [list(model.models)] if of_all[alert].enabled else []
    groups: dict[Any, list[LlmModel]] = {}
    for llm in model.models:
        setting = llm.latency if alert == c.ALERT_LATENCY else llm.errors
        if setting.enabled:
            groups.setdefault(setting, []).append(llm)
    return list(groups.values())


def worlds(model: Model, alert: str) -> Iterator[World]:
    """Every scenario with every setting that it fits; a scenario that names a model is played with that one."""
    for group in proven(model, alert):
        for scenario in scenarios(model, alert):
            chosen = [llm for llm in group if not scenario.model or llm.name == scenario.model]
            if chosen and scenario.applies(model, chosen[0]):
                yield World(model, chosen[0], scenario)


def proofs_of(model: Model, alert: str) -> Iterator[dict[str, Any]]:
    """All proofs of one alert, as promtool reads them."""
    yield from (proof_of(world) for world in worlds(model, alert))
    yield from (proof for _names, proof in fleets(model, alert))


def fleets(model: Model, alert: str) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """The models that share a setting, up to FLEET of them in one proof, so that everybody fires once and is quiet once."""
    if alert in TICKETS:
        return
    for group in proven(model, alert):
        first = next(one for one in scenarios(model, alert) if one.pages and one.applies(model, group[0]))
        for start in range(0, len(group), FLEET):
            part = group[start : start + FLEET]
            yield [llm.name for llm in part], _fleet(model, first, part)


def proof_of(world: World) -> dict[str, Any]:
    """One scenario with one setting, as promtool reads it."""
    scenario, llm = world.scenario, world.llm
    lines = list(
        judged.series(world) if scenario.alert in quality.SCENARIOS else series(world, llm.name, scenario.phases)
    )
    if scenario.other:
        companion = next((other.name for other in world.model.models if other.name != llm.name), _COMPANION)
        lines += series(world, companion, scenario.other)
    return {
        "name": f"{scenario.alert} / {scenario.name} / {llm.name}: {scenario.about}",
        "interval": str(Duration(world.step)),
        "input_series": lines,
        "promql_expr_test": [
            {"expr": expr, "eval_time": moment, "exp_samples": [{"labels": "{}", "value": int(firing)}]}
            for moment, expr, firing in _looks(world)
        ],
    }


def firing(world: World, since: int = 0) -> str:
    """PromQL: how many alerts of this scenario fire, or have fired within `since` seconds."""
    scenario = world.scenario
    only = (
        []
        if scenario.alert in {c.ALERT_SPEND, c.TICKET_LOST, e.TICKET_JUDGE_DRIFT}
        else [equals(c.MODEL, world.llm.name)]
    )
    alerts = c.ALERTS + selector(equals(c.ALERTNAME, scenario.alert), equals(c.ALERTSTATE, "firing"), *only)
    return f"count({f'last_over_time({alerts}[{Duration(since)}])' if since else alerts})"


def _looks(world: World) -> list[tuple[str, str, bool]]:
    """When the alert is looked at, how, and whether it must fire, in order of time."""
    asked = {}
    for check in world.scenario.checks:
        at = world.moment(check.phase, check.at)
        since = at - world.moment(check.phase, Span()) if check.throughout else 0
        asked[at] = (f"{firing(world, since)} or vector(0)", check.firing)
    return [(str(Duration(at)), *look) for at, look in sorted(asked.items())]


def _fleet(model: Model, scenario: Scenario, group: list[LlmModel]) -> dict[str, Any]:
    """Every model of a group meets the incident at once, with few buckets: nobody is forgotten, and the file stays small."""
    world = World(model, group[0], scenario)
    spend = scenario.alert == c.ALERT_SPEND
    alerts = c.ALERTS + selector(equals(c.ALERTNAME, scenario.alert), equals(c.ALERTSTATE, "firing"))
    expr = f"count by ({c.JOB if spend else c.MODEL}) ({alerts})"
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
