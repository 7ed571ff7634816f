"""The distribution's package, unpacked without installing it: nothing of the system changes, and no root is needed."""

import shutil
import subprocess
from pathlib import Path

from generator.launch.obtain.package import NotObtained, Obtained, Package, cache_folder, last_words
from generator.launch.obtain.release import Progress
from generator.launch.obtain.store import keep

_OWN = ("debian.sources", "ubuntu.sources", "raspbian.sources")
_ETC = Path("/etc/apt")


def from_debian(package: Package, say: Progress) -> Obtained:
    """apt-get download and dpkg -x, with the machine's own lists, else with fresh ones of our own. Raises NotObtained."""
    if not package.debian:
        raise NotObtained("no distribution packages it")
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise NotObtained("this system has no apt")

    def unpack(stage: Path) -> None:
        say(f"{package.name}: unpacking the distribution's package")
        files = _download(package, stage, [])
        if not files:
            options = _own_lists()
            say(f"{package.name}: reading the distribution's package lists")
            _run(["apt-get", *options, "update", "-qq"], stage, 120)
            files = _download(package, stage, options)
        if not files:
            raise NotObtained(f"the distribution has no package {package.debian[0]} that can be downloaded")
        for file in files:
            _run(["dpkg", "-x", file.name, "root"], stage, 60, must=True)
            file.unlink()
        _relocate(package, stage / "root")

    return keep(package, "debian", unpack, folder="root")


def _relocate(package: Package, root: Path) -> None:
    """Let a server find its files below the folder that it is started in, instead of where an installation puts them.

    The path inside the binary is replaced by a relative one of the same length, as Conda does with its prefixes.
    """
    if not package.assets:
        return
    fixed, relative = package.assets.encode(), f"{package.assets[1:]}/".encode()
    for binary in (root / "usr" / "bin").iterdir():
        data = binary.read_bytes()
        if fixed in data:
            binary.write_bytes(data.replace(fixed, relative))


def _download(package: Package, stage: Path, options: list[str]) -> list[Path]:
    for name in package.debian:
        # The second name is a tool's own package in newer releases, and not there in older ones.
        _run(["apt-get", *options, "-o", "APT::Sandbox::User=root", "download", "-qq", name], stage, 180)
    found = sorted(stage.glob("*.deb"))
    return found if any(file.name.startswith(f"{package.debian[0]}_") for file in found) else []


def _own_lists() -> list[str]:
    """Options for lists and caches of our own, of the distribution's sources only: others may be slow or gone."""
    base = cache_folder() / "apt"
    parts = base / "parts"
    for folder in (base / "lists" / "partial", base / "cache" / "archives" / "partial", parts):
        folder.mkdir(parents=True, exist_ok=True)
    for name in _OWN:
        link = parts / name
        link.unlink(missing_ok=True)
        if (_ETC / "sources.list.d" / name).exists():
            link.symlink_to(_ETC / "sources.list.d" / name)
    return [
        "-o", f"Dir::Etc::sourceparts={parts}",
        "-o", f"Dir::State::lists={base / 'lists'}",
        "-o", f"Dir::Cache={base / 'cache'}",
        "-o", "APT::Sandbox::User=root",
        "-o", "Acquire::Languages=none",
        "-o", "Acquire::Retries=0",
        "-o", "Acquire::http::Timeout=10",
    ]  # fmt: skip


def _run(command: list[str], folder: Path, seconds: float, *, must: bool = False) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise NotObtained(f"{' '.join(command[:1])} took longer than {seconds:.0f} s") from error
    except OSError as error:
        raise NotObtained(f"{command[0]}: {error.strerror}") from error
    if must and done.returncode:
        raise NotObtained(last_words(done.stderr, command[0]))
