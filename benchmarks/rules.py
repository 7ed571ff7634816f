"""How long each rule group takes on a real Prometheus with many models: `python -m benchmarks.rules`.

An application of 100 models, 20 endpoints and 25 buckets is scraped every 15 s; the rules of the peers are loaded beside ours. After some
minutes Prometheus is asked how long the last evaluations took. Series are counted by Prometheus itself.
"""

import argparse
import itertools
import json
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from generator import conventions as c
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import ensure
from generator.resolve import resolve
from generator.rules import alerts, recording
from generator.spec.load import parse

BUCKETS = (*(25 * 1.45**step for step in range(24)), float("inf"))
INTERVAL = 15
PEERS = Path(__file__).parent / "peers"
ROUNDS = 12
"""Evaluations that are looked at: a single one may have met a scrape, or another group."""


def exposition(models: int, endpoints: int, seconds: float) -> str:
    """What such an application exposes after so many seconds of one call a second for each pair."""
    lines = []
    for model in range(models):
        for endpoint in range(endpoints):
            labels = f'model="model-{model}",endpoint="endpoint-{endpoint}"'
            calls = seconds * (1 + (model + endpoint) % 3)
            lines.append(f"{c.KIT_REQUESTS}{{{labels}}} {calls:.0f}")
            lines.append(f"{c.KIT_COST}{{{labels}}} {calls * 0.002:.4f}")
            lines += [f'{c.KIT_ERRORS}{{{labels},kind="{kind}"}} {calls * 0.002:.0f}' for kind in c.ERROR_KINDS]
            lines += [f'{c.KIT_TOKENS}{{{labels},direction="{way}"}} {calls * 50:.0f}' for way in c.TOKEN_DIRECTIONS]
            lines += [f'{c.KIT_OUTCOMES}{{{labels},outcome="{one}"}} {calls * 0.01:.0f}' for one in c.OUTCOMES]
            for metric in (c.KIT_LATENCY, c.KIT_TTFT):
                for number, bound in enumerate(BUCKETS, start=1):
                    le = "+Inf" if bound == float("inf") else f"{bound:.1f}"
                    lines.append(f'{metric}_bucket{{{labels},le="{le}"}} {calls * number / len(BUCKETS):.0f}')
    return "\n".join(lines) + "\n"


def serve(bodies: list[bytes]) -> ThreadingHTTPServer:
    """The application, on a free port of the loopback interface: one body a scrape."""
    turn = itertools.cycle(bodies)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = next(turn)
            self.send_response(200)
            self.send_header("content-type", "text/plain; version=0.0.4")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def ask(port: int, path: str, **words: str) -> Any:
    """Prometheus's API."""
    url = f"http://127.0.0.1:{port}/api/v1/{path}?{urllib.parse.urlencode(words)}"
    with urllib.request.urlopen(url, timeout=30) as response:
        return json.load(response)["data"]


def evaluations(port: int) -> dict[tuple[str, int], list[float]]:
    """Seconds of ROUNDS evaluations of each group, by its name and its number of rules."""
    seen: dict[tuple[str, int], list[float]] = {}
    for _round in range(ROUNDS):
        for group in ask(port, "rules")["groups"]:
            seen.setdefault((group["name"], len(group["rules"])), []).append(group["evaluationTime"])
        time.sleep(INTERVAL)
    return seen


def measure(models: int, endpoints: int, minutes: float, binary: Path, folder: Path) -> None:
    """Print the table."""
    listed = "\n".join(
        f"  - {{name: model-{number}, provider: x, price: {{input: 1, output: 2}}}}" for number in range(models)
    )
    spec, _tree = parse(f"service: {{name: bench}}\nmodels:\n{listed}\n", "spec.yaml")
    model = resolve(spec, spec_name="spec.yaml")
    for artifact in (*recording.build(model), *alerts.build(model)):
        (folder / Path(artifact.path).name).write_text(artifact.text, encoding="utf-8")
    for peer in PEERS.glob("*.yml"):
        shutil.copy(peer, folder / f"peer-{peer.name}")
    # Written ahead: a real application would not take these cores from Prometheus.
    scrapes = int(minutes * 60 / INTERVAL) + ROUNDS + 4
    app = serve([exposition(models, endpoints, 1000 + INTERVAL * turn).encode() for turn in range(scrapes)])
    target = f"127.0.0.1:{app.server_address[1]}"
    (folder / "prometheus.json").write_text(
        json.dumps(
            {
                "global": {"scrape_interval": f"{INTERVAL}s", "scrape_timeout": f"{INTERVAL}s"},
                "rule_files": ["*.yml"],
                "scrape_configs": [{"job_name": "bench", "static_configs": [{"targets": [target]}]}],
            }
        ),
        encoding="utf-8",
    )
    port = 19090
    command = [
        str(binary), f"--config.file={folder / 'prometheus.json'}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
    ]  # fmt: skip
    with subprocess.Popen(command) as prometheus:
        try:
            time.sleep(minutes * 60)
            seen = evaluations(port)
            series = ask(port, "query", query='count({job="bench"})')["result"][0]["value"][1]
            recorded = ask(port, "query", query='count({__name__=~".+:.+",job="bench"})')["result"][0]["value"][1]
            scraped = ask(port, "query", query="scrape_duration_seconds")["result"][0]["value"][1]
        finally:
            prometheus.terminate()
            app.shutdown()
    print(
        f"{models} models x {endpoints} endpoints x {len(BUCKETS)} buckets, after {minutes:g} minutes; scrape {float(scraped):.1f} s"
    )
    print(f"{series} series, of them {recorded} recorded\n")
    print("| group | rules | evaluation, s, median | worst | median, of the interval |\n|---|---:|---:|---:|---:|")
    for (name, rules), times in seen.items():
        middle = statistics.median(times)
        print(f"| {name} | {rules} | {middle:.2f} | {max(times):.2f} | {middle / INTERVAL:.1%} |")


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--endpoints", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--prometheus", type=Path, metavar="BINARY", help="another than the one `make stack` launches")
    arguments = parser.parse_args()
    binary = arguments.prometheus or ensure(PACKAGES[c.PROMETHEUS], print).binaries[c.PROMETHEUS]
    folder = Path(tempfile.mkdtemp(prefix="stackgen-bench-"))
    try:
        measure(arguments.models, arguments.endpoints, arguments.minutes, binary, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
