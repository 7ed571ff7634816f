"""Write changes so that a failure leaves the folder as it was: stage every byte first, then rename."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.artifact import Artifact
from generator.output.compare import MANIFEST, Change, Verb, compare, manifest_artifact


class WriteError(Exception):
    """The folder could not be written; the message names the path, the reason and what to do."""


def render_into(root: Path, artifacts: list[Artifact], *, force: bool = False) -> list[Change]:
    """Compare and write as one step that no other render of `root` can come between.

    Writes nothing when a file was edited by hand and `force` is not set. Raises WriteError and ManifestError.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _only_one(root):
            changes = compare(root, artifacts, force=force)
            if not any(change.verb is Verb.EDITED for change in changes):
                _write(changes, artifacts, root)
    except OSError as error:
        raise _failure(root, error) from error
    return changes


def _write(changes: list[Change], artifacts: list[Artifact], root: Path) -> None:
    due = [change for change in changes if change.verb in (Verb.CREATE, Verb.UPDATE) and change.new is not None]
    gone = [change for change in changes if change.verb is Verb.REMOVE]
    manifest = manifest_artifact(artifacts)
    path = root
    try:
        with _staging(root) as stage:
            for artifact in [*(Artifact(change.path, change.new or "") for change in due), manifest]:
                path = stage / artifact.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(artifact.text.encode())
            for change in due:
                path = root / change.path
                path.parent.mkdir(parents=True, exist_ok=True)
                (stage / change.path).replace(path)
            for change in gone:
                path = root / change.path
                path.unlink(missing_ok=True)
                _prune(path.parent, root)
            path = root / MANIFEST
            if not path.exists() or path.read_bytes() != manifest.text.encode():
                (stage / MANIFEST).replace(path)
    except OSError as error:
        raise _failure(path, error) from error


def _failure(path: Path, error: OSError) -> WriteError:
    reason = error.strerror or str(error)
    return WriteError(f"{path}: {reason}. Free the place or the disk, or choose another folder with --out.")


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """A folder on the same file system, so that a rename is atomic and a full disk shows before anything changes."""
    stage = Path(tempfile.mkdtemp(prefix=".stage-", dir=root))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def _only_one(root: Path) -> Iterator[None]:
    """Let two renders of one folder run one after the other."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _prune(folder: Path, root: Path) -> None:
    """Remove folders that a removal left empty, never `root` itself."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
