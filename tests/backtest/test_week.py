"""A real Prometheus with a week that holds exactly three incidents: the replay finds those three."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import conventions as c
from generator.launch.obtain.package import Obtained
from tests.backtest import history
from tests.launch.conftest import free_ports

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
ALERTS = {"latency": c.ALERT_LATENCY, "errors": c.ALERT_ERRORS, "spend": c.ALERT_SPEND}


@pytest.fixture(scope="module")
def week(prometheus: Obtained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that holds the week; stopped at the end."""
    folder = tmp_path_factory.mktemp("week")
    for file in history.write(folder, 60, ("chat",)):
        words = ["tsdb", "create-blocks-from", "openmetrics", "--quiet", file, folder / "data"]
        subprocess.run([prometheus.binaries["promtool"], *words], check=True, stdout=subprocess.DEVNULL)
        file.unlink()
    (folder / "prometheus.yml").write_text("{}\n")
    port = free_ports(("one",))["one"]
    server = subprocess.Popen(
        [prometheus.binaries["prometheus"], f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
         "--storage.tsdb.retention.time=100y", f"--web.listen-address=127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{url}/-/ready").close()
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def test_exactly_three_incidents_are_found(week: str, tmp_path: Path, repository: Path) -> None:
    """One page each, for the right model, from soon after its start to soon after its end; three restarts make none."""
    report = tmp_path / "report.html"
    done = subprocess.run(
        [sys.executable, "-m", "generator", "backtest", "--spec", repository / "spec.yaml", "--prometheus", week,
         "--end", str(history.BEGIN + history.WEEK), "--json", "--html", report, "--no-what-if"],
        cwd=repository, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (variant,) = json.loads(done.stdout)["variants"]
    found = [(page["alert"], page["subject"]) for page in variant["pages"]]
    assert found == [(ALERTS[one.kind], one.model) for one in history.INCIDENTS]
    for page, one in zip(variant["pages"], history.INCIDENTS, strict=True):
        assert 0 < page["start"] - history.BEGIN - one.start <= 16 * 60
        assert -5 * 60 <= page["end"] - history.BEGIN - one.end <= 15 * 60
        assert page["peak"] > 0
    html = report.read_text()
    assert len(html) < 1_000_000
    assert "http-equiv" not in html
    assert " src=" not in html
    assert html.count("<svg") == 7


def test_a_range_before_the_history_says_so(week: str, repository: Path) -> None:
    """Exit code 1, and another range is proposed."""
    done = subprocess.run(
        [sys.executable, "-m", "generator", "backtest", "--spec", repository / "spec.yaml", "--prometheus", week,
         "--end", str(history.BEGIN + 90 * 86400), "--days", "1"],
        cwd=repository, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Choose another range" in done.stderr
