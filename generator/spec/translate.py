"""pydantic's errors -> problems with a place and words for people."""

import difflib
from typing import Any, get_args

from pydantic import BaseModel

from generator.problems import Problem
from generator.spec.tree import Path, Place, Tree

_TYPES = {
    "bool_type": ("not true or false", "true, false", "write true or false, without quotes"),
    "list_type": ("not a list", "a list", "write [one, another] or a - line each"),
    "model_type": ("not a mapping of fields", "a mapping", "write {field: value} or indented field: value lines"),
    "dict_type": ("not a mapping of fields", "a mapping", "write {field: value} or indented field: value lines"),
    "string_type": ("not text", "text", "put it in quotes"),
    "too_short": ("too short a list", "at least {min_length}", "add what is missing"),
}


def translate(errors: list[Any], tree: Tree, file: str, schema: type[BaseModel]) -> list[Problem]:
    """One problem an error; errors of the branch of a union that was not meant are left out."""
    problems = []
    for error in errors:
        path, other_branch = _path(error["loc"], tree)
        if other_branch:
            continue
        problems.append(_problem(error, path, tree, file, schema))
    return list(dict.fromkeys(problems))


def _path(loc: Path, tree: Tree) -> tuple[Path, bool]:
    """The document's path of an error, and whether it speaks of a branch that the value does not mean.

    pydantic's loc names the branches of a union (`literal['example']`, `AppTargets`), which are not in the document.
    """
    path: Path = ()
    for number, part in enumerate(loc):
        if isinstance(part, str) and (part.startswith("literal[") or part == "AppTargets"):
            value = _value(tree, path)
            return ((*path, *loc[number + 1 :]), isinstance(value, dict) == part.startswith("literal["))
        path = (*path, part)
    return path, False


def _value(tree: Tree, path: Path) -> Any:
    value = tree.value
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _problem(error: Any, path: Path, tree: Tree, file: str, schema: type[BaseModel]) -> Problem:
    kind, context = error["type"], error.get("ctx", {})
    of_key = path[-1:] == ("[key]",)
    path = path[:-1] if of_key else path
    field = str(path[-1]) if path else "spec"
    place = tree.place(path, key=of_key or kind == "extra_forbidden")
    found = field if of_key else tree.raw.get(path, "")
    if "at" in context:
        place = _part(place, found, context["at"], context["length"])
    shown = ".".join(map(str, path))

    def make(check: str, message: str, allowed: str = "", fix: str = "", found: str = found) -> Problem:
        return Problem(f"spec/{check}", file, place.line, place.column, place.length, message, found, allowed, fix)

    if kind == "extra_forbidden":
        fields = known_fields(schema, path[:-1])
        near = difflib.get_close_matches(field, fields, n=1, cutoff=0.6)
        fix = f"did you mean {near[0]}?" if near else "remove it, or see `stackgen explain`"
        return make("unknown-key", f"`{field}` is not a field here", ", ".join(fields), fix, field)
    if kind == "missing":
        return make("missing", f"`{shown}` is missing", "", f"add {field}: ...; see `stackgen explain {shown}`", "")
    if kind == "literal_error":
        values = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        near = difflib.get_close_matches(found, values.split(", "), n=1)
        fix = f"did you mean {near[0]}?" if near else "choose one of them"
        if path == ("source",):
            fix = "only kit can be read yet; other dialects are planned"
        return make("choice", f"`{shown}`: not one of the choices", values, fix)
    if kind in _TYPES:
        message, allowed, fix = _TYPES[kind]
        if kind == "string_type" and not found:
            fix = "give a value"
        return make(
            "type", f"`{shown}`: {message}", allowed.format(**context), fix, found or _shape(_value(tree, path))
        )
    if "message" in context:
        return make(kind, f"`{shown}`: {context['message']}", context["allowed"], context["fix"])
    return make("value", f"`{shown}`: {error['msg']}")


def _part(place: Place, found: str, at: int, length: int) -> Place:
    """The place of a part of a scalar, where it stands there as it is: plain, or in quotes without an escape."""
    quotes = place.length - len(found)
    return Place(place.line, place.column + quotes // 2 + at, max(1, length)) if quotes in {0, 2} else place


def _shape(value: Any) -> str:
    return {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value), repr(value))


def known_fields(schema: type[BaseModel], path: Path) -> list[str]:
    """The keys that the mapping at `path` may have."""
    found: type[BaseModel] | None = schema
    for part in path:
        if isinstance(part, int) or found is None:
            continue
        info = next((info for name, info in found.model_fields.items() if (info.alias or name) == part), None)
        found = model_of(info.annotation) if info else None
    return [info.alias or name for name, info in found.model_fields.items()] if found else []


def model_of(annotation: Any) -> type[BaseModel] | None:
    """The section inside an annotation such as `list[Model]` or `Model | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := model_of(part))), None)
