"""The pretended Docker in place of any real one, for what `stackgen up` does around `docker compose`."""

import json
import os
from pathlib import Path

import pytest

from generator.launch import waiting
from tests.launch.compose.pretended import DOCKER, PLAIN, Docker
from tests.launch.conftest import free_ports


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    """New enough, with nothing running."""
    here, folder = tmp_path / "bin", tmp_path / "stack"
    here.mkdir()
    folder.mkdir()
    (here / "docker").write_text(DOCKER.format(here=here))
    (here / "docker").chmod(0o755)
    for name, text in {"compose": "2.26.1-4\n", "info": json.dumps(PLAIN), "code": "0"}.items():
        (here / name).write_text(text)
    for name in ("owner", "publisher", "entries", "calls"):
        (here / name).touch()
    monkeypatch.setenv("PATH", f"{here}:{os.environ['PATH']}")
    for name in ("COMPOSE_PROJECT_NAME", "EVALS_STORE_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(waiting, "_EVERY", 0.0)
    return Docker(here, folder, free_ports(), [])
