"""The project's official release archive, checked against its published checksums."""

import hashlib
import http.client
import os
import platform
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

from generator.launch.obtain.package import NotObtained, Obtained, Package
from generator.launch.obtain.store import keep

_SILENCE = 3.0
"""Seconds without an answer after which the network counts as dead."""
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "armv7l": "armv7"}

Progress = Callable[[str], None]


def from_release(package: Package, say: Progress) -> Obtained:
    """Download, verify, unpack. Raises NotObtained; nothing unverified is ever kept."""
    release, words = package.release, _words(package)
    base = os.environ.get("STACKGEN_RELEASES_URL", release.host).rstrip("/")
    path = release.archive.format(**words)
    name = path.rpartition("/")[2]
    sums = _sums(_get(f"{base}/{release.sums.format(**words)}"), name)
    say(f"{package.name}: downloading {package.released}")
    data = _get(f"{base}/{path}")
    wanted = sums.pop(name, None)
    if wanted and hashlib.sha256(data).hexdigest() != wanted:
        raise NotObtained(f"{name} does not match its checksum")
    if not wanted and not sums:
        raise NotObtained(f"no checksum is published for {name}")

    def unpack(stage: Path) -> None:
        _unpack(data, name, stage)
        if not wanted:
            _verify(stage, sums, name)

    return keep(package, "release", unpack)


def _words(package: Package) -> dict[str, str]:
    machine = _MACHINES.get(platform.machine().lower())
    if machine is None:
        raise NotObtained(f"no archive for {platform.machine()}")
    return {"version": package.released, "os": platform.system().lower(), "machine": machine}


def _sums(listed: bytes, archive: str) -> dict[str, str]:
    """Checksums by file name; a file that holds nothing but one checksum is the archive's."""
    lines = [line.split() for line in listed.decode("ascii", "replace").splitlines() if line.strip()]
    if len(lines) == 1 and len(lines[0]) == 1:
        return {archive: lines[0][0].lower()}
    return {words[1].lstrip("*").removeprefix("./"): words[0].lower() for words in lines if len(words) == 2}


def _unpack(data: bytes, name: str, stage: Path) -> None:
    archive = stage / f".{name}"
    archive.write_bytes(data)
    try:
        if name.endswith(".zip"):
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(stage)  # noqa: S202  # zipfile keeps members inside, and the sum was right
            # A zip made elsewhere may not know which of its files are programs.
            for file in stage.iterdir():
                if file.is_file():
                    file.chmod(0o755)
        else:
            with tarfile.open(archive) as tar:
                tar.extractall(stage, filter="data")
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise NotObtained(f"{name} cannot be unpacked: {error}") from error
    archive.unlink()


def _verify(stage: Path, sums: dict[str, str], name: str) -> None:
    """Some projects publish the checksums of what is in the archive instead of the archive's own: every file must have one."""
    for file in sorted(path for path in stage.rglob("*") if path.is_file()):
        inside = file.relative_to(stage).as_posix()
        wanted = sums.get(inside, sums.get(file.name))
        if wanted is None and os.access(file, os.X_OK):
            raise NotObtained(f"no checksum is published for {inside} of {name}")
        if wanted is not None and hashlib.sha256(file.read_bytes()).hexdigest() != wanted:
            raise NotObtained(f"{inside} of {name} does not match its checksum")


def _get(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=_SILENCE) as response:
            data: bytes = response.read()
    except urllib.error.HTTPError as error:
        raise NotObtained(f"{url} answers {error.code}") from error
    except http.client.IncompleteRead as error:
        raise NotObtained(f"{url} broke off after {len(error.partial)} bytes") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise NotObtained(f"{url.split('/')[2]} cannot be reached: {reason}") from error
    return data
