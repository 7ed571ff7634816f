"""Binaries that are installed already."""

import shutil
from pathlib import Path

from generator.launch.obtain.package import NotObtained, Obtained, Package, version_of


def from_path(package: Package) -> Obtained:
    """All tools of the package on PATH, new enough. Raises NotObtained."""
    found = {}
    for tool, names in package.tools.items():
        where = next((path for name in names if (path := shutil.which(name))), None)
        if where is None:
            raise NotObtained(f"{tool} is not on PATH")
        found[tool] = Path(where)
    version = version_of(found[package.server], package.version)
    if version < package.oldest:
        raise NotObtained(f"{found[package.server]} is older than {'.'.join(map(str, package.oldest))}")
    return Obtained(package.name, version, "PATH", found)
