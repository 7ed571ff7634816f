"""One incident for real: the command, its processes, its notification and its report in a browser."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from generator.launch.obtain.package import Obtained
from tests.browser import chromium

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.timeout(400)]
SPEC = """\
service: {name: support-bot, endpoints: [chat, search]}
models:
  - {name: gpt-4o-mini, provider: openai}
alerts:
  window: 5m
  latency: {factor: 2, baseline: 20m, for: 2m}
"""


@pytest.fixture
def folder(tmp_path: Path, prometheus: Obtained, alertmanager: Obtained) -> Iterator[Path]:
    """With a spec whose baseline is short, and a temporary folder of its own."""
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "temporary").mkdir()
    yield tmp_path
    assert of(tmp_path) == []


def of(folder: Path) -> list[str]:
    """Command lines of processes that mention the folder."""
    lines = (" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))
    return [line for line in lines if str(folder) in line]


def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "TMPDIR": str(folder / "temporary"), "OPENAI_API_KEY": "must-not-be-used"}
    return subprocess.Popen(
        [sys.executable, "-m", "generator", "drill", *words],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def until_traffic(folder: Path) -> None:
    """Everything is up."""
    deadline = time.monotonic() + 60
    while not any("app.traffic" in line for line in of(folder)):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_an_incident_is_played_told_and_reported(folder: Path) -> None:
    """It behaves, with times that a person would expect; the page is the project's own text; the report shows all of it."""
    running = start(folder, "tenfold-slowdown", "--html", "drill.html", "--json")
    out, err = running.communicate(timeout=390)
    assert running.returncode == 0, err
    one = json.loads(out)["scenarios"][0]
    assert one["behaved"]
    assert 3 < one["detected_after_seconds"] < 16
    assert one["detected_after_seconds"] <= one["told_after_seconds"] < 20
    assert 5 < one["cleared_after_seconds"] < 45
    assert one["notification"].startswith(
        "[FIRING:1] LLMLatencyDoubled support-bot (gpt-4o-mini)\ngpt-4o-mini answers slowly"
    )
    assert list((folder / "temporary").iterdir()) == []
    for theme in ("light", "dark"):
        _looks_right(folder / "drill.html", theme)


def _looks_right(report: Path, theme: str) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1120, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text))
        page.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(request.url))
        page.goto(report.as_uri())
        assert wrong == []
        assert "gpt-4o-mini answers slowly" in page.inner_text("pre >> nth=0")
        assert page.locator("svg g.firing").count() == 1
        signal_box = page.locator("svg path.signal").bounding_box()
        assert signal_box is not None
        assert signal_box["width"] > 500
        assert signal_box["height"] > 80
        assert page.evaluate("document.documentElement.scrollWidth") <= 1120


def test_ctrl_c_leaves_nothing_behind(folder: Path) -> None:
    """Neither a process nor a folder, wherever it is interrupted."""
    running = start(folder, "tenfold-slowdown")
    until_traffic(folder)
    running.send_signal(signal.SIGINT)
    _out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert list((folder / "temporary").iterdir()) == []


def test_a_part_that_dies_ends_the_drill_with_its_reason(folder: Path) -> None:
    """Exit code 1, the end of its log, everything else stopped, and the folder kept to look into."""
    running = start(folder, "tenfold-slowdown")
    until_traffic(folder)
    state = next((folder / "temporary").rglob("state.json"))
    simulator = next(one for one in json.loads(state.read_text())["running"] if one["name"] == "simulator")
    os.kill(simulator["pid"], signal.SIGKILL)
    _out, err = running.communicate(timeout=60)
    assert running.returncode == 1, err
    assert "simulator ended" in err
    assert "kept in" in err
    assert list((folder / "temporary").rglob("simulator.log"))
