"""Rules about judged answers: which are there, and that PromQL works out what statistics says."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from app.evals.statistics import dropped, wilson

from generator import conventions as c
from generator import eval_names as e
from generator.artifact import Artifact
from generator.launch.obtain.package import Obtained
from generator.model import Model
from generator.proofs.contract.nodes import Selector, walk
from generator.proofs.contract.parse import parse
from generator.prove.oracle import ask
from generator.rules import alerts
from generator.rules.drop import chain
from generator.rules.wilson import lower, upper
from generator.yaml_text import dump

SMALL = "service: {name: bot}\nmodels: [{name: m1, provider: x, price: {input: 1, output: 2}}]\n"
ALL = "alerts: {pass_rate: {enabled: true}, pass_drop: {enabled: true}, judge_drift: {enabled: true}}\n"


def evals_group(model: Model) -> dict[str, object]:
    (artifact,) = [one for one in alerts.build(model) if one.path.endswith("/evals.yml")]
    (group,) = yaml.safe_load(artifact.text)["groups"]
    assert isinstance(group, dict)
    return group


def rules(model: Model) -> dict[str, str]:
    found = evals_group(model)["rules"]
    assert isinstance(found, list)
    return {rule.get("record") or rule["alert"]: rule["expr"] for rule in found}


def test_without_tickets_only_what_panels_show_is_recorded(model_of: Callable[[str], Model]) -> None:
    """A week of verdicts is not read for nobody."""
    plain, every = rules(model_of(SMALL)), rules(model_of(SMALL + ALL))
    assert e.eval_weight_rate("1h") in plain
    assert not [expr for expr in plain.values() if "167h" in expr]
    assert set(every) > set(plain)
    assert {e.TICKET_PASS_RATE, e.TICKET_PASS_DROP, e.TICKET_JUDGE_DRIFT} <= set(every)


@pytest.mark.parametrize(
    ("on", "absent"),
    [
        ("pass_rate", {e.JUDGE_DRIFTED, e.RULER_CHANGED, e.DROPPED_RATE, e.pass_rate("1w")}),
        ("pass_drop", {e.JUDGE_DRIFTED}),
        ("judge_drift", {e.DROPPED_RATE, e.RULER_CHANGED, e.JUDGE_TRUSTED, e.pass_rate("1d")}),
    ],
)
def test_each_ticket_brings_what_it_reads(model_of: Callable[[str], Model], on: str, absent: set[str]) -> None:
    """And nothing of the others."""
    found = rules(model_of(SMALL + f"alerts: {{{on}: {{enabled: true}}}}\n"))
    assert not absent & set(found)
    read = {
        node.name.text
        for expr in found.values()
        for node in walk(parse(expr))
        if isinstance(node, Selector) and node.name
    }
    assert {name for name in read if ":" in name} <= set(found)


def test_rules_about_hours_are_evaluated_every_minute(model_of: Callable[[str], Model]) -> None:
    """Or at every scrape, where those are rarer."""
    assert evals_group(model_of(SMALL))["interval"] == "1m"
    slow = "alerts: {window: 20m, latency: {for: 10m}, errors: {for: 10m}, spend: {for: 10m}}\nstack: {scrape_interval: 5m}\n"
    assert evals_group(model_of(SMALL + slow))["interval"] == "5m"


def test_only_matters_of_taste_wait_for_calibration(model_of: Callable[[str], Model]) -> None:
    """Where there are none, nobody asks; where all are, nothing else counts."""
    without = rules(model_of(SMALL + ALL + "evals: {dimensions: [refusal]}\n"))[e.JUDGE_TRUSTED]
    assert e.EVAL_CALIBRATED not in without
    alone = rules(model_of(SMALL + ALL + "evals: {dimensions: [tone]}\n"))[e.JUDGE_TRUSTED]
    assert f'{e.EVAL_CALIBRATED}{{job="bot",dimension="tone"}}' in alone
    assert 'dimension!="tone"' in alone


RATES = [(0.0, 30), (0.5, 41), (0.9, 83), (0.97, 500), (1.0, 30), (1.0, 2000)]


def test_wilson_in_promql_is_wilson(prometheus: Obtained) -> None:
    """Both ends, for few verdicts and for rates of nothing and of all."""
    made = [
        {"record": f"x:y:{name}", "expr": end("r:r:r", "(n:n:n > 0)", 1.96)}
        for name, end in (("low", lower), ("high", upper))
    ]
    lines = [
        {"series": f'{series}{{case="{case}"}}', "values": f"{value}"}
        for case, (rate, n) in enumerate(RATES)
        for series, value in (("r:r:r", rate), ("n:n:n", n))
    ]
    looks = []
    for case, (rate, n) in enumerate(RATES):
        for name, value in zip(("low", "high"), wilson(rate * n, n, 1.96), strict=True):
            near = f'abs(x:y:{name}{{case="{case}"}} - {value!r}) < bool 1e-12'
            looks.append(
                {"expr": near, "eval_time": "0s", "exp_samples": [{"labels": f'{{case="{case}"}}', "value": 1}]}
            )
    proof = {"interval": "1m", "input_series": lines, "promql_expr_test": looks}
    assert ask(prometheus.binaries["promtool"], [group_of(made)], proof, "1m").failed == ()


def group_of(made: list[dict[str, str]]) -> Artifact:
    return Artifact("x.yml", dump({"groups": [{"name": "llm-evals", "rules": made}]}))


CASES = [
    (0.85, 500, 0.95, 14_000), (0.92, 500, 0.95, 14_000), (0.9, 31, 0.99, 4000), (0.5, 31, 0.99, 4000), (0.5, 29, 0.99, 4000),
    (0.0, 100, 1.0, 300), (0.0, 100, 0.9, 199), (0.005, 32, 0.35, 210), (0.005, 80, 0.35, 210), (0.98, 90_000, 0.995, 90_000),
    (0.96, 90_000, 0.99, 90_000), (0.99, 500, 0.9, 14_000), (0.91, 2000, 0.95, 14_000), (0.93, 2000, 0.95, 14_000),
]  # fmt: skip


def test_a_drop_in_promql_is_what_the_interval_and_the_likelihood_say(prometheus: Obtained) -> None:
    """Large and small, of few and of many, to nothing and from all; `power` on the command line plans with the same."""
    made = [one.as_dict() for one in chain(0.02, "")]
    # The other windows hold nothing; a model is a case.
    lines = [{"series": f'{e.JUDGE_TRUSTED}{{{c.JOB}="bot",{e.DIMENSION}="d"}}', "values": "1+0x20"}]
    for case, (now, n, before, of) in enumerate(CASES):
        labels = f'{{{c.JOB}="bot",{c.MODEL}="{case}",{e.DIMENSION}="d"}}'
        for series, value in ((e.pass_rate("1h"), now), (e.effective_verdicts("1h"), n), (e.pass_rate("1w"), before),
                              (e.effective_verdicts("1w"), of)):  # fmt: skip
            lines.append({"series": series + labels, "values": f"{value}+0x20"})
    looks = []
    for case, told in enumerate(CASES):
        expr = f'count({e.DROPPED_RATE}{{{c.MODEL}="{case}"}} == {told[0]}) or vector(0)'
        looks.append({"expr": expr, "eval_time": "2h", "exp_samples": [{"labels": "{}", "value": int(dropped(*told))}]})
    proof = {"interval": "15m", "input_series": lines, "promql_expr_test": looks}
    assert ask(prometheus.binaries["promtool"], [group_of(made)], proof, "15m").failed == ()
    assert 4 <= sum(dropped(*told) for told in CASES) <= len(CASES) - 4


def test_the_committed_tickets_say_what_they_are_about(repository: Path) -> None:
    """With both rates, where a drop is told; and the dashboard of the answers."""
    text = (repository / "stack/prometheus/rules/evals.yml").read_text()
    (group,) = yaml.safe_load(text)["groups"]
    told = {rule["alert"]: rule for rule in group["rules"] if "alert" in rule}
    assert e.RATE_BEFORE_DROP in told[e.TICKET_PASS_DROP]["annotations"]["summary"]
    # An earlier prompt again is a change, too, and nothing new.
    assert "Changed in the last day: " in told[e.TICKET_PASS_DROP]["annotations"]["description"]
    assert all(f"/d/{c.UID_QUALITY}" in rule["annotations"]["dashboard_url"] for rule in told.values())
    assert "not the application" in told[e.TICKET_JUDGE_DRIFT]["annotations"]["description"]
