"""A PromQL tree in which everything that can be named wrongly knows its place.

`text` is the expression as promql-parser prints it, so that two nodes that mean the same compare equal. A span is a pair of
offsets in the expression. Parentheses are gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

Span = tuple[int, int]


@dataclass(frozen=True)
class Name:
    """A metric or label as it is written somewhere."""

    text: str
    span: Span


@dataclass(frozen=True)
class Matcher:
    """A label matcher; `op` is =, !=, =~ or !~."""

    label: Name
    op: str
    value: str
    span: Span


@dataclass(frozen=True)
class Node:
    """Any part of an expression."""

    text: str
    span: Span


@dataclass(frozen=True)
class Number(Node):
    """A number literal."""

    value: float


@dataclass(frozen=True)
class String(Node):
    """A string literal."""

    value: str


@dataclass(frozen=True)
class Selector(Node):
    """A vector, or with a range in seconds a matrix; without a name where the matchers choose it.

    Its span is that of the name, `over` that of the range.
    """

    name: Name | None
    matchers: tuple[Matcher, ...]
    range: float | None
    over: Span


@dataclass(frozen=True)
class Subquery(Node):
    """An expression over time; range and step in seconds, no step where the evaluation interval is meant.

    Its span and `over` are those of the range.
    """

    expr: Node
    range: float
    step: float | None
    over: Span


@dataclass(frozen=True)
class Aggregate(Node):
    """`grouping` is by, without or nothing."""

    op: str
    grouping: str
    labels: tuple[Name, ...]
    param: Node | None
    expr: Node


@dataclass(frozen=True)
class Call(Node):
    """A function; its span is that of its name."""

    func: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Unary(Node):
    """A sign before an expression."""

    expr: Node


@dataclass(frozen=True)
class Binary(Node):
    """`matching` is on, ignoring or nothing, `group` is left, right or nothing; the span is that of the operator."""

    op: str
    lhs: Node
    rhs: Node
    returns_bool: bool
    matching: str
    labels: tuple[Name, ...]
    group: str
    include: tuple[Name, ...]


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it."""
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Node):
                yield from walk(child)
