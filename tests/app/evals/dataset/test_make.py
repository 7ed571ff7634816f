"""`make evals`, as a person or CI runs it."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml


@pytest.mark.e2e
@pytest.mark.parametrize("part", ["", "check", "redteam"])
def test_a_clean_checkout_has_no_drop(repository: Path, tmp_path: Path, part: str) -> None:
    # Tests may be run by make, whose words would be those of the make below.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.endswith("_API_KEY") and "MAKE" not in name and name != "ARGS"
    }
    report = tmp_path / "report.md"
    words = [f"ARGS={part} --markdown {report}"] if part else []
    done = subprocess.run(["make", "evals", *words], cwd=repository, env=kept, capture_output=True, text=True, check=False, timeout=280)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The model is the bundled simulator" in done.stderr
    assert not part or report.read_text().splitlines()[0].endswith(": no real drop")


def test_the_workflow_calls_make_and_may_only_read(repository: Path) -> None:
    told = yaml.safe_load((repository / ".github/workflows/evals.yaml").read_text())
    ci = (repository / ".github/workflows/ci.yaml").read_text()
    assert told["permissions"] == {"contents": "read"}
    steps = told["jobs"]["evals"]["steps"]
    assert next(step["run"].split()[:2] for step in steps if "run" in step) == ["make", "evals"]
    for step in steps:
        used = step.get("uses", "")
        assert not used or len(used.partition("@")[2]) == 40
        assert not used.startswith(("actions/checkout", "actions/setup-python")) or used in ci
