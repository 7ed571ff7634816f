"""Compare artifacts with a folder: what a render would create, update, leave, remove, or must not touch."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from generator.artifact import Artifact

MANIFEST = ".manifest.json"
"""Names every generated file with its SHA-256, so that an edited file and a hand-made one can be told from ours."""


class Verb(StrEnum):
    """What a render does to one file."""

    CREATE = "create"
    UPDATE = "update"
    IDENTICAL = "identical"
    REMOVE = "remove"
    EDITED = "edited"
    """Somebody changed this generated file, or a hand-made file stands in its place: only `--force` overwrites it."""


@dataclass(frozen=True)
class Change:
    """One file's difference; `old` is None where there is no file (or no text), `new` is None where it goes away."""

    path: str
    verb: Verb
    old: str | None
    new: str | None


class ManifestError(Exception):
    """The manifest cannot be read, so edited files cannot be told from generated ones."""


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 text, as hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def manifest_artifact(artifacts: Iterable[Artifact]) -> Artifact:
    """The manifest of these artifacts, itself not listed."""
    files = {artifact.path: digest(artifact.text) for artifact in artifacts}
    return Artifact(MANIFEST, json.dumps({"files": files}, indent=1, sort_keys=True) + "\n")


def read_manifest(root: Path) -> dict[str, str]:
    """Path to digest as last written; empty where nothing was rendered yet. Raises ManifestError."""
    path = root / MANIFEST
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {str(name): str(value) for name, value in files.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ManifestError(
            f"{path}: cannot be read ({error}). It tells generated files from edited ones. Restore it from version "
            "control, or run `stackgen render --force` to write every generated file anew."
        ) from error


def compare(root: Path, artifacts: list[Artifact], *, force: bool = False) -> list[Change]:
    """One change a file, sorted by path. With `force`, edited files count as updates. Raises ManifestError unless `force`."""
    try:
        known = read_manifest(root)
    except ManifestError:
        if not force:
            raise
        known = {}
    wanted = {artifact.path: artifact.text for artifact in artifacts}
    changes = [_wanted(path, text, root, known.get(path), force=force) for path, text in wanted.items()]
    for path in known.keys() - wanted.keys():
        old = _read(root / path)
        if old is None and not (root / path).is_symlink() and not (root / path).exists():
            continue
        ours = old is not None and digest(old) == known[path]
        changes.append(Change(path, Verb.REMOVE if ours or force else Verb.EDITED, old, None))
    return sorted(changes, key=lambda change: change.path)


def _wanted(path: str, text: str, root: Path, known: str | None, *, force: bool) -> Change:
    target = root / path
    if not target.exists() and not target.is_symlink():
        return Change(path, Verb.CREATE, None, text)
    old = _read(target)
    if old == text:
        return Change(path, Verb.IDENTICAL, old, text)
    ours = old is not None and known == digest(old)
    return Change(path, Verb.UPDATE if ours or force else Verb.EDITED, old, text)


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
