"""What the documentation shows is what happens: every example is run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from generator.pipeline import artifacts
from generator.resolve import resolve
from generator.spec.load import parse

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
DEFAULTS = "service: {name: support-bot}\nmodels: [{name: gpt-4o-mini, provider: openai}]\n"


def blocks(language: str) -> list[object]:
    """Every block of a language, each named by page and line."""
    return [
        pytest.param(re.sub(f"^{match[1]}", "", match[3], flags=re.MULTILINE), id=f"{page.relative_to(ROOT)}:{page.read_text()[: match.start()].count(chr(10)) + 1}")
        for page in PAGES for match in BLOCK.finditer(page.read_text()) if match[2] == language
    ]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a clone has, as far as examples read it."""
    for name in ("stack", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name in ("spec.yaml", "Makefile"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("text", blocks("python"))
def test_python_runs(text: str, folder: Path) -> None:
    """As a script, with the kit on its path."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "examples")}
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", blocks("yaml"))
def test_a_piece_of_a_spec_is_valid(text: str) -> None:
    """Beside defaults for what it leaves out, it loads and renders."""
    tree = {**yaml.safe_load(DEFAULTS), **yaml.safe_load(text)}
    spec, _tree = parse(yaml.safe_dump(tree), "spec.yaml")
    assert artifacts(resolve(spec, spec_name="spec.yaml"))


@pytest.mark.parametrize("text", blocks("console"))
def test_a_session_prints_what_it_shows(text: str, folder: Path) -> None:
    """Every command succeeds, or fails as shown; where output is shown, all of it is."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
        done = subprocess.run(
            ["sh", "-c", f"{command} 2>&1"], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if shown:
            assert done.stdout.strip() == shown.strip()
        else:
            assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("text", blocks("sh"))
def test_every_make_target_that_is_named_exists(text: str) -> None:
    """Commands of a block that tests cannot run one by one, because they start servers."""
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    lines = [line.split("#")[0] for line in text.splitlines()]
    named = {word for line in lines for word in line.removeprefix("make ").split() if re.fullmatch("[a-z0-9-]+", word)}
    named -= {word for line in lines for word in re.findall(r'"([^"]*)"', line) for word in word.split()}
    assert named
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """Files of this repository; `#` and addresses aside."""
    for link in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if "://" not in link:
            assert (page.parent / link).exists(), link


def test_every_scenario_is_in_the_table() -> None:
    """A new scenario is told to people, too."""
    from generator.proofs.library import SCENARIOS

    text = (ROOT / "docs/alerts.md").read_text()
    for scenarios in SCENARIOS.values():
        for scenario in scenarios:
            assert f"| `{scenario.name}` | {scenario.about} |" in text
