"""promql-parser's tree and our tokens, walked side by side: both follow the order of the text."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import promql_parser as promql

from generator.proofs.contract.nodes import (
    Aggregate,
    Binary,
    Call,
    Matcher,
    Name,
    Node,
    Number,
    Selector,
    Span,
    String,
    Subquery,
    Unary,
)
from generator.proofs.contract.tokens import Token, tokens

# By their text: promql-parser's enumerations cannot be keys.
_OPS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
_GROUPS = {"VectorMatchCardinality.ManyToOne": "left", "VectorMatchCardinality.OneToMany": "right"}


def parse(text: str) -> Node:
    """The tree of an expression; raises ValueError, by promql-parser, where it is none."""
    return _Reader(text).node(promql.parse(text))


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens, self._at, self._all = tokens(text), 0, (0, len(text))

    def _seek(self, wanted: Callable[[Token], bool]) -> Span:
        """The next token of a kind; the whole expression where there is none, so that a caret is never lost."""
        for at in range(self._at, len(self._tokens)):
            if wanted(self._tokens[at]):
                self._at = at + 1
                return self._tokens[at].span
        return self._all

    def _word(self, *words: str) -> Span:
        return self._seek(lambda token: token.kind != "string" and token.text.lower() in words)

    def _next_is(self, *words: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].text.lower() in words

    def _range(self) -> Span:
        """From bracket to bracket."""
        return self._word("[")[0], self._word("]")[1]

    def _names(self, labels: list[str]) -> tuple[Name, ...]:
        """Labels in parentheses."""
        found = tuple(Name(label, self._word_or_string(label)) for label in labels)
        self._word(")")
        return found

    def _word_or_string(self, text: str) -> Span:
        return self._seek(lambda token: token.text == text or (token.kind == "string" and token.text[1:-1] == text))

    def node(self, tree: promql.Expr) -> Node:  # noqa: PLR0911  # one answer a kind of node
        """One node and everything below it."""
        text = str(tree)
        match tree:
            case promql.ParenExpr():
                self._word("(")
                inner = self.node(tree.expr)
                self._word(")")
                return inner
            case promql.NumberLiteral():
                span = self._seek(lambda token: token.kind == "number" or token.text.lower() in {"inf", "nan"})
                return Number(text, span, tree.val)
            case promql.StringLiteral():
                return String(text, self._seek(lambda token: token.kind == "string"), tree.val)
            case promql.VectorSelector():
                return self._selector(tree, text)
            case promql.MatrixSelector():
                found = self._selector(tree.vector_selector, text)
                return replace(found, range=_seconds(tree.range), over=self._range())
            case promql.SubqueryExpr():
                inner = self.node(tree.expr)
                span = self._range()
                return Subquery(text, span, inner, _seconds(tree.range) or 0, _seconds(tree.step), span)
            case promql.AggregateExpr():
                return self._aggregate(tree, text)
            case promql.Call():
                span = self._word(tree.func.name)
                self._word("(")
                args = tuple(self.node(argument) for argument in tree.args)
                self._word(")")
                return Call(text, span, tree.func.name, args)
            case promql.BinaryExpr():
                return self._binary(tree, text)
            case promql.UnaryExpr():
                return Unary(text, self._word("-", "+"), self.node(tree.expr))
        raise ValueError(f"unknown kind of expression: {text}")

    def _selector(self, tree: promql.VectorSelector, text: str) -> Selector:
        name = Name(tree.name, self._word_or_string(tree.name)) if tree.name else None
        matchers = []
        written = [matcher for group in (tree.matchers.matchers, *tree.matchers.or_matchers) for matcher in group]
        if written or self._next_is("{"):
            self._word("{")
            matchers = [self._matcher(matcher) for matcher in written]
            self._word("}")
        span = name.span if name else matchers[0].span if matchers else self._all
        return Selector(text, span, name, tuple(matchers), None, span)

    def _matcher(self, tree: promql.Matcher) -> Matcher:
        bare = tree.name == "__name__" and not self._next_is(tree.name)
        label = self._all if bare else self._word_or_string(tree.name)
        value = self._seek(lambda token: token.kind == "string")
        return Matcher(Name(tree.name, value if bare else label), _OPS[str(tree.op)], tree.value, value)

    def _aggregate(self, tree: promql.AggregateExpr, text: str) -> Aggregate:
        op = str(tree.op)
        span = self._word(op)
        labels: tuple[Name, ...] = ()
        before = self._next_is("by", "without")
        if before and tree.modifier:
            labels = self._names(tree.modifier.labels)
        self._word("(")
        param = self.node(tree.param) if isinstance(tree.param, promql.Expr) else None
        inner = self.node(tree.expr)
        self._word(")")
        if tree.modifier and not before:
            labels = self._names(tree.modifier.labels)
        grouping = ""
        if tree.modifier:
            grouping = "by" if tree.modifier.type == promql.AggModifierType.By else "without"
        return Aggregate(text, span, op, grouping, labels, param, inner)

    def _binary(self, tree: promql.BinaryExpr, text: str) -> Binary:
        op, how = str(tree.op), tree.modifier
        lhs = self.node(tree.lhs)
        span = self._word(op)
        matching, labels, group, include = "", (), "", ()  # type: tuple[str, tuple[Name, ...], str, tuple[Name, ...]]
        if how and how.matching:
            matching = "on" if how.matching.type == promql.LabelModifierType.Include else "ignoring"
            labels = self._names(how.matching.labels)
        if how and (group := _GROUPS.get(str(how.card), "")):
            self._word(f"group_{group}")
            if self._next_is("(") and how.group_labels:
                include = self._names(how.group_labels)
        returns_bool = bool(how and how.return_bool)
        return Binary(text, span, op, lhs, self.node(tree.rhs), returns_bool, matching, labels, group, include)


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
