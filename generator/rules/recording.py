"""The recording rules that panels read."""

from generator.artifact import Artifact
from generator.model import Model
from generator.rules import canonical
from generator.rules.group import rule_file

PATH = "prometheus/rules/canonical.yml"


def build(model: Model) -> list[Artifact]:
    """One rule file."""
    return [rule_file(model, PATH, canonical.groups(model))]
