"""The project's official release archive, checked against its published checksums."""

import hashlib
import http.client
import os
import platform
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from generator.launch.obtain.package import NotObtained, Obtained, Package
from generator.launch.obtain.store import keep

_SILENCE = 3.0
"""Seconds without an answer after which the network counts as dead."""
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "armv7l": "armv7"}

Progress = Callable[[str], None]


def from_release(package: Package, say: Progress) -> Obtained:
    """Download, verify, unpack. Raises NotObtained; nothing unverified is ever unpacked."""
    if not package.repository:
        raise NotObtained("no archive with exactly these parts is released")
    base = os.environ.get("STACKGEN_RELEASES_URL", "https://github.com")
    machine = _MACHINES.get(platform.machine().lower())
    if machine is None:
        raise NotObtained(f"no archive for {platform.machine()}")
    stem = f"{package.name}-{package.release}.{platform.system().lower()}-{machine}"
    folder = f"{base.rstrip('/')}/{package.repository}/releases/download/v{package.release}"
    sums = _get(f"{folder}/sha256sums.txt").decode("ascii", "replace")
    wanted = next((line.split()[0] for line in sums.splitlines() if line.endswith(f"{stem}.tar.gz")), None)
    if wanted is None:
        raise NotObtained(f"no checksum is published for {stem}.tar.gz")
    say(f"{package.name}: downloading {package.release}")
    data = _get(f"{folder}/{stem}.tar.gz")
    if hashlib.sha256(data).hexdigest() != wanted:
        raise NotObtained(f"{stem}.tar.gz does not match its checksum")

    def unpack(stage: Path) -> None:
        archive = stage / "archive.tar.gz"
        archive.write_bytes(data)
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(stage, filter="data")
        except (tarfile.TarError, OSError, EOFError) as error:
            raise NotObtained(f"{stem}.tar.gz cannot be unpacked: {error}") from error
        archive.unlink()

    return keep(package, "release", unpack)


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
