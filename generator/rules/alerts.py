"""One rule file an alert: the chain of recordings that it is judged by, and the alert, evaluated in order."""

from generator.artifact import Artifact
from generator.model import Model
from generator.rules import errors, evals, latency, spend, tickets
from generator.rules.group import Group, rule_file

FOLDER = "prometheus/rules"


def build(model: Model) -> list[Artifact]:
    """`latency.yml`, `errors.yml`, `spend.yml`, `evals.yml`, `tickets.yml`; what the dialect cannot measure is left out."""
    spend_group, evals_group = spend.group(model), evals.group(model)
    files: dict[str, list[Group]] = {
        "latency": latency.groups(model),
        "errors": [errors.group(model)],
        "spend": [spend_group] if spend_group else [],
        "evals": [evals_group] if evals_group else [],
        "tickets": [tickets.group(model)],
    }
    return [
        rule_file(model, f"{FOLDER}/{stem}.yml", groups)
        for stem, groups in files.items()
        if any(group.rules for group in groups)
    ]
