"""Loki parses strictly and cannot be had here, so its keys are compared with its documentation's list."""

from pathlib import Path

import yaml

from tests.configs.keys import unknown

LISTED = "loki-3.7.keys"


def test_every_key_is_one_of_loki_3_7(repository: Path) -> None:
    """The rendered config has no key that the pinned version does not know, in lists neither."""
    assert unknown(yaml.safe_load((repository / "stack/loki/loki.yaml").read_text()), LISTED) == []


def test_retention_has_all_that_it_needs(repository: Path) -> None:
    """Loki refuses to start with retention but no store of delete requests, and deletes nothing with another index period."""
    tree = yaml.safe_load((repository / "stack/loki/loki.yaml").read_text())
    assert tree["compactor"]["retention_enabled"]
    assert tree["compactor"]["delete_request_store"] == "filesystem"
    assert [(one["store"], one["schema"], one["index"]["period"]) for one in tree["schema_config"]["configs"]] == [
        ("tsdb", "v13", "24h")
    ]
    assert tree["limits_config"]["retention_period"] == "336h"


def test_a_key_of_loki_2_would_be_found() -> None:
    """The check can fail: these keys are gone since version 3, one of them in a list."""
    old = {
        "table_manager": {"retention_deletes_enabled": True},
        "compactor": {"shared_store": "filesystem"},
        "schema_config": {"configs": [{"from": "2024-01-01", "colour": "red"}]},
    }
    assert {"compactor.shared_store", "schema_config.configs.colour"} <= set(unknown(old, LISTED))
