"""Ways to a binary: each that fails is named with its reason."""

import os
from pathlib import Path

import pytest

from generator.launch.obtain import debian, golang
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.launch.obtain.package import NotObtained
from generator.launch.obtain.path import from_path
from generator.launch.obtain.store import from_cache, keep

PACKAGE = PACKAGES["prometheus"]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No network, no apt, no Go, nothing on PATH, an empty cache."""
    monkeypatch.setenv("STACKGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("STACKGEN_RELEASES_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path


def tool(folder: Path, name: str, version: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{name}, version {version} (test)'\n")
    path.chmod(0o755)


def test_every_way_that_failed_is_named(bare: Path) -> None:
    """And what to do about it."""
    with pytest.raises(CannotBeHad) as found:
        ensure(PACKAGE, print)
    text = str(found.value)
    for reason in (
        "PATH: prometheus is not on PATH", "cache: nothing in the cache", "release archive: 127.0.0.1:9 cannot be reached",
        "distribution's package: this system has no apt", "Go toolchain: no Go toolchain on PATH", "connect to the network",
    ):  # fmt: skip
        assert reason in text
    assert not list(bare.rglob(".part-*"))


def test_what_is_installed_is_used(bare: Path) -> None:
    """Where all tools are there."""
    tool(bare / "bin", "prometheus", "3.1.0")
    with pytest.raises(NotObtained, match="promtool is not on PATH"):
        from_path(PACKAGE)
    tool(bare / "bin", "promtool", "3.1.0")
    assert ensure(PACKAGE, print).way == "PATH"


def test_what_is_installed_but_too_old_is_not(bare: Path) -> None:
    """The oldest version that will do is named."""
    for name in ("prometheus", "promtool"):
        tool(bare / "bin", name, "2.24.1")
    with pytest.raises(NotObtained, match=r"older than 2\.42\.0"):
        from_path(PACKAGE)


def test_what_does_not_run_is_not_kept(bare: Path) -> None:
    """A binary of another machine, say."""

    def fill(stage: Path) -> None:
        for name in ("prometheus", "promtool"):
            (stage / name).write_bytes(b"\x7fELF rubbish")
            (stage / name).chmod(0o755)

    with pytest.raises(NotObtained, match="does not run"):
        keep(PACKAGE, "test", fill)
    with pytest.raises(NotObtained):
        from_cache(PACKAGE)
    assert not list((bare / "cache/prometheus").iterdir())


def test_a_cache_that_lost_a_file_is_no_cache(bare: Path) -> None:
    """Half a folder, from whoever cleaned up."""
    folder = bare / "cache/prometheus/3.0.0-test"
    folder.mkdir(parents=True)
    (folder / "obtained.json").write_text(
        '{"version": [3,0,0], "way": "test", "folder": "", "binaries": {"prometheus": "a", "promtool": "b"}}'
    )
    with pytest.raises(NotObtained):
        from_cache(PACKAGE)


def test_a_build_that_fails_says_the_compilers_last_line(bare: Path) -> None:
    """And leaves nothing."""
    fake = bare / "bin/go"
    fake.write_text("#!/bin/sh\necho 'go: no such module' >&2\nexit 1\n")
    fake.chmod(0o755)
    with pytest.raises(NotObtained, match="go mod: go: no such module"):
        golang.from_go(PACKAGE, print)
    assert not list((bare / "cache/prometheus").iterdir())


def test_the_distributions_package_is_unpacked_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the real apt of this machine; the system's own package list does not change."""
    status = Path("/var/lib/dpkg/status")
    if not status.exists() or not os.access("/usr/bin/apt-get", os.X_OK):
        pytest.skip("no apt here")
    monkeypatch.setenv("STACKGEN_CACHE", str(tmp_path / "cache"))
    before = status.read_bytes()
    try:
        obtained = debian.from_debian(PACKAGES["alertmanager"], print)
    except NotObtained as error:
        pytest.skip(f"the distribution's package cannot be had: {error}")
    assert obtained.binaries["amtool"].is_file()
    assert str(obtained.binaries["amtool"]).startswith(str(tmp_path))
    assert status.read_bytes() == before
