"""What there is to read: the app's metrics, Prometheus's own series, and what the rules record."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator import conventions as c
from generator import eval_names as e
from generator.proofs.contract.expression import Expression
from generator.proofs.contract.labels import Labels, Values
from generator.proofs.contract.nodes import Node, Selector

_OWN = {
    c.UP: Labels({c.JOB: None, c.INSTANCE: None}, exact=False),
    c.ALERTS: Labels({c.ALERTNAME: None, c.ALERTSTATE: frozenset(c.ALERTSTATES)}, exact=False),
    c.ALERTS_FOR_STATE: Labels({c.ALERTNAME: None}, exact=False),
}
_FORESEEN_ALERTS = frozenset(
    value
    for name, value in {**vars(c), **vars(e)}.items()
    if name.startswith(("ALERT_", "TICKET_")) and isinstance(value, str)
)
"""A rule may ask for an alert that this spec switches off."""


@dataclass(frozen=True)
class Catalog:
    """Series by name; `gauges` are the registered ones that rate() makes no sense of."""

    registered: Mapping[str, Labels]
    gauges: frozenset[str]
    recorded: Mapping[str, list[Node]]
    alerts: Mapping[str, list[tuple[Node, tuple[str, ...]]]]
    derived: dict[str, Labels] = field(default_factory=dict)
    """Labels of recorded series, filled by whoever derives them."""

    @property
    def names(self) -> list[str]:
        """Every name that resolves."""
        return sorted({*self.registered, *self.recorded, *_OWN})

    def own(self, name: str) -> Labels | None:
        """Prometheus's own series; which labels alerts add is another question."""
        return _OWN.get(name)

    @property
    def alert_names(self) -> Values:
        """Every value of the label alertname."""
        return frozenset(self.alerts) | _FORESEEN_ALERTS

    def chosen(self, selector: Selector) -> list[str]:
        """The names that a selector reads; those that nobody has are among them."""
        if selector.name:
            return [selector.name.text]
        for matcher in selector.matchers:
            if matcher.label.text == "__name__" and matcher.op == "=":
                return [matcher.value]
            if matcher.label.text == "__name__" and matcher.op == "=~":
                pattern = re.compile(matcher.value)
                return [name for name in self.names if pattern.fullmatch(name)] or [matcher.value]
        return []


def catalog(contract: str, parsed: Iterable[tuple[Expression, Node]]) -> Catalog:
    """From the text of the app's contract, and all expressions."""
    recorded: dict[str, list[Node]] = defaultdict(list)
    alerts: dict[str, list[tuple[Node, tuple[str, ...]]]] = defaultdict(list)
    for expression, node in parsed:
        if expression.kind == "record":
            recorded[expression.owner].append(node)
        elif expression.kind == "alert":
            alerts[expression.owner].append((node, expression.labels))
    told = json.loads(contract)
    # Some are in both: whoever judges counts them.
    metrics = {one["name"]: one for one in (*told["metrics"].values(), *told["evals"]["metrics"].values())}.values()
    return Catalog(
        registered(metrics),
        frozenset(metric["name"] for metric in metrics if metric["type"] == "gauge"),
        dict(recorded),
        dict(alerts),
    )


def registered(metrics: Iterable[Mapping[str, Any]]) -> dict[str, Labels]:
    """The series of the contract's metrics, as Prometheus stores what it scrapes."""
    series: dict[str, Labels] = {}
    for metric in metrics:
        known = metric.get("values", {})
        values: dict[str, Values] = {
            label: frozenset(known[label]) if label in known else None for label in metric["labels"]
        }
        labels = Labels({c.JOB: None, c.INSTANCE: None, **values})
        name = metric["name"]
        if metric["type"] == "histogram":
            series[f"{name}_bucket"] = labels.plus(c.LE, frozenset(map(bound, metric["buckets"])) | {"+Inf"})
            series[f"{name}_sum"] = series[f"{name}_count"] = labels
        else:
            series[name] = labels
    return series


def bound(value: float) -> str:
    """A bucket's bound as the label `le` has it: always a float (`25.0`)."""
    return repr(float(value))
