"""Several settings of one alert side by side in one rule group: what they share is evaluated once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generator.backtest.chain import Chain, Rule
from generator.backtest.expressions import OWN, reads

_LABELS = frozenset({"alertname", "alertstate"})


@dataclass(frozen=True)
class Member:
    """One variant inside a shared group: what its chain's names have become."""

    variant: str
    chain: Chain

    def firing(self) -> str:
        """Selects the alert while it fires."""
        return f'ALERTS{{alertname="{self.chain.alert}",alertstate="firing"}}'

    def ignoring(self) -> str:
        """Labels that the alert has and its series have not."""
        own = {label for rule in self.chain.alerts for label, _value in rule.labels}
        return ", ".join(sorted(own | _LABELS))


def together(chains: Mapping[str, Chain]) -> tuple[list[Rule], list[Member]]:
    """One list of rules for all variants, and what each variant's alert is called in it.

    A rule that reads the same and means the same in every variant so far is kept once; others get a suffix, and so does
    whatever reads them.
    """
    rules: list[Rule] = []
    taken: dict[str, list[Rule]] = {}
    members = []
    for number, (variant, chain) in enumerate(chains.items()):
        differing = _differing(chain, taken) if number else set()
        names = {name: f"{name}__{number}" for name in differing}
        own = [
            replace(rule, name=names.get(rule.name, rule.name), expr=_rewritten(rule.expr, names))
            for rule in chain.rules
        ]
        fresh = [rule for rule in own if rule.name not in taken]
        for rule in fresh:
            taken.setdefault(rule.name, []).append(rule)
        rules += fresh
        members.append(Member(variant, Chain(names.get(chain.alert, chain.alert), tuple(own))))
    return rules, members


def _differing(chain: Chain, taken: Mapping[str, Sequence[Rule]]) -> set[str]:
    """Names that another variant uses for something else, and all that read them, over however many rules."""
    by_name: dict[str, list[Rule]] = {}
    for rule in chain.rules:
        by_name.setdefault(rule.name, []).append(rule)
    changed = {name for name, own in by_name.items() if name in taken and list(taken[name]) != own}
    reading = {name: set().union(*(_names(rule.expr) for rule in own)) for name, own in by_name.items()}
    while True:
        more = {name for name, inside in reading.items() if inside & changed} - changed
        if not more:
            return changed
        changed |= more


def _names(expression: str) -> set[str]:
    found: set[str] = set()
    for read in reads(expression):
        found |= (
            {value for label, _op, value in read.matchers if label == "alertname"} if read.name in OWN else {read.name}
        )
    return found


def _rewritten(expression: str, names: Mapping[str, str]) -> str:
    if not names:
        return expression
    # Longest first, so that no name is found inside another; a recorded or alert name is one token with these edges.
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<![\w:])(?:{pattern})(?![\w:])", lambda match: names[match[0]], expression)
