"""A virtual environment for each set of packages, made once and kept."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.overhead.subjects import OPENAI, Subject

_STACK = ("openai", "httpx2", "pydantic", "pydantic-core", "jiter")
"""What a call runs through where nothing observes it; httpx as well, where the SDK is older than httpx2."""


class InstallError(Exception):
    """A subject cannot be installed; the message says why."""


@dataclass(frozen=True)
class Venv:
    """`note` says what its packages did not allow."""

    python: Path
    versions: dict[str, str]
    note: str

    @property
    def stack(self) -> tuple[str | None, ...]:
        """Environments with the same one have the same baseline."""
        names = _STACK if "httpx2" in self.versions else (*_STACK, "httpx")
        return tuple(self.versions.get(name) for name in names)


def venv(subject: Subject, folder: Path) -> Venv:
    """The subject's environment below `folder`, made if it is not there. Raises InstallError."""
    read = [Path(word).read_text("utf-8") if word.endswith(".txt") else word for word in subject.packages]
    told = json.dumps([sys.version, OPENAI, read])
    place = folder / f"{subject.name.partition('-')[0]}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    python, note = place / "bin" / "python", place / "note.txt"
    if not note.exists():
        # Without the note an earlier attempt was broken off.
        shutil.rmtree(place, ignore_errors=True)
        _uv("venv", "--python", sys.executable, str(place))
        said = _install(subject, python)
        note.write_text(said, "utf-8")
    listed = json.loads(_uv("pip", "list", "--format", "json", "--python", str(python)))
    return Venv(python, {one["name"]: one["version"] for one in listed}, note.read_text("utf-8"))


def _install(subject: Subject, python: Path) -> str:
    words = ["pip", "install", "--compile-bytecode", "--python", str(python)]
    locked = "-r" in subject.packages
    try:
        _uv(*words, *subject.packages, *([] if locked else [f"openai=={OPENAI}"]))
    except InstallError as error:
        if locked:
            raise
        _uv(*words, *subject.packages, "openai")
        return f"does not go with openai {OPENAI}: {_clause(str(error))}"
    return ""


def _uv(*words: str) -> str:
    beside = Path(sys.executable).parent / "uv"
    program = str(beside) if beside.exists() else shutil.which("uv")
    if program is None:
        raise InstallError("uv is not on this machine; run this by the Python of `make`'s environment, or install uv")
    done = subprocess.run([program, "--no-progress", *words], check=False, capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("Using Python")]
        raise InstallError(" ".join(" ".join(said).split())[:1000])
    return done.stdout


def _clause(told: str) -> str:
    """Of uv's chain of reasons the first one."""
    found = re.search(r"Because (.+?)(?: and you require|, we can conclude)", told)
    return found[1] if found else told
