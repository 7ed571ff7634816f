"""A full disk loses nothing that was taken, and says what to do."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.evals.store import StoreError, open_store

from tests.app.evals.store.answers import item, verdict
from tests.app.evals.store.audit import audit


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of six megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk needs the right to mount one")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_what_does_not_fit_is_refused_whole(small: Path) -> None:
    """With room again the same is put, and everything goes on."""
    ballast = small / "ballast"
    ballast.write_bytes(b"0" * 4_500_000)
    url = f"sqlite:///{small}/evals.sqlite"
    with open_store(url) as store:
        store.put([item(0)])
        large = [item(number, answer="x" * 10_000) for number in range(1, 201)]
        with pytest.raises(
            StoreError, match=r"disk is full; make room: nothing is lost meanwhile, answers wait in the spool$"
        ):
            store.put(large)
        assert store.depth().waiting == 1
        assert audit(url) == []
        ballast.unlink()
        assert store.put(large).added == 200
        (claim,) = store.claim("w", 1, 60)
        assert store.record(claim, verdict(0, usd=0.0))
        assert store.finish(claim)
    assert audit(url) == []
