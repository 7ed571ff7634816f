"""Try the ways in order; say why each one that failed did."""

from collections.abc import Callable

from generator.launch.obtain.debian import from_debian
from generator.launch.obtain.golang import from_go
from generator.launch.obtain.package import NotObtained, Obtained, Package, cache_folder
from generator.launch.obtain.path import from_path
from generator.launch.obtain.release import Progress, from_release
from generator.launch.obtain.store import alone, from_cache
from generator.launch.room import shortage

_ROOM = 500_000_000
"""Bytes: an archive and what is unpacked from it."""


class CannotBeHad(Exception):  # noqa: N818  # what the person reads
    """No way worked; the message has one line a way with its reason."""


_Ways = tuple[tuple[str, Callable[[], Obtained]], ...]


def at_hand(package: Package) -> Obtained | None:
    """Binaries that are on this machine already, or None; takes no time."""
    for _way, attempt in _quick(package):
        try:
            return attempt()
        except NotObtained:
            continue
    return None


def _quick(package: Package) -> _Ways:
    return ("PATH", lambda: from_path(package)), ("cache", lambda: from_cache(package))


def ensure(package: Package, say: Progress) -> Obtained:
    """Binaries of the package from the first way that works. Raises CannotBeHad."""
    reasons = []
    quick = _quick(package)
    slow: _Ways = (
        ("release archive", lambda: from_release(package, say)),
        ("distribution's package", lambda: from_debian(package, say)),
        ("Go toolchain", lambda: from_go(package, say)),
    )
    for way, attempt in quick:
        try:
            return attempt()
        except NotObtained as error:
            reasons.append(f"  {way}: {error}")
    if told := shortage(cache_folder(), _ROOM):
        raise CannotBeHad(
            f"{package.name} is not on this machine, and nothing was downloaded: {told}, or name another folder in STACKGEN_CACHE."
        )
    with alone(package):
        # Somebody else may have obtained it while we waited.
        for way, attempt in (quick[1], *slow):
            try:
                return attempt()
            except (NotObtained, OSError) as error:
                reasons.append(f"  {way}: {error}")
    lines = "\n".join(dict.fromkeys(reasons))
    raise CannotBeHad(
        f"{package.name} cannot be had here:\n{lines}\nInstall it so that it is on PATH, or connect to the network."
    )
