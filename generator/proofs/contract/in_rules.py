"""The expressions of a rule file, those inside annotations included."""

from collections.abc import Iterator
from typing import Any

from generator.proofs.contract.expression import Expression
from generator.proofs.contract.in_templates import labels_read, queries
from generator.proofs.contract.leaves import read_yaml


def in_rules(file: str, text: str) -> Iterator[Expression]:
    """Recordings, alerts, and what the templates of their labels and annotations ask."""
    for group in read_yaml(text)["groups"]:
        for rule in group["rules"]:
            yield from _rule(file, group["name"].value, rule)


def _rule(file: str, group: str, rule: dict[str, Any]) -> Iterator[Expression]:
    kind, owner = ("record", rule["record"].value) if "record" in rule else ("alert", rule["alert"].value)
    labels = rule.get("labels") or {}
    templates = [leaf.placed() for leaf in (*labels.values(), *(rule.get("annotations") or {}).values())]
    yield Expression(
        file,
        "record" if kind == "record" else "alert",
        owner,
        rule["expr"].placed().strip(),
        group,
        tuple(name for template in templates for name in labels_read(template)),
        tuple(labels),
    )
    for template in templates:
        for query in queries(template):
            yield Expression(file, "annotation", owner, query.text, group, query.wanted)
