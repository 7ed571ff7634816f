"""One rule file an alert: the chain of recordings that it is judged by, and the alert, evaluated in order in one group."""

from generator.artifact import Artifact
from generator.model import Model
from generator.rules import errors, latency, spend, tickets
from generator.rules.group import Group, rule_file

FOLDER = "prometheus/rules"


def build(model: Model) -> list[Artifact]:
    """`latency.yml`, `errors.yml`, `spend.yml`, `tickets.yml`; what the dialect cannot measure is left out."""
    groups: dict[str, Group | None] = {
        "latency": latency.group(model),
        "errors": errors.group(model),
        "spend": spend.group(model),
        "tickets": tickets.group(model),
    }
    return [
        rule_file(model, f"{FOLDER}/{stem}.yml", [group]) for stem, group in groups.items() if group and group.rules
    ]
