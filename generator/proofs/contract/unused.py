"""Recorded series that nobody reads cost memory and readers' time."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from generator import conventions as c
from generator.proofs.contract.expression import Expression
from generator.proofs.contract.finding import Finding
from generator.proofs.contract.nodes import Node

ALLOWED: Mapping[str, str] = {
    c.tokens_rate(""): "asked by hand from the runbook on spend: which tokens grew",
    c.ttft_bucket_rate(""): "asked by hand from the runbook on latency: the provider's queue, or longer answers",
    c.outcomes_rate(""): "asked by hand: what people did with the answers, which no alert judges",
    c.LATENCY_SLOW: "read by the alert alone, which a spec may switch off",
    c.ERRORS_HIGH: "read by the alert alone, which a spec may switch off",
}
"""Series (without their window) that may stay unread, because the docs are not beside the spec or an alert is off, and why."""


def unused(expressions: Iterable[tuple[Expression, Node, AbstractSet[str]]]) -> Iterator[tuple[Expression, Finding]]:
    """Each recording whose name no other expression reads; what a series reads of itself does not count."""
    read: set[str] = set()
    records: dict[str, Expression] = {}
    for expression, _node, names in expressions:
        read |= {name for name in names if expression.kind != "record" or name != expression.owner}
        if expression.kind == "record":
            records.setdefault(expression.owner, expression)
    for name, expression in records.items():
        if name not in read and not name.startswith(tuple(ALLOWED)):
            message = f"`{name}` is recorded and read by nothing: no rule, alert, annotation, panel, page or doc"
            fix = "remove the rule, show it in a panel, or give a reason in generator/proofs/contract/unused.py"
            yield expression, Finding("contract/unused", (0, len(expression.text.text)), message, name, fix=fix)
