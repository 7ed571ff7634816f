"""What a Go build is made of, as one word: a binary in the cache that was built otherwise is not the one that is wanted."""

import hashlib
from pathlib import Path

from generator.launch.obtain.package import Package

MODULES = Path(__file__).parent / "modules"
"""Folders with a Go module each, and its sums."""


def recipe(package: Package) -> str:
    """Of the module and its version, the flags, and every file of a module of ours."""
    words = [package.module, package.built, package.tags, package.stamp]
    digest = hashlib.sha256(repr(words).encode())
    if package.own:
        for file in sorted((MODULES / package.own).iterdir()):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
