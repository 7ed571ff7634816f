"""What can be obtained: a project's binaries, the oldest version that will do, and its names elsewhere."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from generator import conventions as c
from generator.versions import PINNED

Version = tuple[int, int, int]


class NotObtained(Exception):  # noqa: N818  # a way that did not work is a result, with its reason
    """One way did not work; the message is the reason, in a few words."""


@dataclass(frozen=True)
class Package:
    """`tools` maps our names of binaries to the names that distributions use; the first is the server."""

    name: str
    tools: dict[str, tuple[str, ...]]
    oldest: Version
    repository: str
    debian: tuple[str, ...]
    assets: str = ""
    """Folder that the distribution's build of the server reads at a fixed place."""
    module: str = ""
    """Go module and its version, `path@v1.2.3`, that builds without generated files; empty where none does."""
    built: str = ""
    """What the binaries of that module say their version is."""
    tags: str = ""
    own: str = ""
    """Folder in `modules/` with a program of ours and its sums, where no module is the program itself."""

    @property
    def server(self) -> str:
        """The long-running binary."""
        return next(iter(self.tools))

    @property
    def release(self) -> str:
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


PACKAGES = {
    package.name: package
    for package in (
        Package(
            c.PROMETHEUS,
            {"prometheus": ("prometheus",), "promtool": ("promtool",)},
            (2, 42, 0),
            "prometheus/prometheus",
            ("prometheus", "promtool"),
            module="github.com/prometheus/prometheus@v0.316.0",
            built="3.16.0",
            # No service discovery: it is three quarters of the dependencies, and the stack's targets are static.
            tags="netgo,remove_all_sd",
        ),
        Package(
            c.ALERTMANAGER,
            {"alertmanager": ("alertmanager", "prometheus-alertmanager"), "amtool": ("amtool",)},
            (0, 25, 0),
            "prometheus/alertmanager",
            ("prometheus-alertmanager",),
            assets="/usr/share/prometheus/alertmanager",
            # Newer modules lack the generated user interface, and do not compile without it.
            module="github.com/prometheus/alertmanager@v0.31.1",
            built="0.31.1",
        ),
    )
}


VERIFIERS = {
    c.COLLECTOR: Package(
        c.COLLECTOR,
        {"otelcol": ("otelcol-contrib", "otelcol")},
        (0, 150, 0),
        "",
        (),
        built="0.160.0",
        own="collector",
    )
}
"""What verifies a rendered config, but is not launched without Docker."""


def version_of(binary: Path) -> Version:
    """What `--version` says. Raises NotObtained when it does not run or says nothing."""
    try:
        done = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotObtained(f"{binary} does not run: {error}") from error
    match = re.search(r"version (\d+)\.(\d+)\.(\d+)", done.stdout + done.stderr)
    if match is None:
        raise NotObtained(f"{binary} does not tell its version")
    return int(match[1]), int(match[2]), int(match[3])


def cache_folder() -> Path:
    """STACKGEN_CACHE, or the user's cache by the XDG rules."""
    own = os.environ.get("STACKGEN_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "stackgen"
