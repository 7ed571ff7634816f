"""Tempo parses strictly and cannot be had here, so its keys are compared with its documentation's list."""

from pathlib import Path

import yaml

from generator.verify.listed import unknown


def test_every_key_is_one_of_tempo_3(repository: Path) -> None:
    """The rendered config has no key that the pinned version does not know."""
    tree = yaml.safe_load((repository / "stack/tempo/tempo.yaml").read_text())
    assert unknown(tree, "tempo") == []


def test_a_key_of_tempo_2_would_be_found() -> None:
    """The check can fail: these keys are gone since version 3."""
    old = {"ingester": {"max_block_duration": "5m"}, "compactor": {}, "server": {"http_listen_port": 1}}
    assert unknown(old, "tempo") == ["ingester", "ingester.max_block_duration", "compactor"]
