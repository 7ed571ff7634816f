"""Which keys of a config a component would stop at, by the list of its documentation; for programs that are not here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator import conventions as c

_KEYS = Path(__file__).parent / "keys"
# Left out of the generated list because its zero value is omitted; documented under "Stream over HTTP".
_UNLISTED = {c.TEMPO: {"stream_over_http_enabled"}, c.LOKI: set[str]()}
# Maps that the list names without their insides.
_OPEN = {c.TEMPO: ("distributor.receivers",), c.LOKI: ()}


def unknown(tree: dict[str, Any], component: str) -> list[str]:
    """Dotted keys that the pinned version of Tempo or Loki, both of which parse strictly, does not know."""
    lines = (_KEYS / f"{component}.keys").read_text(encoding="utf-8").splitlines()
    known = {line for line in lines if line and line[0] != "#"} | _UNLISTED[component]
    known |= {".".join(key.split(".")[:depth]) for key in known for depth in range(1, key.count(".") + 2)}
    below: tuple[str, ...] = _OPEN[component]
    return [key for key in _leaves(tree, "") if not (below and key.startswith(below)) and key not in known]


def _leaves(tree: dict[str, Any], prefix: str) -> Iterator[str]:
    for key, value in tree.items():
        yield f"{prefix}{key}"
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from _leaves(inner, f"{prefix}{key}.")
