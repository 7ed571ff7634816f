"""Files of this machine that containers read: each must be open to the container's user, and a changed one is read anew."""

import hashlib
import os
import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.configs.compose_app import STORE
from generator.configs.container import inputs_variable
from generator.launch.docker_engine import Engine
from generator.launch.project import Project

_STORE_FILE = "EVALS_STORE_FILE"
_READ, _ENTER = 4, 1
_ACL = "system.posix_acl_access"
_ACL_USER, _ACL_MASK = 0x02, 0x10


@dataclass(frozen=True)
class Secret:
    """A file that is mounted into a service's container, whose process has these ids."""

    name: str
    file: Path
    service: str
    uid: int
    gid: int


def secrets(project: Project, profiles: Collection[str]) -> list[Secret]:
    """Of the services that start; without that of the database of verdicts, where nobody names one."""
    found = []
    for service, told in project.services(profiles).items():
        uid, gid = (int(number) for number in str(told["user"]).split(":"))
        for name in told.get("secrets", []):
            named = os.environ.get(_STORE_FILE, "") if name == STORE[0] else str(project.tree["secrets"][name]["file"])
            if named:
                # What a person names is relative to where they are, what the file names to the file.
                base = Path.cwd() if name == STORE[0] else project.file.parent
                found.append(Secret(name, Path(os.path.normpath(base / named)), service, uid, gid))
    return found


def closed(listed: list[Secret], engine: Engine, say: Callable[[str], None]) -> str:
    """Which files the containers could not read, each with the command that mends it; empty where they can read all."""
    if missing := [one for one in listed if not one.file.is_file()]:
        return "\n".join(f"{one.file}, which {one.service} is to read, is not a file that is there" for one in missing)
    shut = [] if engine.desktop else [one for one in listed if not allowed(one.file, one.uid, one.gid)]
    if not engine.shifted:
        return "\n".join(_mend(one) for one in shut)
    for one in shut:
        say(
            f"note: {one.file} is not open to everybody, and this engine gives the users of containers other ids outside, "
            f"so {one.service} may not be able to read it; {_anybody(one.file)}"
        )
    return ""


def allowed(path: Path, uid: int, gid: int, bit: int = _READ) -> bool:
    """Whether a process with these ids may read the file itself (bit 4) or enter the folder (1); true where nothing is there."""
    try:
        status = path.stat()
    except OSError:
        return True
    if status.st_uid == uid:
        return bool(status.st_mode >> 6 & bit)
    if (granted := _granted(path, uid)) is not None:
        return bool(granted & bit)
    return bool(status.st_mode >> (3 if status.st_gid == gid else 0) & bit)


def unread(file: Path, uid: int, gid: int) -> bool:
    """Whether the log file is there and its folder, mounted into a container, or itself is closed to these ids."""
    return file.exists() and not (allowed(file, uid, gid) and allowed(file.parent, uid, gid, _ENTER))


def inputs(project: Project, listed: list[Secret]) -> dict[str, str]:
    """Variables for `up`, one a service: another value, another container. Nothing of a secret's text is in them."""
    found = {}
    for service, told in project.services(profiles=_every(project)).items():
        digest = hashlib.sha256()
        for volume in told.get("volumes", []):
            if volume.startswith("./"):
                for text in _contents(project.file.parent / volume.split(":")[0]):
                    digest.update(hashlib.sha256(text).digest())
        for one in listed:
            if one.service == service and one.file.exists():
                # A file that an editor has replaced is another one, which a running container does not see.
                status = one.file.stat()
                digest.update(f"{status.st_dev} {status.st_ino} {status.st_mtime_ns} {status.st_size}".encode())
        found[inputs_variable(service)] = digest.hexdigest()[:16]
    return found


def store_file(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The file with the database's address by a path that Compose understands as the person does."""
    told = environ.get(_STORE_FILE, "")
    return {_STORE_FILE: str(Path(told).absolute())} if told else {}


def _every(project: Project) -> set[str]:
    return {profile for one in project.tree.get("services", {}).values() for profile in one.get("profiles", [])}


def _contents(path: Path) -> Iterator[bytes]:
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    for file in files:
        if file.exists():
            yield str(file.relative_to(path)).encode()
            yield file.read_bytes()


def _mend(one: Secret) -> str:
    sudo = "" if os.geteuid() == 0 else "sudo "
    return (
        f"{one.file} cannot be read by {one.service}, which is user {one.uid} in its container, and would be noticed only when it is needed. "
        f"Mend it with\n  {sudo}chown {one.uid} {one.file}\n"
        f"or, to keep its owner,\n  {sudo}setfacl -m u:{one.uid}:r {one.file}\nor, {_anybody(one.file)}"
    )


def _anybody(file: Path) -> str:
    """A container gets the file and not its folder, which can keep the others of this machine out."""
    return f"where {file.parent} holds nothing else,\n  chmod 700 {file.parent} && chmod 644 {file}"


def _granted(path: Path, uid: int) -> int | None:
    """What the file's access list allows this user by id; None where it has none for them."""
    try:
        raw = os.getxattr(path, _ACL)
    except (OSError, AttributeError):
        return None
    entries = [struct.unpack_from("<HHI", raw, place) for place in range(4, len(raw), 8)]
    mask = next((bits for tag, bits, _who in entries if tag == _ACL_MASK), 7)
    return next((bits & mask for tag, bits, who in entries if tag == _ACL_USER and who == uid), None)
