"""A real store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app.evals.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Empty."""
    with open_store(f"sqlite:///{tmp_path / 'evals.sqlite'}") as one:
        yield one
