"""What a PromQL expression reads and how: the few questions that a replay asks of the parsed tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import promql_parser

from generator import conventions as c

OWN = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""Series that Prometheus itself writes about alerts."""
_INSIDE = ("lhs", "rhs", "expr", "param", "vector_selector")
_COUNTED = frozenset({"rate", "increase"})
_WHOLE = frozenset({"absent", "absent_over_time", "scalar", "label_replace", "label_join"})


@dataclass(frozen=True)
class Read:
    """One selector: metric, its matchers as `(label, operator, value)`, and the labels that survive of a summed counter.

    `keeps` is None where the samples are read in another way than `sum by (...) (rate(...))`.
    """

    name: str
    matchers: frozenset[tuple[str, str, str]]
    keeps: frozenset[str] | None


@cache
def parsed(expression: str) -> Any:
    """The tree."""
    return promql_parser.parse(expression)


def walk(node: Any) -> Iterator[Any]:
    """The node and all below it, in the order of the text."""
    yield node
    for child in _children(node):
        yield from walk(child)


def reads(expression: str) -> list[Read]:
    """Every selector, in the order of the text. Raises ValueError for one without a metric name."""
    return list(_reads(parsed(expression), None, counted=False))


def reach(expression: str) -> dict[str, int]:
    """How far back each name is read, in seconds: its range, its offset, and those of the subqueries around it."""
    found: dict[str, int] = {}
    _reach(parsed(expression), 0, found)
    return found


def ranges(expression: str) -> Iterator[tuple[str, int]]:
    """Name and seconds of every range selector; twice the seconds where one sample is enough, not a rate's few."""
    yield from _ranges(parsed(expression), single=False)


def _ranges(node: Any, *, single: bool) -> Iterator[tuple[str, int]]:
    if _kind(node) == "MatrixSelector":
        yield node.vector_selector.name, int(node.range.total_seconds()) * (2 if single else 1)
    single = single or (_kind(node) == "Call" and node.func.name == "last_over_time")
    for child in _children(node):
        yield from _ranges(child, single=single)


def comparison(expression: str) -> tuple[str, str] | None:
    """The first `series > limit`, as the text of both sides."""
    for node in walk(parsed(expression)):
        if type(node).__name__ == "BinaryExpr" and str(node.op) in {">", ">="} and _kind(node.lhs) == "VectorSelector":
            return node.lhs.prettify(), " ".join(node.rhs.prettify().split())
    return None


def separable(expression: str, label: str) -> bool:
    """Whether what comes out for one value of the label depends on series of that value alone."""
    return all(_keeps_apart(node, label) for node in walk(parsed(expression)))


def summed_by(expression: str) -> set[str]:
    """Labels that every aggregation keeps; empty where there is none."""
    kept = [set(node.modifier.labels) for node in walk(parsed(expression)) if _is_by(node)]
    return set.intersection(*kept) - {c.LE} if kept else set()


def _kind(node: Any) -> str:
    return type(node).__name__


def _children(node: Any) -> Iterator[Any]:
    for name in _INSIDE:
        child = getattr(node, name, None)
        if child is not None and not isinstance(child, (str, float)):
            yield child
    yield from getattr(node, "args", None) or []


def _is_by(node: Any) -> bool:
    return _kind(node) == "AggregateExpr" and node.modifier is not None and str(node.modifier.type).endswith("By")


def _reads(node: Any, by: frozenset[str] | None, *, counted: bool) -> Iterator[Read]:
    kind = _kind(node)
    if kind == "VectorSelector":
        if not node.name:
            raise ValueError(f"{node.prettify()} names no metric: such a rule cannot be replayed")
        matchers = [(m.name, str(m.op).rpartition(".")[2], m.value) for m in node.matchers.matchers]
        keeps = by | {name for name, _op, _value in matchers} if counted and by is not None else None
        yield Read(node.name, frozenset(matchers), keeps)
        return
    if kind == "AggregateExpr":
        by, counted = (frozenset(node.modifier.labels) if _is_by(node) and str(node.op) == "sum" else None), False
    elif kind == "Call":
        counted = node.func.name in _COUNTED
        by = by if counted else None
    elif kind not in {"ParenExpr", "MatrixSelector"}:
        by = None
    for child in _children(node):
        yield from _reads(child, by, counted=counted)


def _reach(node: Any, outside: int, found: dict[str, int]) -> None:
    for name in ("range", "offset"):
        span: Any = getattr(node, name, None)
        outside += int(span.total_seconds()) if span is not None else 0
    if _kind(node) == "VectorSelector":
        found[node.name] = max(found.get(node.name, 0), outside)
    for child in _children(node):
        _reach(child, outside, found)


def _keeps_apart(node: Any, label: str) -> bool:
    kind = _kind(node)
    if kind == "AggregateExpr":
        listed = node.modifier is not None and label in node.modifier.labels
        return listed if _is_by(node) else node.modifier is not None and not listed
    if kind == "Call":
        return node.func.name not in _WHOLE
    if kind == "BinaryExpr" and node.modifier is not None and node.modifier.matching is not None:
        listed = label in node.modifier.matching.labels
        return listed if str(node.modifier.matching.type).endswith("Include") else not listed
    return True
