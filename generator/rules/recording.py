"""The recording rules: raw -> canonical, then the chains that the alerts compare."""

from generator.artifact import Artifact
from generator.model import Model
from generator.rules import canonical, errors, latency, spend
from generator.rules.group import rule_file

PATH = "prometheus/rules/recording.yml"


def build(model: Model) -> list[Artifact]:
    """One rule file; raises ValueError when no rule comes out."""
    groups = [canonical.group(model), *latency.groups(model), *errors.groups(model), *spend.groups(model)]
    if not any(group.rules for group in groups):
        raise ValueError("no recording rule came out: the dialect measures nothing")
    return [rule_file(model, PATH, groups)]
