"""Loki parses strictly: judged by itself where it is on PATH, and by its documentation's list of keys everywhere.

No test here downloads it: `make stack` does, from its official archive where that can be reached; it is never built, since its packages are under the AGPL.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from generator.verify.listed import unknown


def test_every_key_is_one_of_loki_3_7(repository: Path) -> None:
    """The rendered config has no key that the pinned version does not know, in lists neither."""
    assert unknown(yaml.safe_load((repository / "stack/loki/loki.yaml").read_text()), "loki") == []


def test_loki_itself_accepts_the_config(repository: Path) -> None:
    """`loki -verify-config` has nothing against the rendered config."""
    program = shutil.which("loki")
    if not program:
        pytest.skip("no loki on PATH: its config is checked by the list of its keys only")
    config = repository / "stack/loki/loki.yaml"
    done = subprocess.run(
        [program, "-verify-config", f"-config.file={config}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


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
    assert {"compactor.shared_store", "schema_config.configs.colour"} <= set(unknown(old, "loki"))
