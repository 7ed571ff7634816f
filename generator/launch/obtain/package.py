"""What a package is: a project's binaries, the oldest version that will do, and where they can be had."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from generator.versions import PINNED

Version = tuple[int, int, int]


class NotObtained(Exception):  # noqa: N818  # a way that did not work is a result, with its reason
    """One way did not work; the message is the reason, in a few words."""


@dataclass(frozen=True)
class Release:
    """Where a project publishes archives; `{version}`, `{os}` and `{machine}` stand for themselves.

    `sums` lists SHA-256 checksums, of the archive or of what is in it.
    """

    archive: str
    sums: str
    host: str = "https://github.com"


@dataclass(frozen=True)
class Package:
    """`tools` maps our names of binaries to the names that projects and distributions use; the first is the server."""

    name: str
    tools: dict[str, tuple[str, ...]]
    oldest: Version
    release: Release
    debian: tuple[str, ...] = ()
    assets: str = ""
    """Folder that the distribution's build of the server reads at a fixed place."""
    module: str = ""
    """Go package to build, `path@v1.2.3`, or without a version where `own` pins it; empty where none builds."""
    built: str = ""
    """What the binaries of that module say their version is."""
    tags: str = ""
    own: str = ""
    """Folder in `modules/` with a Go module of ours, and its sums."""
    stamp: str = ""
    """For the linker: the variable of the program that holds its version, and how it writes `{built}`."""
    version: str = "--version"
    """The word that makes the server tell its version."""

    @property
    def server(self) -> str:
        """The long-running binary."""
        return next(iter(self.tools))

    @property
    def released(self) -> str:
        """The version that is downloaded."""
        return PINNED[self.name].dotted


@dataclass(frozen=True)
class Obtained:
    """Binaries in one place; `way` says where they came from."""

    package: str
    version: Version
    way: str
    binaries: dict[str, Path]
    folder: Path | None = None
    """Where the server must be started, if that matters."""


_TOLD = (re.compile(r"version (\d+)\.(\d+)\.(\d+)"), re.compile(r"\bv(\d+)\.(\d+)\.(\d+)"))


def version_of(binary: Path, word: str = "--version") -> Version:
    """What the binary says when it is asked with `word`. Raises NotObtained when it does not run or says nothing."""
    try:
        done = subprocess.run([binary, word], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotObtained(f"{binary} does not run: {error}") from error
    said = done.stdout + done.stderr
    match = next((found for pattern in _TOLD if (found := pattern.search(said))), None)
    if match is None:
        raise NotObtained(f"{binary} does not tell its version")
    return int(match[1]), int(match[2]), int(match[3])


def last_words(errors: str, program: str) -> str:
    """The last line of what a program complained about; of a long one the beginning, and the end, which has the cause."""
    last = (errors.strip().splitlines() or ["no message"])[-1]
    return f"{program}: {last if len(last) <= 240 else f'{last[:100]} ... {last[-130:]}'}"


def cache_folder() -> Path:
    """STACKGEN_CACHE, or the user's cache by the XDG rules."""
    own = os.environ.get("STACKGEN_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "stackgen"
