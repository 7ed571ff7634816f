"""Official release archives, from a local server of the same layout: verified before anything is unpacked."""

import hashlib
import io
import platform
import tarfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.launch.obtain import release
from generator.launch.obtain.package import PACKAGES, NotObtained
from generator.launch.obtain.release import from_release
from generator.launch.obtain.store import from_cache

PACKAGE = PACKAGES["prometheus"]
MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "amd64")
STEM = f"prometheus-{PACKAGE.release}.linux-{MACHINE}"
SCRIPT = f"\x7f#!/bin/sh\necho 'prometheus, version {PACKAGE.release} (branch: test)'\n"


def archive(members: dict[str, bytes]) -> bytes:
    """A .tar.gz with executable files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o755
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


class Mirror:
    """What the server answers; `cut` breaks the archive off, `delay` makes it slow."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cut: int | None = None
        self.delay = 0.0
        self.asked: list[str] = []

    def publish(self, data: bytes, checksum: str | None = None) -> None:
        """An archive and its checksum, as releases have them."""
        base = f"/{PACKAGE.repository}/releases/download/v{PACKAGE.release}"
        wanted = checksum or hashlib.sha256(data).hexdigest()
        self.files = {f"{base}/{STEM}.tar.gz": data, f"{base}/sha256sums.txt": f"{wanted}  {STEM}.tar.gz\n".encode()}


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Mirror]:
    """The server, and an empty cache."""
    state = Mirror()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            time.sleep(state.delay)
            data = state.files.get(self.path)
            self.send_response(200 if data is not None else 404)
            data = data or b"no such file"
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: state.cut] if self.path.endswith(".gz") else data)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("STACKGEN_RELEASES_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("STACKGEN_CACHE", str(tmp_path / "cache"))
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def good(tmp_path: Path) -> bytes:
    """An archive whose programs run, built from a tiny real program."""
    import shutil
    import subprocess

    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler, and a script would not count as the program")
    source, program = tmp_path / "p.c", tmp_path / "p"
    source.write_text(
        f'#include <stdio.h>\nint main(void) {{ puts("prometheus, version {PACKAGE.release} (test)"); }}\n'
    )
    subprocess.run([compiler, "-o", program, source], check=True)
    data = program.read_bytes()
    return archive({f"{STEM}/prometheus": data, f"{STEM}/promtool": data, f"{STEM}/LICENSE": b"text"})


def nothing_is_left(tmp_path: Path) -> bool:
    cache = tmp_path / "cache"
    return not [path for path in cache.rglob("*") if path.is_file()] if cache.exists() else True


def test_a_good_archive_is_cached_and_not_asked_for_again(mirror: Mirror, good: bytes) -> None:
    """Both tools are there and run; the next time the cache answers."""
    mirror.publish(good)
    obtained = from_release(PACKAGE, print)
    assert obtained.way == "release"
    assert all(path.is_file() for path in obtained.binaries.values())
    assert ".".join(map(str, obtained.version)) == PACKAGE.release
    assert from_cache(PACKAGE).binaries == obtained.binaries


def test_a_wrong_checksum_is_never_unpacked(mirror: Mirror, good: bytes, tmp_path: Path) -> None:
    """The reason names the archive."""
    mirror.publish(good, checksum="0" * 64)
    with pytest.raises(NotObtained, match="does not match its checksum"):
        from_release(PACKAGE, print)
    assert nothing_is_left(tmp_path)


def test_a_download_that_breaks_off_is_noticed(mirror: Mirror, good: bytes, tmp_path: Path) -> None:
    """Half an archive is none."""
    mirror.publish(good)
    mirror.cut = 1000
    with pytest.raises(NotObtained, match=r"broke off|cannot be reached"):
        from_release(PACKAGE, print)
    assert nothing_is_left(tmp_path)


def test_an_archive_that_is_none_leaves_nothing(mirror: Mirror, tmp_path: Path) -> None:
    """The right checksum of rubbish."""
    mirror.publish(b"rubbish" * 100)
    with pytest.raises(NotObtained, match="cannot be unpacked"):
        from_release(PACKAGE, print)
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil-stackgen"])
def test_a_path_that_leaves_the_folder_is_refused(mirror: Mirror, tmp_path: Path, name: str) -> None:
    """Even from a server that is trusted."""
    mirror.publish(archive({name: b"evil"}))
    with pytest.raises(NotObtained):
        from_release(PACKAGE, print)
    assert nothing_is_left(tmp_path)
    assert not (tmp_path.parent / "evil").exists()
    assert not Path("/tmp/evil-stackgen").exists()


def test_a_missing_release_says_which_address(mirror: Mirror) -> None:
    """With the status that the server gave."""
    with pytest.raises(NotObtained, match=r"sha256sums\.txt answers 404"):
        from_release(PACKAGE, print)


def test_a_server_that_says_nothing_is_left_soon(mirror: Mirror, good: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next way is tried instead of waiting."""
    monkeypatch.setattr(release, "_SILENCE", 0.3)
    mirror.publish(good)
    mirror.delay = 2.0
    began = time.monotonic()
    with pytest.raises(NotObtained, match="cannot be reached"):
        from_release(PACKAGE, print)
    assert time.monotonic() - began < 1.5


def test_an_archive_without_the_tool_is_refused(mirror: Mirror, tmp_path: Path) -> None:
    """It names the tool."""
    mirror.publish(archive({f"{STEM}/README": b"text"}))
    with pytest.raises(NotObtained, match="prometheus is not inside"):
        from_release(PACKAGE, print)
    assert nothing_is_left(tmp_path)
