"""Rules as data, and the rule file that they become."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.artifact import Artifact, header
from generator.model import Duration, Model
from generator.yaml_text import dump


@dataclass(frozen=True)
class Recording:
    """One recording rule."""

    record: str
    expr: str

    def as_dict(self) -> dict[str, Any]:
        """The rule as Prometheus reads it."""
        return {"record": self.record, "expr": self.expr.strip()}


@dataclass(frozen=True)
class Alert:
    """One alerting rule; `pending` becomes `for`, `keep` becomes `keep_firing_for`."""

    name: str
    expr: str
    pending: Duration
    keep: Duration
    labels: dict[str, str]
    annotations: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The rule as Prometheus reads it."""
        return {
            "alert": self.name,
            "expr": self.expr.strip(),
            "for": str(self.pending),
            "keep_firing_for": str(self.keep),
            "labels": self.labels,
            "annotations": self.annotations,
        }


@dataclass(frozen=True)
class Group:
    """Rules that are evaluated in order at one time, by default at every scrape; a chain of rules never leaves its group."""

    name: str
    rules: Sequence[Recording | Alert]
    interval: Duration | None = None


def rule_file(model: Model, path: str, groups: Sequence[Group]) -> Artifact:
    """One rule file; groups without rules are left out."""
    data = {
        "groups": [
            {
                "name": group.name,
                "interval": str(group.interval or model.stack.scrape_interval),
                "rules": [rule.as_dict() for rule in group.rules],
            }
            for group in groups
            if group.rules
        ]
    }
    return Artifact(path, header(model.spec_name) + dump(data))
