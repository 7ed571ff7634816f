"""JSON and YAML as trees whose strings can say where each of their characters stands in the file."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from generator.proofs.contract.placed import Placed, block, quoted, somewhere_in

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Leaf:
    """A string: its value, and how it is written (`raw`, without quotes) from `offset` on."""

    value: str
    raw: str
    offset: int
    style: str

    def placed(self) -> Placed:
        """The value with the place of each character; worked out only for the few strings that are looked into."""
        if self.style == "|":
            return block(self.value, self.raw, self.offset)
        if self.style == ">":
            return somewhere_in(self.value, self.raw, self.offset)
        return quoted(self.value, self.raw, self.offset, self.style)


class _Pairs(list[tuple[str, Any]]):
    """An object as it is written, so that a walk meets its strings in the order of the text."""


def read_json(text: str, start: int = 0, stop: int | None = None) -> Any:
    """The tree of a JSON document that stands in `text[start:stop]`; every string but the keys is a Leaf."""
    tree = json.loads(text[start:stop], object_pairs_hook=_Pairs)
    return _json(tree, _STRING.finditer(text, start, len(text) if stop is None else stop))


def _json(tree: Any, written: Iterator[re.Match[str]]) -> Any:
    if isinstance(tree, _Pairs):
        result = {}
        for key, value in tree:
            next(written)
            result[key] = _json(value, written)
        return result
    if isinstance(tree, list):
        return [_json(value, written) for value in tree]
    if isinstance(tree, str):
        match = next(written)
        return Leaf(tree, match.group()[1:-1], match.start() + 1, '"')
    return tree


def read_yaml(text: str) -> Any:
    """The tree of a YAML document; every scalar but the keys is a Leaf, whatever its type."""
    return _yaml(yaml.compose(text, Loader=_Loader), text)


def _yaml(node: Any, text: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _yaml(value, text) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_yaml(value, text) for value in node.value]
    if node is None:
        return None
    start, stop, style = node.start_mark.index, node.end_mark.index, node.style or ""
    if style in {'"', "'"}:
        start, stop = start + 1, stop - 1
    return Leaf(node.value, text[start:stop], start, style)
