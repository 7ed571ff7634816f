"""A full disk, no network, a damaged cache: a clear word, nothing left behind, and the next run works."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.launch.obtain.package import Obtained, cache_folder
from tests.launch.conftest import NATIVE, Stack

pytestmark = pytest.mark.e2e
Leftovers = Callable[[], list[str]]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("a small disk needs the right to mount one")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def offline() -> list[str]:
    """Words before a command that take the network away from it, and leave it loopback."""
    words = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if not shutil.which("ip") or subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a command without network needs the right to a network of its own")
    return words


def stackgen(stack: Stack, before: list[str], *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The command, with words before it."""
    return subprocess.run(
        [*before, sys.executable, "-m", "generator", *words], cwd=stack.folder, env=os.environ | NATIVE | environment,
        capture_output=True, text=True, check=False, timeout=150,
    )  # fmt: skip


def test_a_full_disk_stops_before_anything_starts(stack: Stack, small_disk: Path, leftovers: Leftovers) -> None:
    """It names the disk; with room on it the same command works."""
    state = stack.folder / ".stackgen"
    state.symlink_to(small_disk)
    done = stack.up()
    assert done.returncode == 1
    assert f"less than 200 MB are free on the disk of {small_disk.parent}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(small_disk.iterdir())
    assert not leftovers()
    state.unlink()
    again = stack.up()
    assert again.returncode == 0, again.stderr


def test_a_full_cache_says_so_and_downloads_nothing(stack: Stack, small_disk: Path, leftovers: Leftovers) -> None:
    """Instead of a broken program, or minutes of building one."""
    done = stack.up(STACKGEN_CACHE=str(small_disk))
    assert done.returncode == 1
    assert "nothing was downloaded: less than 500 MB are free on the disk of" in done.stderr
    assert "STACKGEN_CACHE" in done.stderr
    assert not list(small_disk.iterdir())
    assert not leftovers()


def test_rendering_onto_a_full_disk_keeps_what_was_there(stack: Stack, small_disk: Path) -> None:
    """All files or none."""
    out = small_disk / "out"
    assert stack.run("render", "--out", str(out)).returncode == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    stack.spec(more="alerts: {latency: {factor: 3}}")
    with (small_disk / "filling").open("wb", buffering=0) as filling:
        try:
            while filling.write(b"0" * 4096):
                pass
        except OSError:
            pass
    done = stack.run("render", "--out", str(out))
    assert done.returncode != 0
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (small_disk / "filling").unlink()
    assert stack.run("render", "--out", str(out)).returncode == 0


def test_without_network_the_core_comes_from_the_cache(
    stack: Stack, offline: list[str], tmp_path: Path, leftovers: Leftovers
) -> None:
    """And what cannot be had is named with its reason and its loss."""
    cache = tmp_path / "cache"
    cache.mkdir()
    for name in ("prometheus", "alertmanager"):
        if (cache_folder() / name).exists():
            (cache / name).symlink_to(cache_folder() / name)
    # Modules of earlier builds would do for another one.
    alone = {"STACKGEN_CACHE": str(cache), "GOMODCACHE": str(tmp_path / "modules"), "GOFLAGS": "-modcacherw"}
    done = stackgen(stack, offline, "up", "--wait", "all", **alone)
    assert done.returncode == 0, done.stderr
    missing = done.stdout.partition("Not here:")[2]
    for role in ("traces", "logs", "collector", "dashboards"):
        assert role in missing
    assert "cannot be reached" in missing
    assert re.search(r"prometheus +running", done.stdout)
    assert stack.run("down").returncode == 0
    assert not leftovers()


def test_without_network_and_cache_every_way_is_named(
    stack: Stack, offline: list[str], tmp_path: Path, leftovers: Leftovers
) -> None:
    """Nothing is started, nothing half obtained stays."""
    if shutil.which("prometheus"):
        pytest.skip("this machine has Prometheus on PATH")
    cache = tmp_path / "cache"
    done = stackgen(stack, offline, "up", STACKGEN_CACHE=str(cache), GOMODCACHE=str(tmp_path / "modules"))
    assert done.returncode == 1
    for way in ("PATH", "cache", "release archive", "distribution's package", "Go toolchain"):
        assert f"  {way}: " in done.stderr
    assert "connect to the network" in done.stderr
    assert not list(cache.glob("*/*/obtained.json"))
    assert not list(cache.glob("*/.part-*"))
    assert not leftovers()


def test_a_damaged_program_is_not_started(
    stack: Stack, prometheus: Obtained, offline: list[str], tmp_path: Path, leftovers: Leftovers
) -> None:
    """A cache that a crash or a full disk cut short: the reason names it; once it is whole again it is used."""
    if prometheus.way == "PATH":
        pytest.skip("this machine has Prometheus on PATH, so nothing is cached")
    cache = tmp_path / "cache"
    shutil.copytree(cache_folder() / "prometheus", cache / "prometheus", symlinks=True)
    (cache / "alertmanager").symlink_to(cache_folder() / "alertmanager")
    server = cache / prometheus.binaries["prometheus"].relative_to(cache_folder())
    whole = server.read_bytes()
    server.write_bytes(whole[: len(whole) // 2])
    alone = {"STACKGEN_CACHE": str(cache), "GOMODCACHE": str(tmp_path / "modules")}
    done = stackgen(stack, offline, "up", "--core-only", **alone)
    assert done.returncode == 1
    assert "is damaged or outdated" in done.stderr
    assert not leftovers()
    server.write_bytes(whole)
    again = stackgen(stack, offline, "up", "--core-only", **alone)
    assert again.returncode == 0, again.stderr
