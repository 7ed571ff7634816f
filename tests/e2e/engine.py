"""A Docker engine of the tests' own, from Debian's packages, and images under official names, made from what is on this machine.

Nothing is pulled, no rule of the machine's own firewall is touched, and the engine ends with the tests. An image made here proves how the
stack is wired, not what the official image holds.
"""

import os
import shutil
import signal
import subprocess
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path

from generator.launch.obtain.ensure import CannotBeHad
from generator.launch.obtain.package import cache_folder

_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
# The engine of Debian 13 is new enough for `start_interval`, and its Compose is the oldest that the stack is made for.
_ENGINE = {
    "trixie": ("docker.io", "docker-cli", "docker-compose", "docker-buildx", "containerd"),
    # Debian 13's runc needs a newer C library than Debian 12 has.
    "bookworm": (
        "runc",
        "busybox-static",
        "iptables",
        "libip4tc2",
        "libip6tc2",
        "libnetfilter-conntrack3",
        "libnfnetlink0",
        "libxtables12",
        "libmnl0",
        "libnftnl11",
    ),
}
_PYTHON = (
    "libc6", "libgcc-s1", "libstdc++6", "dash", "coreutils", "libacl1", "libattr1", "libselinux1", "libpcre2-8-0", "libgmp10",
    "zlib1g", "libssl3", "libffi8", "libsqlite3-0", "libbz2-1.0", "liblzma5", "libexpat1", "libuuid1", "libcrypt1", "libreadline8",
    "libtinfo6", "libncursesw6", "libdb5.3", "libnsl2", "libtirpc3", "libgssapi-krb5-2", "libkrb5-3", "libk5crypto3", "libcom-err2",
    "libkrb5support0", "libkeyutils1", "media-types", "python3.11", "python3.11-minimal", "libpython3.11-minimal",
    "libpython3.11-stdlib", "python3-pip", "python3-setuptools", "python3-wheel", "python3-pkg-resources", "python3-distutils",
    "python3-lib2to3",
)  # fmt: skip


