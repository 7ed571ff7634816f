"""The labels of an expression's result, worked out from what it reads; every name that does not resolve is reported."""

from collections.abc import Iterable, Sequence

from generator import conventions as c
from generator.proofs.contract import say
from generator.proofs.contract.catalog import Catalog
from generator.proofs.contract.finding import Report
from generator.proofs.contract.labels import BOTTOM, UNKNOWN, Labels
from generator.proofs.contract.matching import matched, resolve
from generator.proofs.contract.nodes import (
    Aggregate,
    Binary,
    Call,
    Matcher,
    Name,
    Node,
    Selector,
    String,
    Subquery,
    Unary,
)

_PICK = {"topk", "bottomk", "limitk", "limit_ratio"}
_SCALARS = {"time", "pi", "scalar"}
_ABSENT = {"absent", "absent_over_time"}
_QUANTILE = "histogram_quantile"


class Derivation:
    """`labels(node)` for any node, None for a scalar or a string; `read` collects the names of all series met."""

    def __init__(self, catalog: Catalog, report: Report) -> None:
        self._catalog, self._report = catalog, report
        self.read: set[str] = set()

    def labels(self, node: Node) -> Labels | None:
        """Labels of the result; None for a scalar or a string."""
        match node:
            case Selector():
                return self._selector(node)
            case Subquery(expr=expr) | Unary(expr=expr):
                return self.labels(expr)
            case Aggregate():
                return self._aggregate(node)
            case Call():
                return self._call(node)
            case Binary():
                return self._binary(node)
        return None

    def _selector(self, node: Selector) -> Labels:
        found: list[Labels] = []
        names = self._catalog.chosen(node)
        for name in names:
            self.read.add(name)
            series = self._series(name, node.matchers)
            if series is None:
                self._report(say.unknown_series(name, node.name.span if node.name else node.span, self._catalog.names))
            found.append(series or UNKNOWN)
        result = _any_of(found)
        for matcher in node.matchers:
            label = matcher.label
            if label.text == "__name__":
                continue
            if not result.may_have(label.text):
                self._report(say.unknown_label(label, f"`{', '.join(names)}` has no label", result.values))
            elif unknown := _impossible(matcher, result):
                self._report(say.unknown_value(matcher, unknown, result.values[label.text] or ()))
        return result

    def _series(self, name: str, matchers: Sequence[Matcher] = ()) -> Labels | None:
        if name in self._catalog.registered:
            return self._catalog.registered[name]
        if name in self._catalog.recorded:
            return self._recorded(name)
        own = self._catalog.own(name)
        return self._alerts(own, matchers) if own and name != c.UP else own

    def _recorded(self, name: str) -> Labels:
        known = self._catalog.derived
        if name not in known:
            known[name] = BOTTOM
            silent = Derivation(self._catalog, lambda _finding: None)
            result = _any_of([silent.labels(node) or Labels({}) for node in self._catalog.recorded[name]], BOTTOM)
            known[name] = result
        return known[name]

    def _alerts(self, own: Labels, matchers: Sequence[Matcher]) -> Labels:
        """ALERTS has the labels of each alert's expression, and those that the alert adds."""
        wanted = {matcher.value for matcher in matchers if matcher.label.text == c.ALERTNAME and matcher.op == "="}
        alerts = {name: rules for name, rules in self._catalog.alerts.items() if not wanted or name in wanted}
        own = own.plus(c.ALERTNAME, self._catalog.alert_names)
        if not alerts:
            return Labels(own.values, more=True, exact=False)
        silent = Derivation(self._catalog, lambda _finding: None)
        found = []
        for node, added in (rule for rules in alerts.values() for rule in rules):
            labels = silent.labels(node) or Labels({})
            found.append(Labels({**labels.values, **dict.fromkeys(added), **own.values}, labels.more, exact=False))
        return _any_of(found)

    def _aggregate(self, node: Aggregate) -> Labels | None:
        if node.param:
            self.labels(node.param)
        inner = self.labels(node.expr) or Labels({})
        resolve(node.labels, inner, f"what `{node.op}` reads has no label", self._report)
        names = [name.text for name in node.labels]
        if node.op in _PICK:
            return inner
        result = inner.drop(names) if node.grouping == "without" else inner.keep(names)
        if node.op == "count_values" and isinstance(node.param, String):
            return result.plus(node.param.value)
        return result

    def _call(self, node: Call) -> Labels | None:
        of_arguments = [self.labels(argument) for argument in node.args]
        if node.func in _SCALARS:
            return None
        if node.func in _ABSENT and isinstance(node.args[0], Selector):
            matched = [matcher.label.text for matcher in node.args[0].matchers if matcher.op == "="]
            return (of_arguments[0] or UNKNOWN).keep(matched)
        inner = next((labels for labels in of_arguments if labels is not None), Labels({}))
        texts = [argument for argument in node.args if isinstance(argument, String)]
        match node.func, texts:
            case "label_replace", [target, _replacement, source, _pattern]:
                self._known_texts([source], inner)
                return inner.plus(target.value)
            case "label_join", [target, _separator, *sources]:
                self._known_texts(sources, inner)
                return inner.plus(target.value)
            case (("sort_by_label" | "sort_by_label_desc"), _):
                self._known_texts(texts, inner)
        if node.func == _QUANTILE:
            if not inner.may_have(c.LE):
                self._report(say.no_buckets(node, inner.values))
            return inner.drop([c.LE])
        return inner

    def _binary(self, node: Binary) -> Labels | None:
        left, right = self.labels(node.lhs), self.labels(node.rhs)
        if left is None or right is None:
            return right if left is None else left
        return matched(node, left, right, self._report)

    def _known_texts(self, texts: Iterable[String], of: Labels) -> None:
        names = [Name(text.value, text.span) for text in texts if text.value]
        resolve(names, of, "the vector has no label", self._report)


def _any_of(found: Sequence[Labels], start: Labels = BOTTOM) -> Labels:
    result = start
    for labels in found:
        result = result.either(labels)
    return result


def _impossible(matcher: Matcher, of: Labels) -> str:
    """A value of the matcher that the label never has; a value with `$` in it is chosen later."""
    values = of.values.get(matcher.label.text)
    if values is None or "$" in matcher.value or not matcher.value:
        return ""
    literal = matcher.op in {"=", "!="}
    wanted = [matcher.value] if literal else matcher.value.split("|")
    if not literal and not all(word.replace("_", "").isalnum() for word in wanted):
        return ""
    return next((word for word in wanted if word not in values), "")
