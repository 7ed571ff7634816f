"""A data set is a file of JSON lines; the hash of its bytes is its version."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent / "data"


def version_of(data: bytes | str) -> str:
    """The first 12 hex digits of a SHA-256."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()[:12]


def digest(row: Mapping[str, Any]) -> str:
    """The version of one line: what it says, not how it is written."""
    return version_of(json.dumps(row, sort_keys=True, ensure_ascii=True))


class Rows:
    """The lines of a file, each an object with an `id` of its own; `version` is of the whole file.

    Raises OSError for a file that cannot be read, and ValueError with file and line for what is wrong with it.
    """

    def __init__(self, path: Path, known: frozenset[str], needed: frozenset[str]) -> None:
        self._path, self._known, self._needed = path, known, needed
        data = path.read_bytes()
        self.version = version_of(data)
        self._lines = data.decode("utf-8").splitlines()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        for number, line in enumerate(self._lines, start=1):
            if not line.strip():
                continue
            row = self._row(number, line)
            if row["id"] in seen:
                raise self.wrong(number, f"the id {row['id']!r} is there twice")
            seen.add(row["id"])
            yield row
        if not seen:
            raise ValueError(f"{self._path}: no line in it")

    def _row(self, number: int, line: str) -> dict[str, Any]:
        try:
            row = json.loads(line)
        except ValueError as error:
            raise self.wrong(number, f"no JSON: {error}") from None
        if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not row["id"]:
            raise self.wrong(number, "each line is an object with an `id`")
        if missing := sorted(self._needed - set(row)):
            raise self.wrong(number, f"without {', '.join(missing)}")
        if unknown := sorted(set(row) - self._known):
            raise self.wrong(number, f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(self._known))}")
        for name, value in row.items():
            if name in {"id", "question"} and not (isinstance(value, str) and value.strip()):
                raise self.wrong(number, f"{name} is empty, or no text")
        return row

    def wrong(self, number: int, what: str) -> ValueError:
        """What is wrong, and where."""
        return ValueError(f"{self._path.name}, line {number}: {what}")


def texts(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts. Raises ValueError naming the line by its id."""
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ValueError(f"{row['id']}: {name} is a list of texts")
    return tuple(value)
