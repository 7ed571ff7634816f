"""The command as a person meets it: real processes, real exit codes, and nothing lost."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.spec import wrong

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def stackgen(tmp_path: Path) -> Run:
    """Run it in an empty folder."""

    def run(*words: str | Path) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "generator", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)

    return run


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A copy of the default spec, rendered; tests work in copies of it."""
    folder = tmp_path_factory.mktemp("rendered")
    (folder / "spec.yaml").write_text((repository / "spec.yaml").read_text())
    subprocess.run([sys.executable, "-m", "generator", "render", "--quiet"], cwd=folder, check=True)
    return folder


@pytest.fixture
def folder(tmp_path: Path, rendered: Path) -> Path:
    """The default spec and its stack."""
    shutil.copytree(rendered, tmp_path, dirs_exist_ok=True)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_committed_stack_is_what_the_spec_says(folder: Path, repository: Path) -> None:
    """Rendered in another folder, every byte is the same."""
    assert contents(folder / "stack") == contents(repository / "stack")


def test_a_second_render_writes_nothing(folder: Path, stackgen: Run) -> None:
    """Not even a time stamp changes."""
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    done = stackgen("render")
    assert "identical" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before


def test_drift_is_told_and_shown(folder: Path, stackgen: Run) -> None:
    """`--check` exits 1 and names the file, `--diff` shows lines; neither writes."""
    spec = folder / "spec.yaml"
    spec.write_text(spec.read_text().replace("gpt-4o-mini, provider", "gpt-4o, provider"))
    before = contents(folder)
    checked = stackgen("render", "--check")
    assert checked.returncode == 1
    assert "stack/app/contract.json" in checked.stderr
    assert "make render" in checked.stderr
    diffed = stackgen("render", "--diff")
    assert '+   "name": "gpt-4o",' in diffed.stdout
    assert contents(folder) == before


def test_an_edited_file_is_kept_until_forced(folder: Path, stackgen: Run) -> None:
    """Somebody's edit is reported, not overwritten."""
    edited = folder / "stack/prometheus/rules/latency.yml"
    edited.write_text(edited.read_text() + "# mine\n")
    done = stackgen("render")
    assert done.returncode == 1
    assert "edited" in done.stderr
    assert "--force" in done.stderr
    assert edited.read_text().endswith("# mine\n")
    assert stackgen("render", "--force").returncode == 0
    assert not edited.read_text().endswith("# mine\n")


def test_files_of_ones_own_are_never_touched(folder: Path, stackgen: Run) -> None:
    """Beside the generated ones, in the same folders."""
    own = folder / "stack/prometheus/rules/ours.yml"
    own.write_text("groups: []\n")
    spec = folder / "spec.yaml"
    spec.write_text("service: {name: another}\nmodels: [{name: m, provider: x, price: {input: 0, output: 0}}]\n")
    assert stackgen("render").returncode == 0
    assert own.read_text() == "groups: []\n"


@pytest.mark.parametrize("name", sorted(wrong.WRONG)[::12])
def test_a_wrong_spec_leaves_the_stack_untouched(folder: Path, stackgen: Run, name: str) -> None:
    """Exit code 1, every problem with line and column, not one byte changed."""
    text, expected = wrong.WRONG[name]
    (folder / "spec.yaml").write_text(text)
    before = contents(folder)
    done = stackgen("render")
    assert done.returncode == 1
    for _check, line, column in expected:
        assert f"spec.yaml:{line}:{column}" in done.stderr
    assert "Nothing was written" in done.stderr
    assert contents(folder) == before


def test_problems_for_machines_are_json(folder: Path, stackgen: Run) -> None:
    """On standard output, and nothing else there."""
    (folder / "spec.yaml").write_text("colour: red\n")
    done = stackgen("check", "--json")
    assert done.returncode == 1
    assert {problem["check"] for problem in json.loads(done.stdout)["problems"]} >= {"spec/unknown-key"}


def test_a_spec_that_is_not_there_is_no_traceback(stackgen: Run) -> None:
    """It says what to do."""
    done = stackgen("render", "--spec", "nowhere.yaml")
    assert done.returncode == 1
    assert "nowhere.yaml is not there" in done.stderr
    assert "--spec FILE" in done.stderr


def test_wrong_usage_is_exit_code_two(stackgen: Run) -> None:
    """As everywhere."""
    assert stackgen("rendr").returncode == 2


@pytest.mark.parametrize("path", ["alerts.latency.factor", "models", "stack.ports", "logs.redact"])
def test_explain_says_meaning_default_and_where_it_ends_up(stackgen: Run, path: str) -> None:
    """For a field, and for a group of fields."""
    done = stackgen("explain", path)
    assert done.returncode == 0
    assert path in done.stdout
    assert len(done.stdout.splitlines()) >= 2


def test_explain_helps_with_a_typing_mistake(stackgen: Run) -> None:
    """The nearest name is suggested."""
    done = stackgen("explain", "alerts.latency.facter")
    assert done.returncode == 1
    assert "factor" in done.stderr


def test_a_reader_that_goes_away_is_no_traceback(folder: Path) -> None:
    """`stackgen explain | head -1`."""
    done = subprocess.run(
        f"{sys.executable} -m generator explain | head -1",
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr


def test_a_command_imports_only_what_it_uses(folder: Path) -> None:
    """`check` needs no dashboards, templates, network or processes."""
    probe = (
        "import sys\nfrom generator.cli import main\ntry:\n    main(['check'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'grafanalib', 'jinja2', 'psutil', 'urllib.request', 'http.client'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
