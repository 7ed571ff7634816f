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
        for single in error.errors(include_url=False):
            _cut(value, single["loc"])
        try:
            return Spec.model_validate(value)
        except ValidationError as again:
            error = again
    return None


def _cut(value: Any, loc: tuple[str | int, ...]) -> None:
    """Remove the innermost mapping entry on the way; a model keeps its number, so that places stay true."""
    if loc[:1] == ("models",) and len(loc) > 1 and isinstance(loc[1], int) and isinstance(value.get("models"), list):
        value["models"][loc[1]] = {"name": f"left-out-{loc[1]}", "provider": "left-out"}
        return
    if loc[:1] in {("models",), ("service",)}:
        value[str(loc[0])] = (
            [{"name": "left-out", "provider": "left-out"}] if loc[0] == "models" else {"name": "left-out"}
        )
        return
    node, holder, key = value, None, None
    for part in loc:
        if isinstance(node, dict) and part in node:
            holder, key = node, part
            node = node[part]
        elif isinstance(node, list):
            break
    if holder is not None:
        holder.pop(key, None)
