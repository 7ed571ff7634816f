"""Every generation of promtool that the rules must please: the distribution's old ones, and the newest, built with Go."""

import os
import shutil
import subprocess
from pathlib import Path

from generator import conventions as c
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.launch.obtain.golang import from_go
from generator.launch.obtain.package import NotObtained, Obtained, cache_folder
from generator.launch.obtain.store import alone, from_cache, keep

SUITES = {"bookworm": "2.42", "trixie": "2.53", "sid": "3.5"}
_PACKAGE = PACKAGES[c.PROMETHEUS]


def promtool(generation: str) -> Path:
    """`bookworm`, `trixie`, `sid` or `newest`. Raises CannotBeHad with the reason."""
    # A cache of their own: what the stack is launched with must not change because tests ran.
    base = cache_folder() / "generations" / generation
    before = os.environ.get("STACKGEN_CACHE")
    os.environ["STACKGEN_CACHE"] = str(base)
    try:
        with alone(_PACKAGE):
            return _obtained(generation).binaries["promtool"]
    except NotObtained as error:
        raise CannotBeHad(f"promtool of {generation}: {error}") from error
    finally:
        os.environ.pop("STACKGEN_CACHE")
        if before is not None:
            os.environ["STACKGEN_CACHE"] = before


def _obtained(generation: str) -> Obtained:
    try:
        return from_cache(_PACKAGE)
    except NotObtained:
        return from_go(_PACKAGE, print) if generation == "newest" else _from_suite(generation)


def _from_suite(suite: str) -> Obtained:
    """The package of another release of Debian, with apt's lists and sources of our own."""
    if not shutil.which("apt-get"):
        raise NotObtained("no apt here")
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    if not sources.exists():
        raise NotObtained("this is no Debian")
    mirror = next(line.split()[1] for line in sources.read_text().splitlines() if line.startswith("URIs:"))

    def unpack(stage: Path) -> None:
        apt = stage / "apt"
        for folder in ("lists/partial", "cache/archives/partial", "parts"):
            (apt / folder).mkdir(parents=True)
        keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
        (apt / "sources.list").write_text(f"deb [signed-by={keyring}] {mirror} {suite} main\n")
        options = [
            "-o", f"Dir::Etc::sourcelist={apt / 'sources.list'}", "-o", f"Dir::Etc::sourceparts={apt / 'parts'}",
            "-o", f"Dir::State::lists={apt / 'lists'}", "-o", f"Dir::Cache={apt / 'cache'}",
            "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none",
        ]  # fmt: skip
        for words in (["update", "-qq"], ["download", "-qq", "prometheus"], ["download", "-qq", "promtool"]):
            subprocess.run(["apt-get", *options, *words], cwd=stage, capture_output=True, timeout=240, check=False)
        for file in stage.glob("*.deb"):
            subprocess.run(["dpkg", "-x", file.name, "root"], cwd=stage, check=True, capture_output=True)
            file.unlink()
        shutil.rmtree(apt)

    return keep(_PACKAGE, suite, unpack)


def available(generation: str) -> Path:
    """As `promtool`, but the one that the project itself obtains for `bookworm`, where it is of that generation."""
    if generation == "bookworm":
        own = ensure(_PACKAGE, print)
        if own.version[:2] == (2, 42):
            return own.binaries["promtool"]
    return promtool(generation)
