"""Put a spec with wrong fields into a shape that can be looked at as a whole, so that all problems show at once."""

import copy
from typing import Any

from pydantic import ValidationError

from generator.spec.schema import Spec

_TRIES = 4


def repaired(value: Any, error: ValidationError) -> Spec | None:
    """The spec without its wrong fields, for checks that compare fields; None where too little is left."""
    if not isinstance(value, dict):
        return None
    value = copy.deepcopy(value)
    for _ in range(_TRIES):
        # All are looked for before any is cut: the second of two in one list must not take its section along.
        for holder, key in [_wrong(value, single["loc"]) for single in error.errors(include_url=False)]:
            holder.pop(key, None)
        try:
            return Spec.model_validate(value)
        except ValidationError as again:
            error = again
    return None


def _wrong(value: Any, loc: tuple[str | int, ...]) -> tuple[dict[str | int, Any], str | int]:
    """The innermost mapping on the way and its key to remove; a model is replaced at once, and keeps its number, so that places stay true."""
    if loc[:1] == ("models",) and len(loc) > 1 and isinstance(loc[1], int) and isinstance(value.get("models"), list):
        value["models"][loc[1]] = {"name": f"left-out-{loc[1]}", "provider": "left-out"}
        return {}, ""
    if loc[:1] in {("models",), ("service",)}:
        value[str(loc[0])] = (
            [{"name": "left-out", "provider": "left-out"}] if loc[0] == "models" else {"name": "left-out"}
        )
        return {}, ""
    node: Any = value
    holder: dict[str | int, Any] = {}
    key: str | int = ""
    for part in loc:
        if isinstance(node, dict) and part in node:
            holder, key = node, part
            node = node[part]
        elif isinstance(node, list):
            break
    return holder, key
