"""What is known of the sign of an expression: above zero, or not below zero."""

from generator import conventions as c
from generator.proofs.contract.catalog import Catalog
from generator.proofs.contract.nodes import Aggregate, Binary, Call, Node, Number, Selector, Subquery

COMPARE = {">", ">=", "<", "<=", "==", "!="}
_MIRROR = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}
_COUNTS = {"count", "group", "count_over_time", "present_over_time", "time", "exp", "pi"}
_KEEP_SIGN = {"sum", "min", "max", "avg", "quantile", "topk", "bottomk", "limitk", "limit_ratio", "sqrt", "abs", "ceil", "label_replace",
              "label_join", "last_over_time", "sum_over_time", "min_over_time", "max_over_time", "avg_over_time",
              "quantile_over_time", "first_over_time", "vector", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc"}  # fmt: skip
_NEVER_NEGATIVE = {"rate", "increase", "irate", "resets", "changes", "stddev", "stdvar", "sqrt", "abs"}


class Signs:
    """Answers about values, over every rule that records what an expression reads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[tuple[str, bool], bool] = {}

    def above_zero(self, node: Node) -> bool:
        """Whether every sample is above zero (or another number that can be divided by)."""
        match node:
            case Number():
                return node.value > 0
            case Selector():
                return self._selector(node, strict=True)
            case Subquery():
                return self.above_zero(node.expr)
            case Aggregate() | Call():
                return self._named(node, strict=True)
            case Binary():
                return self._binary(node)
        return False

    def _binary(self, node: Binary) -> bool:
        left, right = node.lhs, node.rhs
        if node.op in COMPARE:
            return not node.returns_bool and (self.above_zero(kept(node)) or excludes_zero(node) or self._follows(node))
        match node.op:
            case "and":
                return self.above_zero(left) or (
                    isinstance(right, Binary) and kept(right).text == left.text and self._binary(right)
                )
            case "unless" | "^":
                return self.above_zero(left)
            case "or" | "*" | "/":
                return self.above_zero(left) and self.above_zero(right)
            case "+":
                one, both = (self.above_zero(left) or self.above_zero(right)), (left, right)
                return one and all(self.at_least_zero(side) for side in both)
        return False

    def _follows(self, node: Binary) -> bool:
        """A filter by a vector: more than something that is itself not below zero."""
        return (node.op == ">" and self.at_least_zero(node.rhs)) or (
            node.op in {">=", "=="} and self.above_zero(node.rhs)
        )

    def at_least_zero(self, node: Node) -> bool:  # noqa: PLR0911  # one answer a kind of node
        """Whether no sample is below zero."""
        if self.above_zero(node):
            return True
        match node:
            case Number():
                return node.value >= 0
            case Selector():
                return self._selector(node, strict=False)
            case Subquery():
                return self.at_least_zero(node.expr)
            case Aggregate() | Call():
                return self._named(node, strict=False)
            case Binary(op="+" | "*" | "/" | "or"):
                return self.at_least_zero(node.lhs) and self.at_least_zero(node.rhs)
            case Binary(op="and" | "unless" | "^" | "%"):
                return self.at_least_zero(node.lhs)
            case Binary():
                return node.returns_bool or (node.op in COMPARE and self.at_least_zero(kept(node)))
        return False

    def _named(self, node: Aggregate | Call, *, strict: bool) -> bool:
        name, args = (node.op, (node.expr,)) if isinstance(node, Aggregate) else (node.func, node.args)
        if name in _COUNTS or (not strict and name in _NEVER_NEGATIVE):
            return True
        ask = self.above_zero if strict else self.at_least_zero
        if name == "clamp_min":
            return ask(args[1])
        # The first argument of quantile_over_time is a number, which says nothing about the result.
        value = args[1] if name == "quantile_over_time" else args[0] if args else None
        return name in _KEEP_SIGN and value is not None and ask(value)

    def _selector(self, node: Selector, *, strict: bool) -> bool:
        names = self._catalog.chosen(node)
        return bool(names) and all(self._series(name, strict=strict) for name in names)

    def _series(self, name: str, *, strict: bool) -> bool:
        if name in {c.ALERTS, c.ALERTS_FOR_STATE}:
            return True
        rules = self._catalog.recorded.get(name)
        if rules is None:
            return not strict
        if (name, strict) not in self._known:
            # A series that reads its own last value keeps whatever holds for its other source.
            self._known[name, strict] = True
            ask = self.above_zero if strict else self.at_least_zero
            if not all(ask(rule) for rule in rules):
                # What was found in the meantime may rest on the wrong guess.
                self._known = {key: known for key, known in self._known.items() if not known}
                self._known[name, strict] = False
        return self._known.setdefault((name, strict), True)


def kept(node: Binary) -> Node:
    """The side of a comparison whose samples come through."""
    return node.rhs if isinstance(node.lhs, Number) else node.lhs


def excludes_zero(node: Binary) -> bool:
    """A filter by a number: `x > 0`, `x >= 0.1`, `0 < x`, `x != 0`."""
    op, limit = (node.op, node.rhs) if not isinstance(node.lhs, Number) else (_MIRROR[node.op], node.lhs)
    if not isinstance(limit, Number):
        return False
    return (
        (op == ">" and limit.value >= 0)
        or (op in {">=", "=="} and limit.value > 0)
        or (op == "!=" and limit.value == 0)
    )
