"""Rules and panels read recorded series, in an order that holds; that every name resolves is the contract check's matter."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from generator.artifact import Artifact
from generator.model import Model
from generator.pipeline import artifacts
from generator.proofs.contract.in_dashboards import in_page
from generator.proofs.contract.nodes import Selector, walk
from generator.proofs.contract.parse import parse

SPEC = """\
service: {name: bot, endpoints: [chat, search]}
models:
  - {name: m1, provider: openai, price: {input: 1, output: 2}}
  - {name: m2, provider: openai, price: {input: 1, output: 2}, alerts: {latency: {factor: 5}, errors: {above: 10%}}}
"""


def selectors(expression: str) -> set[str]:
    """Names of all series in a PromQL expression."""
    return {node.name.text for node in walk(parse(expression)) if isinstance(node, Selector) and node.name}


def groups(rendered: list[Artifact]) -> Iterator[dict[str, Any]]:
    for artifact in rendered:
        if artifact.path.startswith("prometheus/rules/"):
            yield from yaml.safe_load(artifact.text)["groups"]


def rules(rendered: list[Artifact], kind: str) -> list[dict[str, Any]]:
    return [rule for group in groups(rendered) for rule in group["rules"] if kind in rule]


@pytest.fixture(scope="module")
def rendered(model_of: Callable[[str], Model]) -> list[Artifact]:
    """A spec with overrides, so that every kind of rule is there."""
    return artifacts(model_of(SPEC))


def feeds(source: str, target: str, read: dict[str, set[str]]) -> bool:
    """Whether `target` is worked out, at however many removes, from `source`."""
    seen, waiting = set[str](), [target]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += read.get(name, ())
    return source in seen


def test_a_chain_of_rules_stays_in_one_group(rendered: list[Artifact]) -> None:
    """Groups run side by side, so a rule follows what it reads in its own group; only a loop looks back at the last round."""
    for group in groups(rendered):
        read = {rule.get("record") or rule["alert"]: selectors(rule["expr"]) for rule in group["rules"]}
        before: set[str] = set()
        for name, names in read.items():
            for later in names & read.keys() - before:
                assert feeds(name, later, read), (group["name"], name, later)
            before.add(name)


def test_no_name_is_recorded_twice(rendered: list[Artifact]) -> None:
    """However many settings there are."""
    records = [rule["record"] for rule in rules(rendered, "record")]
    assert len(records) == len(set(records))


def test_alerts_read_only_recorded_series(rendered: list[Artifact]) -> None:
    """A renamed raw metric is mended in one place."""
    assert rules(rendered, "alert")
    for rule in rules(rendered, "alert"):
        assert all(":" in name for name in selectors(rule["expr"])), rule["alert"]


def test_the_page_reads_only_recorded_series(rendered: list[Artifact]) -> None:
    """Grafana's panels are made of the same queries."""
    recorded = {rule["record"] for rule in rules(rendered, "record")}
    (page,) = [one for one in rendered if one.path == "prometheus/consoles/llm.html"]
    expressions = list(in_page(page.path, page.text))
    assert expressions
    for expression in expressions:
        names = selectors(expression.text.text)
        assert names, expression.owner
        assert names <= recorded, expression.owner


def test_every_alert_says_what_and_where(rendered: list[Artifact]) -> None:
    """Severity, service, a summary with a number, a dashboard and a runbook; and it outlives a short recovery."""
    for rule in rules(rendered, "alert"):
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["labels"]["service"] == "bot"
        assert {"summary", "description", "dashboard_url", "runbook_url"} <= set(rule["annotations"])
        if rule["labels"]["severity"] == "page":
            assert "$value" in rule["annotations"]["summary"]
            assert rule["keep_firing_for"]
