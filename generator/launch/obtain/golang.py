"""A build with the Go toolchain, from the project's own module: slow, but it works wherever there is a Go proxy."""

import os
import shutil
import subprocess
from pathlib import Path

from generator.launch.obtain.package import NotObtained, Obtained, Package, last_words
from generator.launch.obtain.recipe import MODULES
from generator.launch.obtain.release import Progress
from generator.launch.obtain.store import keep

_PATIENCE = 1500.0


def from_go(package: Package, say: Progress) -> Obtained:
    """Build all tools of the package. Raises NotObtained with the compiler's last line."""
    if not package.module:
        raise NotObtained("no Go module builds it")
    go = shutil.which("go")
    if go is None:
        raise NotObtained("no Go toolchain on PATH")

    def build(stage: Path) -> None:
        say(f"{package.name}: building {package.built} with Go; the first time takes minutes")
        work = stage / "work"
        programs = _own_module(package, work) if package.own else _published_module(go, package, work)
        flags = ["-trimpath", "-ldflags", f"-s -w -X {package.stamp.format(built=package.built)}"]
        if package.tags:
            flags += ["-tags", package.tags]
        # The sums of our own modules are committed: whatever they do not vouch for stops the build.
        modules = "readonly" if package.own else "mod"
        target = stage / "bin"
        target.mkdir()
        output = str(target / package.server) if programs == ["."] else f"{target}{os.sep}"
        _run([go, "build", *flags, "-o", output, *programs], work, modules=modules)
        shutil.rmtree(work)

    return keep(package, "go", build)


def _published_module(go: str, package: Package, work: Path) -> list[str]:
    """A module that asks for the program's, because `go install path@version` refuses those that replace or exclude others."""
    path, _, version = package.module.partition("@")
    programs = [f"{path}/cmd/{tool}" for tool in package.tools]
    work.mkdir()
    _run([go, "mod", "init", "stackgen.invalid/tools"], work)
    _run([go, "get", *(f"{program}@{version}" for program in programs)], work)
    return programs


def _own_module(package: Package, work: Path) -> list[str]:
    shutil.copytree(MODULES / package.own, work)
    return [package.module]


def _run(command: list[str], folder: Path, *, modules: str = "mod") -> None:
    environment = os.environ | {"GOFLAGS": f"-mod={modules} -buildvcs=false", "CGO_ENABLED": "0", "GOWORK": "off"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_PATIENCE,
                              check=False, stdin=subprocess.DEVNULL)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotObtained(f"go {command[1]}: {error}") from error
    if done.returncode != 0:
        raise NotObtained(last_words(done.stderr, f"go {command[1]}"))
