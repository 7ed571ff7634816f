"""Whether NaN can come through: a quantile of a histogram in which nothing was counted is NaN."""

from generator.proofs.contract.nodes import Aggregate, Binary, Call, Node, Subquery, Unary
from generator.proofs.contract.signs import COMPARE, excludes_zero

_NEVER = {"count", "group", "count_over_time", "present_over_time", "absent", "absent_over_time"}


def may_be_nan(node: Node) -> bool:
    """True where a quantile is neither compared with something nor kept to where a floor is reached.

    Divisions are judged where they stand, and what recorded series hold where they are recorded.
    """
    match node:
        case Call(func="histogram_quantile"):
            return True
        case Call(func=name) | Aggregate(op=name) if name in _NEVER:
            return False
        case Call():
            return any(map(may_be_nan, node.args))
        case Aggregate() | Subquery() | Unary():
            return may_be_nan(node.expr)
        case Binary():
            return _binary(node)
    return False


def _binary(node: Binary) -> bool:
    left, right = node.lhs, node.rhs
    if node.op in {"and", "unless"}:
        floor = node.op == "and" and isinstance(right, Binary) and right.op in COMPARE and excludes_zero(right)
        return may_be_nan(left) and not floor
    # NaN is greater, less and equal to nothing, but not equal to everything.
    if node.op in COMPARE - {"!="} and not node.returns_bool:
        return False
    return may_be_nan(left) or may_be_nan(right)
