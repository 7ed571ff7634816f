"""The cache of binaries: a folder a package and way, complete or not there at all."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.launch.obtain.package import NotObtained, Obtained, Package, cache_folder, version_of
from generator.launch.obtain.recipe import recipe

_NOTE = "obtained.json"


def from_cache(package: Package) -> Obtained:
    """The newest that was obtained before. Raises NotObtained."""
    notes = list(cache_folder().glob(f"{package.name}/*/{_NOTE}"))
    found = [one for note in notes if (one := _read(package, note))]
    if not found:
        raise NotObtained(f"what is in {notes[0].parent} is damaged or outdated" if notes else "nothing in the cache")
    return max(found, key=lambda one: one.version)


def keep(package: Package, way: str, fill: Callable[[Path], None], folder: str = "") -> Obtained:
    """Let `fill` put files into an empty folder, find the tools in it, and move it into the cache in one step.

    Raises NotObtained when a tool is missing or does not run; then nothing is left behind.
    """
    base = cache_folder() / package.name
    base.mkdir(parents=True, exist_ok=True)
    # Whoever obtains a package does so alone, so these are what a killed process left.
    for left in base.glob(".part-*"):
        shutil.rmtree(left, ignore_errors=True)
    stage = Path(tempfile.mkdtemp(prefix=".part-", dir=base))
    try:
        fill(stage)
        binaries = {tool: _find(stage, names, tool) for tool, names in package.tools.items()}
        version = version_of(binaries[package.server], package.version)
        target = base / f"{'.'.join(map(str, version))}-{way}"
        note = {
            "version": version,
            "way": way,
            "folder": folder,
            "recipe": recipe(package) if way == "go" else "",
            "binaries": {tool: str(path.relative_to(stage)) for tool, path in binaries.items()},
            "sums": {tool: _sum(path) for tool, path in binaries.items()},
        }
        (stage / _NOTE).write_text(json.dumps(note), encoding="utf-8")
        if target.exists():
            shutil.rmtree(target)
        stage.rename(target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    kept = _read(package, target / _NOTE)
    if kept is None:
        raise NotObtained("the cache could not be read back")
    return kept


@contextmanager
def alone(package: Package) -> Iterator[None]:
    """Let one process at a time obtain a package; the others wait and then find it in the cache."""
    base = cache_folder()
    base.mkdir(parents=True, exist_ok=True)
    with (base / f".{package.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _read(package: Package, note: Path) -> Obtained | None:
    try:
        data = json.loads(note.read_text(encoding="utf-8"))
        binaries = {tool: note.parent / data["binaries"][tool] for tool in package.tools}
        whole = all(
            os.access(path, os.X_OK) and _as_noted(path, note, data["sums"][tool]) for tool, path in binaries.items()
        )
        if data["way"] == "go" and data.get("recipe") != recipe(package):
            return None
        major, minor, patch = data["version"]
        folder = note.parent / data["folder"] if data["folder"] else None
        return Obtained(package.name, (major, minor, patch), data["way"], binaries, folder) if whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _as_noted(path: Path, note: Path, noted: str) -> bool:
    """Whether it is the program that was obtained; reading all of it takes a while, so only where somebody has written to it since."""
    return path.stat().st_mtime <= note.stat().st_mtime or _sum(path) == noted


def _sum(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _find(folder: Path, names: tuple[str, ...], tool: str) -> Path:
    """The program of that name; scripts such as /etc/init.d/prometheus have the same name."""
    for name in names:
        for path in sorted(folder.rglob(name), key=lambda path: (path.parent.name != "bin", path)):
            if path.is_file() and not path.is_symlink() and os.access(path, os.X_OK) and path.read_bytes()[:2] != b"#!":
                return path
    raise NotObtained(f"{tool} is not inside")
