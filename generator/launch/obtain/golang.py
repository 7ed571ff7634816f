"""A build with the Go toolchain, from the project's own module: slow, but it works wherever there is a Go proxy."""

import os
import shutil
import subprocess
from pathlib import Path

from generator.launch.obtain.package import NotObtained, Obtained, Package
from generator.launch.obtain.release import Progress
from generator.launch.obtain.store import keep

_PATIENCE = 1500.0
_MODULES = Path(__file__).parent / "modules"
_VERSION = "github.com/prometheus/common/version.Version"


def from_go(package: Package, say: Progress) -> Obtained:
    """Build all tools of the package. Raises NotObtained with the compiler's last line."""
    if not package.module and not package.own:
        raise NotObtained("its Go module does not build without generated files")
    go = shutil.which("go")
    if go is None:
        raise NotObtained("no Go toolchain on PATH")

    def build(stage: Path) -> None:
        say(f"{package.name}: building {package.built} with Go; the first time takes minutes")
        work = stage / "work"
        fill = _own_program if package.own else _published_program
        fill(go, package, work, stage / "bin")
        shutil.rmtree(work)

    return keep(package, "go", build)


def _published_program(go: str, package: Package, work: Path, target: Path) -> None:
    path, _, version = package.module.partition("@")
    commands = [f"{path}/cmd/{tool}" for tool in package.tools]
    work.mkdir()
    # A module of our own, because `go install path@version` refuses modules that replace or exclude others.
    _run([go, "mod", "init", "stackgen.invalid/tools"], work)
    _run([go, "get", *(f"{command}@{version}" for command in commands)], work)
    flags = ["-tags", package.tags, "-trimpath", "-ldflags", f"-s -w -X {_VERSION}={package.built}"]
    _run([go, "build", *flags, "-o", f"{target}{os.sep}", *commands], work)


def _own_program(go: str, package: Package, work: Path, target: Path) -> None:
    shutil.copytree(_MODULES / package.own, work)
    flags = ["-trimpath", "-ldflags", f"-s -w -X main.version={package.built}"]
    # The sums are committed: whatever they do not vouch for stops the build.
    _run([go, "build", *flags, "-o", str(target / next(iter(package.tools))), "."], work, modules="readonly")


def _run(command: list[str], folder: Path, *, modules: str = "mod") -> None:
    environment = os.environ | {"GOFLAGS": f"-mod={modules} -buildvcs=false", "CGO_ENABLED": "0", "GOWORK": "off"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_PATIENCE,
                              check=False, stdin=subprocess.DEVNULL)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotObtained(f"go {command[1]}: {error}") from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise NotObtained(f"go {command[1]}: {last[:200]}")
