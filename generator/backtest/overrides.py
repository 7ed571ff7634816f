"""`--set path=value`: another spec, checked like the one in the file."""

import copy
import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from generator.problems import Problem, ProblemsFound
from generator.spec.checks import cross_check
from generator.spec.load import LoadedSpec
from generator.spec.schema import Spec
from generator.spec.translate import translate
from generator.spec.tree import Path, Place, Tree, read

FILE = "--set"
_STEP = re.compile(r"([\w-]+)(?:\[([^\]]*)\])?(?:\.|$)")
_FIX = (
    "write alerts.latency.factor=3, or models[NAME].alerts.latency.factor=3; `stackgen explain alerts` lists the fields"
)


def overridden(loaded: LoadedSpec, sets: Sequence[str]) -> Spec:
    """The spec with these values instead. Raises ProblemsFound, whose places are in the text of the settings."""
    if not sets:
        return loaded.spec
    text = "\n".join(sets)
    tree = Tree(copy.deepcopy(loaded.tree.value))
    problems = []
    for line, setting in enumerate(sets, 1):
        problem = _apply(tree, setting, line)
        problems += [problem] if problem else []
    spec = None
    if not problems:
        try:
            spec = Spec.model_validate(tree.value)
        except ValidationError as error:
            problems += translate(error.errors(include_url=False), tree, FILE, Spec)
        else:
            problems += cross_check(spec, tree, FILE)
    if spec is None or problems:
        raise ProblemsFound(problems, {FILE: text})
    return spec


def _apply(tree: Tree, setting: str, line: int) -> Problem | None:
    name, equals, value = setting.partition("=")
    length = max(1, len(name))

    def problem(message: str, fix: str = _FIX) -> Problem:
        return Problem("set/path", FILE, line, 1, length, message, found=setting, fix=fix)

    if not equals or not name or not value:
        return problem("not of the form path=value")
    path = _path(name.strip(), tree.value)
    if path is None:
        return problem("no such place in the spec")
    if "alerts" not in path[:1] + path[2:3]:
        return problem("only settings of alerts can be tried")
    given = read(value, FILE)
    if given.problems:
        return problem("the value is not valid YAML", "write it as in the spec: 3, 2%, 10m, true")
    node: Any = tree.value
    for part in path[:-1]:
        node = node.setdefault(part, {}) if isinstance(node, dict) else node[part]
        if not isinstance(node, dict | list):
            return problem(f"{part} is a value, not a section")
    node[path[-1]] = given.value
    for depth in range(1, len(path) + 1):
        tree.keys[path[:depth]] = Place(line, 1, length)
    tree.values[path] = Place(line, len(name) + 2, max(1, len(value)))
    tree.raw[path] = value.strip()
    return None


def _path(name: str, root: Any) -> Path | None:
    """`models[NAME].alerts` -> `("models", 0, "alerts")`; a list's items go by their name."""
    path: list[str | int] = []
    place = 0
    while place < len(name):
        match = _STEP.match(name, place)
        if match is None:
            return None
        path.append(match[1])
        if match[2] is not None:
            items = root.get(match[1]) if isinstance(root, dict) and len(path) == 1 else None
            names = [item.get("name") if isinstance(item, dict) else None for item in items or []]
            if match[2] not in names:
                return None
            path.append(names.index(match[2]))
        place = match.end()
    return tuple(path) or None
