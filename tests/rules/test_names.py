"""Every name that a rule or a panel reads is one that a rule records, or that the app registers."""

import re
from collections.abc import Callable

import promql_parser
import pytest
import yaml

from generator import conventions as c
from generator.artifact import Artifact
from generator.model import Model
from generator.page.build import _config
from generator.pipeline import artifacts

RAW = {value for name, value in vars(c).items() if name.startswith("KIT_")}
OWN = {"ALERTS", "ALERTS_FOR_STATE"}
SPEC = """\
service: {name: bot, endpoints: [chat, search]}
models:
  - {name: m1, provider: openai, price: {input: 1, output: 2}}
  - {name: m2, provider: openai, price: {input: 1, output: 2}, alerts: {latency: {factor: 5}, errors: {above: 10%}}}
"""


def selectors(expression: str) -> set[str]:
    """Metric names in a PromQL expression, by Prometheus's grammar."""
    promql_parser.parse(expression)
    found = re.findall(r'(?<![\w:"$])([a-zA-Z_:][\w:]*)(?=\{|\[| offset)', expression)
    return set(found)


def rules(rendered: list[Artifact], name: str) -> list[dict[str, str]]:
    (artifact,) = [one for one in rendered if one.path == f"prometheus/rules/{name}.yml"]
    return [rule for group in yaml.safe_load(artifact.text)["groups"] for rule in group["rules"]]


def known(name: str) -> bool:
    return re.sub(r"_(bucket|sum|count)$", "", name) in RAW or name in RAW or name in OWN


@pytest.fixture(scope="module")
def rendered(model_of: Callable[[str], Model]) -> list[Artifact]:
    """A spec with overrides, so that every kind of rule is there."""
    return artifacts(model_of(SPEC))


def test_rules_read_what_is_recorded_before_them_or_registered(rendered: list[Artifact]) -> None:
    """In both rule files, every name resolves."""
    recorded = {rule["record"] for rule in rules(rendered, "recording")}
    for rule in rules(rendered, "recording") + rules(rendered, "alerts"):
        for name in selectors(rule["expr"]):
            assert name in recorded or known(name), (rule.get("record") or rule["alert"], name)


def test_a_chain_of_rules_stays_in_one_group(rendered: list[Artifact]) -> None:
    """Groups run side by side, so a rule that reads another's record must follow it in its own group."""
    (artifact,) = [one for one in rendered if one.path == "prometheus/rules/recording.yml"]
    for group in yaml.safe_load(artifact.text)["groups"]:
        before: set[str] = set()
        for rule in group["rules"]:
            read = {name for name in selectors(rule["expr"]) if ":" in name} - {rule["record"]}
            assert read <= before, (group["name"], rule["record"])
            before.add(rule["record"])


def test_no_name_is_recorded_twice(rendered: list[Artifact]) -> None:
    """However many settings there are."""
    records = [rule["record"] for rule in rules(rendered, "recording")]
    assert len(records) == len(set(records))


def test_alerts_read_only_recorded_series(rendered: list[Artifact]) -> None:
    """A renamed raw metric is mended in one place."""
    for rule in rules(rendered, "alerts"):
        assert all(":" in name for name in selectors(rule["expr"])), rule["alert"]


def test_panels_read_only_recorded_series(rendered: list[Artifact], model_of: Callable[[str], Model]) -> None:
    """The page's queries, with its filters put in; Grafana's are made of the same ones."""
    recorded = {rule["record"] for rule in rules(rendered, "recording")}
    for panel in _config(model_of(SPEC))["panels"]:
        for query in panel["queries"]:
            expression = re.sub(r"@(?:ME|M|J)@", 'job="bot"', query["expr"])
            names = selectors(expression)
            assert names
            assert names <= recorded, panel["title"]


def test_every_alert_says_what_and_where(rendered: list[Artifact]) -> None:
    """Severity, service, a summary with a number, a dashboard and a runbook; and it outlives a short recovery."""
    for rule in rules(rendered, "alerts"):
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["labels"]["service"] == "bot"
        assert {"summary", "description", "dashboard_url", "runbook_url"} <= set(rule["annotations"])
        assert "$value" in rule["annotations"]["summary"]
        assert rule["keep_firing_for"]
