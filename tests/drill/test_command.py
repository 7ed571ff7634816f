"""`stackgen drill` as a person meets it, without starting anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def drill(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "generator", "drill", *words],
        cwd=folder, env={**os.environ, "TMPDIR": str(folder)}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, repository: Path) -> Path:
    """With the default spec."""
    (tmp_path / "spec.yaml").write_text((repository / "spec.yaml").read_text())
    return tmp_path


def test_the_list_says_what_each_promises_and_why_some_cannot_be_played(folder: Path) -> None:
    """Every scenario has a line."""
    done = drill(folder, "--list")
    assert done.returncode == 0
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line}
    assert "a page" in lines["tenfold-slowdown"]
    assert " min " in lines["tenfold-slowdown"]
    assert "silence" in lines["half-the-way"]
    assert "cannot be played: the simulator" in lines["small-money"]
    assert "an hour takes 2 min" in done.stdout


def test_the_list_for_machines_has_the_same(folder: Path) -> None:
    """As JSON, with seconds and reasons."""
    listed = {row["scenario"]: row for row in json.loads(drill(folder, "--list", "--json").stdout)["scenarios"]}
    assert listed["tenfold-slowdown"]["playable"]
    assert listed["tenfold-slowdown"]["seconds"] > 60
    assert not listed["small-money"]["playable"]
    assert listed["small-money"]["reason"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--list"),
        (("tenfold-slow",), "did you mean tenfold-slowdown?"),
        (("tenfold-slowdown", "restart"), "spend/restart"),
        (("small-money",), "cannot be played for real"),
        (("outage", "--html", "nowhere/x.html"), "no folder"),
    ],
)
def test_wrong_usage_is_told_at_once(folder: Path, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, the reason on stderr, nothing started and nothing left behind."""
    before = sorted(folder.rglob("*"))
    done = drill(folder, *words)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert done.stdout == ""
    assert sorted(folder.rglob("*")) == before


def test_a_wrong_spec_is_told_as_ever(folder: Path) -> None:
    """With line and column, exit code 1."""
    (folder / "spec.yaml").write_text("service: {name: bot}\nmodels: []\n")
    done = drill(folder, "outage")
    assert done.returncode == 1
    assert "spec.yaml:2" in done.stderr
