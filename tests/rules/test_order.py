"""The order in which rule groups follow each other."""

import yaml

from generator import conventions as c
from generator.model import Model
from generator.rules import alerts, recording


def test_every_rule_group_has_its_place_in_the_order(model: Model) -> None:
    """A group that the order forgets would be evaluated at random by promtool, one step early or late."""
    built = (*recording.build(model), *alerts.build(model))
    names = [group["name"] for artifact in built for group in yaml.safe_load(artifact.text)["groups"]]
    assert names == [name for name in c.RULE_GROUPS if name in names]
