"""One week at 15 s, three models, two endpoints, 35 buckets: fetched from a real Prometheus and replayed.

    python benchmarks/backtest.py

Prints seconds and processor seconds for the alerts alone, and with two other thresholds each. Fetching includes the server's own
work: it runs on the same cores.
"""

import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import ensure

REPOSITORY = Path(__file__).parent.parent
END = "2026-01-12"
BUDGET = 60.0
"""Seconds that the replay of a week may take, fetch included, without other thresholds, on two idle cores."""


def imported(binaries: dict[str, Path], folder: Path) -> None:
    """The week of the end-to-end test, at 15 s, as blocks."""
    words = ["tests/backtest/history.py", str(folder), "--step", "15", "--endpoints", "chat,search"]
    subprocess.run(
        [sys.executable, *words], cwd=REPOSITORY, check=True, env=os.environ | {"PYTHONPATH": str(REPOSITORY)}
    )
    for file in sorted(folder.glob("*.om")):
        command = ["tsdb", "create-blocks-from", "openmetrics", "--quiet", str(file), str(folder / "data")]
        subprocess.run([binaries["promtool"], *command], check=True, stdout=subprocess.DEVNULL)
        file.unlink()


def measured(url: str, words: list[str]) -> tuple[float, float, float, float, int]:
    """Seconds in all, for fetching, for replaying, of our own and promtool's processor; and pages found."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "generator", "backtest", "--prometheus", url, "--end", END, *words]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = re.search(r"fetched in (\d+) s, replayed in (\d+) s", done.stdout)
    fetched, replayed = (float(said[1]), float(said[2])) if said else (0.0, 0.0)
    return took, fetched, replayed, spent, len(re.findall(r" UTC  ", done.stdout)) // 2


def main() -> int:
    """Print the table; exit code 1 where the budget is exceeded."""
    binaries = ensure(PACKAGES["prometheus"], print).binaries
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        folder = Path(name)
        imported(binaries, folder)
        (folder / "prometheus.yml").write_text("{}\n")
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        free.close()
        words = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
        words += ["--storage.tsdb.retention.time=100y", f"--web.listen-address={address}", "--log.level=error"]
        server = subprocess.Popen([binaries["prometheus"], *words])
        try:
            wait(address)
            load = os.getloadavg()[0]
            rows = [("alerts alone", measured(f"http://{address}", ["--no-what-if"]))]
            rows.append(("and two other thresholds each", measured(f"http://{address}", [])))
        finally:
            server.terminate()
            server.wait()
    print(f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores\n")
    print("| replayed | seconds | of which fetching | of which replaying | processor seconds | pages |")
    print("|---|---:|---:|---:|---:|---:|")
    for about, (took, fetched, replayed, spent, pages) in rows:
        print(f"| {about} | {took:.0f} | {fetched:.0f} | {replayed:.0f} | {spent:.0f} | {pages} |")
    return int(rows[0][1][0] > BUDGET)


def wait(address: str) -> None:
    """Until the server answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://{address}/-/ready").close()
        except OSError:
            time.sleep(0.2)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
