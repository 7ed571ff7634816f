"""Official release archives, from a local server of the same layout: verified before anything is unpacked."""

import hashlib
import io
import platform
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.launch.obtain import release
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.package import NotObtained
from generator.launch.obtain.release import from_release
from generator.launch.obtain.store import from_cache
from tests.launch.conftest import program

PACKAGE = PACKAGES["prometheus"]
MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "amd64")
STEM = f"prometheus-{PACKAGE.released}.linux-{MACHINE}"
SCRIPT = f"\x7f#!/bin/sh\necho 'prometheus, version {PACKAGE.released} (branch: test)'\n"


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
        base = f"/prometheus/prometheus/releases/download/v{PACKAGE.released}"
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
    data = program(tmp_path, f"prometheus, version {PACKAGE.released} (test)")
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
    assert ".".join(map(str, obtained.version)) == PACKAGE.released
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


def test_a_zip_whose_files_are_no_programs_yet(mirror: Mirror, tmp_path: Path) -> None:
    """Loki publishes its binary so, under the machine's name."""
    package = PACKAGES["loki"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(f"loki-linux-{MACHINE}", program(tmp_path, f"loki, version {package.released} (test)"))
    base = f"/grafana/loki/releases/download/v{package.released}"
    name, data = f"loki-linux-{MACHINE}.zip", buffer.getvalue()
    mirror.files = {
        f"{base}/{name}": data,
        f"{base}/SHA256SUMS": f"{hashlib.sha256(data).hexdigest()}  {name}\n".encode(),
    }
    assert from_release(package, print).binaries["loki"].name == f"loki-linux-{MACHINE}"


@pytest.mark.parametrize("wrong", [False, True])
def test_checksums_of_what_is_inside(mirror: Mirror, tmp_path: Path, wrong: bool) -> None:
    """Jaeger publishes one for each file of the archive, and none for the archive."""
    package = PACKAGES["jaeger"]
    stem = f"jaeger-{package.released}-linux-{MACHINE}"
    binary = program(tmp_path, f'{{\\"gitVersion\\":\\"v{package.released}\\"}}')
    base = f"/jaegertracing/jaeger/releases/download/v{package.released}"
    told = "0" * 64 if wrong else hashlib.sha256(binary).hexdigest()
    mirror.files = {
        f"{base}/{stem}.tar.gz": archive({f"{stem}/jaeger": binary}),
        f"{base}/{stem}.sha256sum.txt": f"{told} *{stem}/jaeger\n".encode(),
    }
    if wrong:
        with pytest.raises(NotObtained, match=r"jaeger of .* does not match its checksum"):
            from_release(package, print)
        assert nothing_is_left(tmp_path)
    else:
        assert from_release(package, print).version == (2, 20, 0)


def test_a_program_without_a_checksum_is_refused(mirror: Mirror, tmp_path: Path) -> None:
    """Where only something else in the archive has one."""
    package = PACKAGES["jaeger"]
    stem = f"jaeger-{package.released}-linux-{MACHINE}"
    base = f"/jaegertracing/jaeger/releases/download/v{package.released}"
    mirror.files = {
        f"{base}/{stem}.tar.gz": archive({f"{stem}/jaeger": b"anything"}),
        f"{base}/{stem}.sha256sum.txt": f"{'0' * 64} {stem}/LICENSE\n".encode(),
    }
    with pytest.raises(NotObtained, match=r"no checksum is published for .*jaeger"):
        from_release(package, print)
    assert nothing_is_left(tmp_path)


def test_a_file_that_is_nothing_but_a_checksum(mirror: Mirror, tmp_path: Path) -> None:
    """Grafana publishes it so, on another server than the others."""
    package = PACKAGES["grafana"]
    data = archive(
        {f"grafana-{package.released}/bin/grafana": program(tmp_path, f"grafana version {package.released}")}
    )
    path = f"/{package.release.archive.format(version=package.released, os='linux', machine=MACHINE)}"
    mirror.files = {path: data, f"{path}.sha256": hashlib.sha256(data).hexdigest().encode()}
    assert from_release(package, print).binaries["grafana"].parent.name == "bin"


def test_every_package_names_its_archive_and_its_checksums(mirror: Mirror) -> None:
    """Of each, and with every part of its name filled in, as a server without them was asked."""
    for package in PACKAGES.values():
        with pytest.raises(NotObtained, match=r"answers 404"):
            from_release(package, print)
    assert len(set(mirror.asked)) == len(PACKAGES)
    assert not [path for path in mirror.asked if "{" in path]
