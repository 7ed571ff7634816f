"""The rules of one alert: everything that it reads, directly or not, in the order in which Prometheus evaluates them."""

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property

import yaml

from generator.backtest.expressions import OWN, Read, comparison, ranges, reach, reads, separable, summed_by
from generator.model import Model
from generator.pipeline import OWN as BUILDERS

_FILES = "prometheus/rules/*.yml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Rule:
    """One rule; `alert` is empty for a recording rule. Annotations are left out: they change no state, and cost queries."""

    name: str
    expr: str
    alert: bool = False
    pending: str = "0s"
    keep: str = "0s"
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def severity(self) -> str:
        """`page`, `ticket`, or whatever the rule says."""
        return dict(self.labels).get("severity", "")


@dataclass(frozen=True)
class Chain:
    """One alert and the rules below it."""

    alert: str
    rules: tuple[Rule, ...]

    @property
    def alerts(self) -> list[Rule]:
        """The alert's own rules: one for each setting."""
        return [rule for rule in self.rules if rule.alert and rule.name == self.alert]

    @cached_property
    def recorded(self) -> frozenset[str]:
        """Names that the chain itself records."""
        return frozenset(rule.name for rule in self.rules if not rule.alert)

    @cached_property
    def raw(self) -> list[Read]:
        """What must come from the server."""
        return [
            read for rule in self.rules for read in reads(rule.expr) if read.name not in self.recorded | OWN
        ]  # fmt: skip

    @cached_property
    def shortest(self) -> int:
        """Seconds of the narrowest range that raw samples are read over."""
        raw = {read.name for read in self.raw}
        return min((span for rule in self.rules for name, span in ranges(rule.expr) if name in raw), default=60)

    @cached_property
    def reach(self) -> int:
        """Seconds before an evaluation that may still change it; a rule's own last value is not followed."""
        by_name: dict[str, list[Rule]] = {}
        for rule in self.rules:
            by_name.setdefault(rule.name, []).append(rule)

        def back(name: str, seen: frozenset[str]) -> int:
            if name in seen:
                return 0
            spans = [
                span + back(inner, seen | {name})
                for rule in by_name.get(name, [])
                for inner, span in reach(rule.expr).items()
            ]
            return max(spans, default=0)

        return back(self.alert, frozenset())

    @cached_property
    def apart(self) -> list[str]:
        """Labels by whose values the chain falls into parts that know nothing of each other."""
        kept = [labels for rule in self.rules if (labels := summed_by(rule.expr))]
        common = set.intersection(*kept) if kept else set()
        return sorted(label for label in common if all(separable(rule.expr, label) for rule in self.rules))

    @cached_property
    def judged(self) -> tuple[str, str] | None:
        """The series that is compared first, and the limit that it is compared with, as PromQL."""
        by_name = {rule.name: rule for rule in reversed(self.rules)}
        todo, seen = [self.alert], set()
        while todo:
            name = todo.pop(0)
            if name in seen or name not in by_name:
                continue
            seen.add(name)
            found = comparison(by_name[name].expr)
            if found and reads(found[0])[0].name in self.recorded:
                return found
            todo += [read.name for read in reads(by_name[name].expr)]
        return None

    @property
    def baseline(self) -> str | None:
        """What the limit is a multiple of, as PromQL: the one series in it; None where the limit is a number."""
        inside = reads(self.judged[1]) if self.judged else []
        return self.judged[1][self.judged[1].index(inside[0].name) :] if len(inside) == 1 and self.judged else None


def rules_of(model: Model) -> list[Rule]:
    """Every rendered rule; those of files that hold alerts come last, so that an alert follows what it reads."""
    built = [
        artifact
        for name in BUILDERS
        if name.startswith("generator.rules.")
        for artifact in importlib.import_module(name).build(model)
        if fnmatch(artifact.path, _FILES)
    ]
    files = [
        [_rule(entry) for group in yaml.load(artifact.text, Loader=_LOADER)["groups"] for entry in group["rules"]]  # noqa: S506  # the safe loader, in C where there is one
        for artifact in sorted(built)
    ]
    files.sort(key=lambda rules: any(rule.alert for rule in rules))
    return [rule for rules in files for rule in rules]


def chains(rules: Iterable[Rule], *, tickets: bool) -> dict[str, Chain]:
    """One chain an alert, of those that page; with `tickets`, of all."""
    listed = list(rules)
    names = dict.fromkeys(rule.name for rule in listed if rule.alert and (tickets or rule.severity == "page"))
    return {name: Chain(name, _closure(name, listed)) for name in names}


def _closure(alert: str, rules: list[Rule]) -> tuple[Rule, ...]:
    wanted, todo = {alert}, [alert]
    while todo:
        name = todo.pop()
        for rule in rules:
            if rule.name != name:
                continue
            for read in reads(rule.expr):
                needs = {read.name}
                if read.name in OWN:
                    needs = {value for label, op, value in read.matchers if label == "alertname" and op == "Equal"}
                todo += needs - wanted
                wanted |= needs
    return tuple(rule for rule in rules if rule.name in wanted)


def _rule(entry: dict[str, object]) -> Rule:
    labels = entry.get("labels") or {}
    assert isinstance(labels, dict)  # noqa: S101  # our own builders wrote it
    return Rule(
        name=str(entry.get("alert") or entry["record"]),
        expr=str(entry["expr"]),
        alert="alert" in entry,
        pending=str(entry.get("for", "0s")),
        keep=str(entry.get("keep_firing_for", "0s")),
        labels=tuple(sorted((str(key), str(value)) for key, value in labels.items())),
    )
