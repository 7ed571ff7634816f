"""Tempo parses strictly and cannot be had here, so its keys are compared with its documentation's list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

KNOWN = frozenset(
    line for line in (Path(__file__).parent.parent / "data/tempo-3.0.3.keys").read_text().splitlines() if line[0] != "#"
)
# Left out of the generated list because its zero value is omitted; documented under "Stream over HTTP".
UNLISTED = {"stream_over_http_enabled"}
OPEN = ("distributor.receivers",)
"""Maps that the list names without what is below them."""


def unknown(tree: dict[str, Any]) -> list[str]:
    """Keys that this version of Tempo would stop at."""
    below = {".".join(key.split(".")[:depth]) for key in KNOWN for depth in range(1, key.count(".") + 2)}
    return [key for key in _leaves(tree, "") if not key.startswith(OPEN) and key not in below | UNLISTED]


def _leaves(tree: dict[str, Any], prefix: str) -> Iterator[str]:
    for key, value in tree.items():
        yield f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")


def test_every_key_is_one_of_tempo_3(repository: Path) -> None:
    """The rendered config has no key that the pinned version does not know."""
    assert unknown(yaml.safe_load((repository / "stack/tempo/tempo.yaml").read_text())) == []


def test_a_key_of_tempo_2_would_be_found() -> None:
    """The check can fail: these keys are gone since version 3."""
    assert unknown({"ingester": {"max_block_duration": "5m"}, "compactor": {}, "server": {"http_listen_port": 1}}) == [
        "ingester",
        "ingester.max_block_duration",
        "compactor",
    ]
