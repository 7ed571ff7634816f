"""Cold renders of one and of many models, beside a Go rule compiler where one is given.

    python benchmarks/render.py [--sloth PATH] [--rounds 7]

Every measurement is a process of its own, from start to exit, into an empty folder; the table shows medians. Sloth
compiles plain burn-rate rules and nothing else (no proofs, dashboards or configs), so its ratio is a yardstick for start-up and for
growth, not a race. Programs take turns, so that a busy machine slows all of them.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (1, 3, 50, 100, 200)
BUDGET = {3: 0.45, 200: 1.5}
"""Seconds that a render may take; three models are the default spec."""

SLOTH_SERVICE = """\
---
version: prometheus/v1
service: model-{number}
slos:
  - name: requests
    objective: 98
    sli:
      events:
        error_query: sum(rate(llm_errors_total{{model="model-{number}"}}[{{{{.window}}}}]))
        total_query: sum(rate(llm_requests_total{{model="model-{number}"}}[{{{{.window}}}}]))
    alerting: {{name: LLMErrors, page_alert: {{labels: {{severity: page}}}}, ticket_alert: {{labels: {{severity: ticket}}}}}}
"""


def spec(models: int) -> str:
    """A spec of that many priced models."""
    lines = [
        f"  - {{name: model-{number}, provider: openai, price: {{input: 1, output: 2}}}}" for number in range(models)
    ]
    return "service: {name: bench, endpoints: [chat, search]}\nmodels:\n" + "\n".join(lines) + "\n"


def seconds(command: list[str | Path], folder: Path) -> float:
    """From start to exit."""
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> int:
    """Print the table; exit code 1 where a budget is exceeded."""
    parser = argparse.ArgumentParser(description="Cold renders of one and of many models.")
    parser.add_argument("--sloth", type=Path, help="a sloth binary to measure in the same run")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    stackgen = Path(sys.executable).with_name("stackgen")
    taken: dict[tuple[str, int], list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in SIZES:
            (folder / f"spec-{size}.yaml").write_text(spec(size))
            (folder / f"sloth-{size}.yaml").write_text("".join(SLOTH_SERVICE.format(number=n) for n in range(size)))
        for turn in range(arguments.rounds + 1):
            for size in SIZES:
                out = folder / "out"
                shutil.rmtree(out, ignore_errors=True)
                ours = seconds([stackgen, "render", "--quiet", "--spec", f"spec-{size}.yaml", "--out", out], folder)
                theirs = 0.0
                if arguments.sloth:
                    theirs = seconds(
                        [arguments.sloth, "generate", "-i", f"sloth-{size}.yaml", "-o", "sloth.out.yaml"], folder
                    )
                if turn:  # the first round warms the disk's cache
                    taken.setdefault(("stackgen", size), []).append(ours)
                    taken.setdefault(("sloth", size), []).append(theirs)
            print(f"round {turn}/{arguments.rounds}", file=sys.stderr)
    print("| models | stackgen render, s | budget, s | sloth generate, s | ratio |")
    print("|---:|---:|---:|---:|---:|")
    late = False
    for size in SIZES:
        ours, theirs = (statistics.median(taken[name, size]) for name in ("stackgen", "sloth"))
        budget = BUDGET.get(size)
        late |= budget is not None and ours > budget
        beside = f"{theirs:.2f} | {ours / theirs:.1f}" if theirs else "not measured |"
        print(f"| {size} | {ours:.2f} | {budget or ''} | {beside} |")
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
