"""What a field of the spec means, its default, and where it ends up."""

import difflib
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from generator.spec.schema import Spec
from generator.spec.translate import model_of
from generator.spec.units import show_duration


class UnknownField(Exception):  # noqa: N818  # it reads as what happened
    """No field has this path; the message names the nearest."""


def fields(schema: type[BaseModel] = Spec, before: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every field with its path, lists as `models[]`."""
    for name, info in schema.model_fields.items():
        inner = model_of(info.annotation)
        listed = inner is not None and "list" in str(info.annotation)
        path = f"{before}{info.alias or name}{'[]' if listed else ''}"
        yield path, info
        if inner is not None:
            yield from fields(inner, f"{path}.")


def explain(path: str) -> str:
    """Text for people; without a path, all fields. Raises UnknownField."""
    everything = dict(fields())
    if not path:
        width = max(map(len, everything))
        return "\n".join(f"{name:<{width}}  {info.description}" for name, info in everything.items())
    plain = {_plain(name): name for name in everything}
    name = plain.get(_plain(path))
    if name is None:
        near = difflib.get_close_matches(_plain(path), plain, n=3, cutoff=0.4)
        hint = f"Nearest: {', '.join(plain[one] for one in near)}." if near else "`stackgen explain` lists all fields."
        raise UnknownField(f"no field is called {path!r}. {hint}")
    return _page(name, everything[name])


def _plain(path: str) -> str:
    return re.sub(r"\[[^\]]*\]", "", path).strip(".")


def _page(name: str, info: FieldInfo) -> str:
    extra: Any = info.json_schema_extra or {}
    leaf = Spec.model_json_schema(by_alias=True)["$defs"]
    schema = _schema_of(name, leaf)
    lines = [name, f"  {info.description}", ""]
    rows = [("default", _default(info, schema)), ("allowed", _allowed(schema)), ("lands in", extra.get("x-lands", ""))]
    rows.append(("example", ", ".join(map(_show, extra.get("examples", [])))))
    lines += [f"  {label + ':':<10} {value}" for label, value in rows if value]
    inner = model_of(info.annotation)
    if inner is not None:
        lines += ["", "  fields:"]
        lines += [f"    {sub.alias or key:<18} {sub.description}" for key, sub in inner.model_fields.items()]
    return "\n".join(lines)


def _schema_of(name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    node: dict[str, Any] = {"$ref": "#/$defs/Spec"}
    definitions = definitions | {"Spec": Spec.model_json_schema(by_alias=True)}
    for part in _plain(name).split("."):
        node = _resolved(node, definitions)["properties"][part]
    return node


def _resolved(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "properties" in node:
        return node
    items = node.get("items", {})
    for option in (node, items, *items.get("anyOf", []), *node.get("anyOf", [])):
        if "$ref" in option:
            return _resolved(definitions[option["$ref"].rsplit("/", 1)[1]], definitions)
    return node


def _default(info: FieldInfo, schema: dict[str, Any]) -> str:
    if info.is_required():
        return "none: it must be given"
    default = info.get_default()
    if default is None or default is PydanticUndefined or default == {}:
        return "not set"
    if isinstance(default, BaseModel):
        return "see its fields"
    if isinstance(default, list) and any(isinstance(one, BaseModel) for one in default):
        return ", ".join(one.name for one in default)
    text = str(schema)
    if "x-range" in text and isinstance(default, int):
        return show_duration(default)
    if "%" in text and isinstance(default, float):
        return f"{default * 100:g}%"
    return _show(default)


def _allowed(schema: dict[str, Any]) -> str:
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    return " or ".join(dict.fromkeys(filter(None, map(_option, options))))


def _option(option: dict[str, Any]) -> str:
    if "enum" in option:
        return ", ".join(map(_show, option["enum"]))
    if "const" in option:
        return _show(option["const"])
    if "x-range" in option:
        return f"a duration from {option['x-range']}"
    if "%" in option.get("pattern", ""):
        return "a percentage"
    if option.get("type") == "array":
        return f"a list of {' or '.join(_option(one) or 'sections' for one in option['items'].get('anyOf', [option['items']]))}"
    low = option.get("minimum", option.get("exclusiveMinimum"))
    if low is not None:
        above = "above " if "exclusiveMinimum" in option else ""
        return f"{above}{low:.12g} to {option.get('maximum', option.get('exclusiveMaximum')):.12g}"
    if "patternProperties" in option:
        regex = any("format" in one for one in option["patternProperties"].values())
        return f"names, each with a {'regular expression that Python and RE2 read alike' if regex else 'percentage'}"
    text = f"text of {option['minLength']} to {option['maxLength']} characters" if "minLength" in option else "a name"
    return {"boolean": "true or false", "string": text}.get(option.get("type", ""), "")


def _show(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: '{one}'" for name, one in value.items()) + "}"
    return ", ".join(map(_show, value)) if isinstance(value, list) else f"{value}"
