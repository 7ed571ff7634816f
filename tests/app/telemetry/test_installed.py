"""The kit works where it is copied, and where it is installed, under either name."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

USE = """
import sys
from {name} import configure, llm_call
from {name}.openai import observed
from {name}.anthropic import observed
kit = configure(sys.argv[1], log_file="log")
with llm_call(endpoint="chat", model="gpt-4o-mini") as call:
    call.answered("fine", {{"input": 1, "output": 1}})
kit.close()
assert len(open("log").read().splitlines()) == 2
assert not [one for one in sys.modules if one.startswith(("openai", "anthropic", "opentelemetry.sdk", "fsspec"))]
"""


def used(folder: Path, name: str, repository: Path) -> None:
    """As a package of that name in that folder."""
    done = subprocess.run(
        [sys.executable, "-c", USE.format(name=name), repository / "stack/app/contract.json"],
        cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_copied_folder_works_under_any_name(tmp_path: Path, repository: Path) -> None:
    """Nothing in it knows where it lies, and no SDK is imported."""
    shutil.copytree(repository / "examples/app/telemetry", tmp_path / "observing")
    used(tmp_path, "observing", repository)


def test_the_wheel_has_it(tmp_path: Path, repository: Path) -> None:
    """As `llm_telemetry`, beside the generator."""
    build = f"import os, sys; os.chdir({str(repository)!r}); from hatchling import build; build.build_wheel({str(tmp_path)!r})"
    done = subprocess.run([sys.executable, "-c", build], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    used(tmp_path / "installed", "llm_telemetry", repository)
