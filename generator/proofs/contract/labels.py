"""The labels that a vector can have, and the values that they can take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

Values = frozenset[str] | None
"""None where any value may come."""


@dataclass(frozen=True)
class Labels:
    """`more` says that other labels are possible too; `exact` that every sample has just these."""

    values: Mapping[str, Values]
    more: bool = False
    exact: bool = True

    def may_have(self, label: str) -> bool:
        """Whether a sample can have the label."""
        return self.more or label in self.values

    def keep(self, labels: Iterable[str]) -> Self:
        """Only these."""
        kept = {label: self.values.get(label) for label in labels}
        return type(self)(kept, exact=self.exact and kept.keys() <= self.values.keys())

    def drop(self, labels: Iterable[str]) -> Self:
        """All but these."""
        gone = set(labels)
        kept = {label: values for label, values in self.values.items() if label not in gone}
        return type(self)(kept, self.more, self.exact)

    def plus(self, label: str, values: Values = None) -> Self:
        """One more."""
        return type(self)({**self.values, label: values}, self.more, self.exact)

    def either(self, other: Self) -> Self:
        """Of samples that come from here or from there."""
        if self is BOTTOM or other is BOTTOM:
            return other if self is BOTTOM else self
        merged: dict[str, Values] = {**self.values, **other.values}
        for label in self.values.keys() & other.values.keys():
            mine, theirs = self.values[label], other.values[label]
            merged[label] = None if mine is None or theirs is None else mine | theirs
        same = self.values.keys() == other.values.keys()
        return type(self)(merged, self.more or other.more, self.exact and other.exact and same)


UNKNOWN = Labels({}, more=True, exact=False)
"""Of what is reported already: no second problem follows from it."""

BOTTOM = Labels({}, more=True, exact=False)
"""Of a series that is being worked out: what it reads of itself adds nothing."""
