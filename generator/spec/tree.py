"""YAML text -> plain values, with the place of every key and value; nothing is read in a way that surprises.

Scalars follow the YAML 1.2 core schema: `no`, `on`, `1:30`, `1_000`, `014` and dates stay the text that was written, and
the field that wanted something else says so.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from generator.problems import Problem
from generator.yaml_text import FLOAT

Path = tuple[str | int, ...]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"^[-+]?(0|[1-9][0-9]*)$")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = {"", "~", "null", "Null", "NULL"}
_CORE = "tag:yaml.org,2002:"
_MOST_NODES, _DEEPEST = 50_000, 40


@dataclass(frozen=True)
class Place:
    """Where something stands; line and column start at 1, `length` is at least 1 and stays on its first line."""

    line: int
    column: int
    length: int


@dataclass
class Tree:
    """Values with their places, by path; `keys` has the place of each mapping key."""

    value: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    raw: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """The nearest place that exists, going up from `path`."""
        while path:
            found = (self.keys.get(path) if key else None) or self.values.get(path)
            if found:
                return found
            path, key = path[:-1], True
        return self.values.get((), Place(1, 1, 1))


def read(text: str, file: str) -> Tree:
    """Parse one document. Syntax errors and everything that cannot be read plainly end up in `problems`."""
    tree = Tree()
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        tree.problems.append(_syntax(file, line, column, error.problem or "not YAML", text))
        return tree
    except (yaml.YAMLError, RecursionError) as error:
        position = getattr(error, "position", 0) or 0
        before = text[: position + 1]
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1)
        tree.problems.append(_syntax(file, line, max(1, column), getattr(error, "reason", "not YAML"), text))
        return tree
    if root is None:
        tree.problems.append(
            Problem("spec/empty", file, 1, 1, 1, "the spec is empty", fix="start from the example in the README")
        )
        return tree
    _Reader(tree, file, text.splitlines()).start(root)
    return tree


def _syntax(file: str, line: int, column: int, reason: str, text: str) -> Problem:
    fix = "check indentation, colons and quotes just before this place"
    lines = text.splitlines()
    if line <= len(lines) and "\t" in lines[line - 1][: max(1, column)]:
        fix = "indent with spaces: YAML does not allow tabs there"
    if "single document" in reason or "another document" in reason:
        fix = "keep one document: remove the line ---"
    return Problem("spec/yaml", file, line, column, 1, f"not valid YAML: {reason}", fix=fix)


class _Reader:
    def __init__(self, tree: Tree, file: str, lines: list[str]) -> None:
        self._tree, self._file, self._lines, self._count = tree, file, lines, 0

    def start(self, root: Any) -> None:
        self._tree.value = self._read(root, ())

    def _place(self, node: Any) -> Place:
        start, end = node.start_mark, node.end_mark
        line = self._lines[start.line] if start.line < len(self._lines) else ""
        stop = end.column if end.line == start.line else len(line.rstrip())
        if not isinstance(node, yaml.ScalarNode) and not node.flow_style:
            stop = len(line.rstrip())
        return Place(start.line + 1, start.column + 1, max(1, stop - start.column))

    def _problem(self, check: str, node: Any, message: str, fix: str, found: str = "") -> None:
        place = self._place(node)
        self._tree.problems.append(
            Problem(check, self._file, place.line, place.column, place.length, message, found=found, fix=fix)
        )

    def _read(self, node: Any, path: Path) -> Any:
        self._count += 1
        if self._count > _MOST_NODES or len(path) > _DEEPEST:
            if self._count <= _MOST_NODES + 1:
                self._count = _MOST_NODES + 1
                self._problem(
                    "spec/too-large", node, "too much, or too deep, for a spec", "write it out without anchors"
                )
            return None
        self._tree.values[path] = self._place(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._read(item, (*path, number)) for number, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: Any, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._problem("spec/key", key, "a key must be a word", "write key: value")
                continue
            name = key.value
            if key.tag == f"{_CORE}merge":
                self._problem("spec/merge-key", key, "merge keys are not supported", "write the fields out")
                continue
            if name in result:
                first = self._tree.keys[(*path, name)]
                self._problem(
                    "spec/duplicate-key",
                    key,
                    f"`{name}` is given twice",
                    "keep one of them",
                    f"first on line {first.line}",
                )
                continue
            self._tree.keys[(*path, name)] = self._place(key)
            result[name] = self._read(value, (*path, name))
        return result

    def _scalar(self, node: Any, path: Path) -> Any:
        text: str = node.value
        self._tree.raw[path] = text
        if not node.tag.startswith(_CORE) or node.tag.startswith(f"{_CORE}python"):
            self._problem("spec/tag", node, f"the tag {node.tag} is not supported", "remove it")
            return text
        if node.style:  # quoted, literal or folded: text is what was meant
            return text
        if text in _NULLS:
            return None
        if text in _WORDS:
            return _WORDS[text]
        if _INT.match(text) and len(text) < 19:
            return int(text)
        return float(text) if FLOAT.match(text) else text
