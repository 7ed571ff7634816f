"""The last result that somebody accepted: a file in the repository, replaced whole or not at all."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.evals.dataset.result import Run, dumped, loaded

FORMAT = 1


def read(path: Path, place: str) -> Run | None:
    """The accepted run of this place; None where there is none. Raises ValueError for a file that is none of these."""
    told = _file(path)["runs"].get(place)
    try:
        return None if told is None else loaded(place, told)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is damaged ({error!r}): restore it from git, or accept anew") from None


def write(path: Path, run: Run) -> None:
    """Accept a run; those of other places stay. A crash at any point leaves the old file or the new one."""
    try:
        told = _file(path)
    except ValueError:
        told = {"format": FORMAT, "runs": {}}
    runs: dict[str, Any] = {**told["runs"], run.place: dumped(run)}
    text = json.dumps({"format": FORMAT, "runs": runs}, indent=1, sort_keys=True, ensure_ascii=True) + "\n"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp lets nobody else read; a file of the repository is for everybody.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _file(path: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"format": FORMAT, "runs": {}}
    except ValueError as error:
        raise ValueError(f"{path} is no JSON ({error}): restore it from git, or accept anew") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT or not isinstance(told.get("runs"), dict):
        raise ValueError(f"{path} is of another version: accept anew with --accept")
    return told
