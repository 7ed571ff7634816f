"""Which keys of a config a component would stop at, by the list of its documentation; for components that cannot be had here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent.parent / "data"


def unknown(
    tree: dict[str, Any], listed: str, *, unlisted: frozenset[str] = frozenset(), open_below: tuple[str, ...] = ()
) -> list[str]:
    """Dotted keys of `tree` that the file `listed` does not know; `open_below` are maps that it names without their insides."""
    known = {line for line in (_DATA / listed).read_text().splitlines() if line and line[0] != "#"}
    known |= {".".join(key.split(".")[:depth]) for key in known for depth in range(1, key.count(".") + 2)} | unlisted
    return [key for key in _leaves(tree, "") if not (open_below and key.startswith(open_below)) and key not in known]


def _leaves(tree: dict[str, Any], prefix: str) -> Iterator[str]:
    for key, value in tree.items():
        yield f"{prefix}{key}"
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from _leaves(inner, f"{prefix}{key}.")
