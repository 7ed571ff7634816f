"""The three alerts that deserve a page."""

from generator.artifact import Artifact
from generator.model import Model
from generator.rules import errors, latency, spend
from generator.rules.group import Group, rule_file

PATH = "prometheus/rules/alerts.yml"


def build(model: Model) -> list[Artifact]:
    """One rule file, or none where every alert is switched off."""
    rules = [*latency.alerts(model), *errors.alerts(model), *spend.alerts(model)]
    return [rule_file(model, PATH, [Group("llm-alerts", rules)])] if rules else []
