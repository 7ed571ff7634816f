"""Full questions and answers, keyed by call_id: a log shipper's index is not a document store."""

import contextlib
import importlib
import os
import time
from pathlib import Path
from typing import Any, Protocol

from .plain import dumped, loaded


class Blobs(Protocol):
    """Where full texts are kept."""

    def put(self, reference: str, texts: dict[str, Any]) -> None:
        """Keep them whole or not at all. Raises OSError."""
        ...

    def get(self, reference: str) -> dict[str, Any]:
        """What was put there. Raises OSError where nothing is, ValueError where it is something else."""
        ...

    def sweep(self, oldest: float) -> int:
        """Remove what was written before `oldest` (seconds since the epoch); how many. Raises OSError."""
        ...


def reference(call_id: str) -> str:
    """Where the texts of a call are, or will be, below the store."""
    return f"{call_id[:2]}/{call_id}.json"


def store(address: str) -> Blobs:
    """A folder, or whatever fsspec knows by its URL (`s3://bucket/prefix`). Raises ImportError where that needs a package."""
    return _Remote(address) if "://" in address else _Folder(Path(address))


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, reference: str, texts: dict[str, Any]) -> None:
        target = self._folder / reference
        data = dumped(texts)
        part = f"{target}.{os.getpid()}.part"
        try:
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
        try:
            while data:
                data = data[os.write(file, data) :]
            # One step, so that nobody ever sees half of it.
            os.rename(part, target)  # noqa: PTH104  # a Path costs more than the rename
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(part)  # noqa: PTH108
            raise
        finally:
            os.close(file)

    def get(self, reference: str) -> dict[str, Any]:
        return _texts((self._folder / reference).read_bytes())

    def sweep(self, oldest: float) -> int:
        removed = 0
        # An id of one character has a folder of one.
        for path in (*self._folder.glob("??/*"), *self._folder.glob("?/*")):
            with contextlib.suppress(FileNotFoundError):
                # A part is what a killed process left.
                if path.stat().st_mtime < (time.time() - 3600 if path.suffix == ".part" else oldest):
                    path.unlink()
                    removed += 1
        return removed


class _Remote:
    """A bucket's own rules are better at removing what is old; without them it is swept here."""

    def __init__(self, address: str) -> None:
        # Any: the package tells no types.
        core: Any = importlib.import_module("fsspec.core")
        self._files: Any
        self._root: str
        # Its own: who asks for the same kind of files elsewhere in the process would write within the transactions below.
        self._files, self._root = core.url_to_fs(address, skip_instance_cache=True)

    def put(self, reference: str, texts: dict[str, Any]) -> None:
        target, data = f"{self._root}/{reference}", dumped(texts)
        # Object stores write whole objects or none; file systems behind fsspec do not, so they get a rename.
        with self._files.transaction:
            self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
            with self._files.open(target, "wb") as file:
                file.write(data)

    def get(self, reference: str) -> dict[str, Any]:
        return _texts(self._files.cat_file(f"{self._root}/{reference}"))

    def sweep(self, oldest: float) -> int:
        removed = 0
        for path in self._files.find(self._root):
            # Another process sweeps as well.
            with contextlib.suppress(FileNotFoundError):
                if self._files.modified(path).timestamp() < oldest:
                    self._files.rm_file(path)
                    removed += 1
        return removed


def _texts(data: bytes) -> dict[str, Any]:
    found = loaded(data)
    if not isinstance(found, dict):
        raise ValueError("the texts of a call are a JSON object")  # noqa: TRY004  # ValueError is promised
    return found  # pyright: ignore[reportUnknownVariableType]
