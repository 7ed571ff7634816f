"""Which labels two vectors are matched by, and which of them the result keeps."""

from collections.abc import Iterable

from generator.proofs.contract import say
from generator.proofs.contract.finding import Report
from generator.proofs.contract.labels import Labels
from generator.proofs.contract.nodes import Binary, Name


def resolve(labels: Iterable[Name], of: Labels, missing: str, report: Report) -> None:
    """Report each label that is not there; `missing` says where, up to the label's name."""
    for label in labels:
        if not of.may_have(label.text):
            report(say.unknown_label(label, missing, of.values))


def matched(node: Binary, left: Labels, right: Labels, report: Report) -> Labels:
    """The labels of an operation between two vectors."""
    names = [name.text for name in node.labels]
    if node.matching == "on":
        resolve(node.labels, left, f"the left side of `{node.op}` has no label", report)
        # What neither side has is said once.
        rest = [name for name in node.labels if left.may_have(name.text)]
        resolve(rest, right, f"the right side of `{node.op}` has no label", report)
    else:
        resolve(node.labels, left.either(right), f"neither side of `{node.op}` has the label", report)
        mine, theirs = left.drop(names), right.drop(names)
        differ = mine.exact and theirs.exact and mine.values.keys() != theirs.values.keys()
        if differ and not node.group and node.op != "or":
            report(say.never_matches(node, mine.values, theirs.values))
    if node.op == "or":
        return left.either(right)
    if node.op in {"and", "unless"}:
        return left
    if node.group:
        return _grouped(node, left, right, report)
    return left.keep(names) if node.matching == "on" else left.drop(names)


def _grouped(node: Binary, left: Labels, right: Labels, report: Report) -> Labels:
    """Many samples to one: the labels of the many, and those that are fetched from the one."""
    many, one = (left, right) if node.group == "left" else (right, left)
    resolve(node.include, one, "the side with one sample has no label", report)
    for name in node.include:
        many = many.plus(name.text, one.values.get(name.text))
    return many