@dataclass
class Engine:
    """`root` holds the programs, `run` sockets, data and logs."""

    root: Path
    run: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def environment(self) -> dict[str, str]:
        """For every `docker` that is meant to ask this engine."""
        path = f"{self.root}/usr/bin:{self.root}/usr/sbin:{os.environ['PATH']}"
        return os.environ | {
            "PATH": path, "DOCKER_HOST": f"unix://{self.run}/docker.sock", "DOCKER_CONFIG": str(self.run / "config"),
        }  # fmt: skip

    @property
    def _daemon(self) -> dict[str, str]:
        # Inside each container, and only there, the engine sends questions for names to itself by a rule of the firewall.
        libraries = self.root / "usr/lib/x86_64-linux-gnu"
        return self.environment | {"LD_LIBRARY_PATH": str(libraries), "XTABLES_LIBDIR": str(libraries / "xtables")}

    def start(self) -> None:
        """Until it answers. Raises CannotBeHad where this machine lets no engine run."""
        plugins = self.run / "config/cli-plugins"
        plugins.mkdir(parents=True)
        for plugin in (self.root / "usr/libexec/docker/cli-plugins").iterdir():
            (plugins / plugin.name).symlink_to(plugin)
        command = [
            "dockerd", "-H", f"unix://{self.run}/docker.sock", "--data-root", str(self.run / "data"),
            "--exec-root", str(self.run / "exec"), "--pidfile", str(self.run / "dockerd.pid"),
            # Containers reach each other over their bridge and are published by a proxy: no firewall rule is needed.
            # No default bridge either: it may be that of an engine of the machine's own.
            "--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false",
        ]  # fmt: skip
        with (self.run / "log").open("wb") as log:
            self.process = subprocess.Popen(command, env=self._daemon, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 40
        while self.docker("version").returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                last = (self.run / "log").read_text().strip().splitlines()[-1:]
                self.stop()
                raise CannotBeHad(f"no Docker engine runs here: {' '.join(last)}")
            time.sleep(0.2)

    def stop(self) -> None:
        """The engine and whatever it started, by their ids."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)

    def docker(self, *words: str | Path, seconds: float = 300) -> "subprocess.CompletedProcess[str]":
        """The command line client."""
        command = ["docker", *map(str, words)]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=seconds
        )  # fmt: skip

    def image(self, tag: str, files: dict[str, Path], lines: str) -> None:
        """From nothing but these files (path inside -> file here) and the lines of a Dockerfile."""
        context = self.run / "build"
        shutil.rmtree(context, ignore_errors=True)
        for inside, file in files.items():
            target = context / "files" / inside.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
        (context / "empty").mkdir(parents=True)
        (context / "Dockerfile").write_text(f"FROM scratch\nCOPY files /\n{lines}\n")
        done = self.docker("build", "--tag", tag, context)
        assert done.returncode == 0, done.stderr

    def python(self, tag: str) -> None:
        """An image with Python 3.11 and pip, and this machine's certificates, so that a build can install from its index."""
        root = self.run / "python"
        for package in debian("bookworm", _PYTHON):
            subprocess.run(["dpkg", "-x", package, root], check=True)
        for name in ("python", "python3"):
            link = root / "usr/bin" / name
            link.unlink(missing_ok=True)
            link.symlink_to("python3.11")
        for name in ("tmp", "var/lib", "etc/ssl/certs", "root"):
            (root / name).mkdir(parents=True, exist_ok=True)
        (root / "bin/sh").unlink(missing_ok=True)
        (root / "bin/sh").symlink_to("dash")
        (root / "usr/lib/python3.11/EXTERNALLY-MANAGED").unlink(missing_ok=True)
        for name in ("/etc/ssl/certs/ca-certificates.crt", "/etc/pip.conf"):
            if Path(name).exists():
                shutil.copy(name, root / name[1:])
        archive = self.run / "python.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(root, ".")
        assert self.docker("import", archive, tag).returncode == 0


def unpacked() -> Path:
    """The engine's programs. Raises CannotBeHad."""
    root = cache_folder() / "engine" / "root"
    if not root.exists():
        part = root.with_name(f".part-{os.getpid()}")
        for suite, names in _ENGINE.items():
            for package in debian(suite, names):
                subprocess.run(["dpkg", "-x", package, part], check=True)
        for name in ("iptables", "ip6tables"):
            (part / "usr/sbin" / name).symlink_to("xtables-nft-multi")
        part.rename(root)
    return root


def debian(suite: str, names: tuple[str, ...]) -> list[Path]:
    """These packages of a release of Debian, from the machine's own mirror. Raises CannotBeHad."""
    if os.geteuid() != 0 or not shutil.which("apt-get") or not _SOURCES.exists():
        raise CannotBeHad("a Docker engine for the tests needs root and Debian")
    mirror = next(line.split()[1] for line in _SOURCES.read_text().splitlines() if line.startswith("URIs:"))
    base = cache_folder() / "engine" / suite
    folder = base / "debs"
    if all(list(folder.glob(f"{name}_*.deb")) for name in names):
        return _files(folder, names)
    for inner in ("lists/partial", "cache/archives/partial", "parts", "debs"):
        (base / inner).mkdir(parents=True, exist_ok=True)
    (base / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {mirror} {suite} main\n")
    options = [
        "-o", f"Dir::Etc::sourcelist={base / 'sources.list'}", "-o", f"Dir::Etc::sourceparts={base / 'parts'}",
        "-o", f"Dir::State::lists={base / 'lists'}", "-o", f"Dir::Cache={base / 'cache'}",
        "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none",
    ]  # fmt: skip
    for words in (["update", "-qq"], ["download", "-qq", *names]):
        done = subprocess.run(["apt-get", *options, *words], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotBeHad(f"packages of {suite}: {done.stderr.strip().splitlines()[-1:]}")
    return _files(folder, names)


def _files(folder: Path, names: tuple[str, ...]) -> list[Path]:
    return [next(folder.glob(f"{name}_*.deb")) for name in names]
