"""The command line of `stackgen`: every command with its words."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from generator import __version__
from generator.backtest.command import add_arguments as add_backtest_arguments
from generator.conventions import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Run = Callable[[argparse.Namespace], int]


def parser(run: "Mapping[str, Run]") -> argparse.ArgumentParser:
    """The command line; `run` maps a command's name to the function that it is for, which `arguments.run` then is."""
    whole = argparse.ArgumentParser(prog="stackgen", description="One spec.yaml -> a tested observability stack.")
    whole.add_argument("--version", action="version", version=f"stackgen {__version__}")
    commands = whole.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(run=run[name])
        sub.add_argument("--spec", type=Path, default=Path("spec.yaml"), metavar="FILE", help="default: spec.yaml")
        return sub

    sub = command("render", "Render the stack: build in memory, compare, write only what differs.")
    sub.add_argument("--out", type=Path, metavar="DIR", help="default: the folder stack beside the spec")
    sub.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 where the folder differs from the spec"
    )
    sub.add_argument(
        "--diff", action="store_true", help="write nothing; show what would change (with --check: and exit 1)"
    )
    sub.add_argument("--force", action="store_true", help="overwrite generated files that somebody edited")
    sub.add_argument("--quiet", action="store_true", help="print only the closing line")
    sub = command("check", "Check the spec: every problem at once, with its place and what to do.")
    sub.add_argument("--json", action="store_true", help="problems as JSON on stdout")
    sub = command(
        "verify", "Let Prometheus, Alertmanager and every other program at hand judge its own rendered config."
    )
    sub.add_argument("--json", action="store_true", help="the verdicts as JSON on stdout")
    sub.add_argument("--strict", action="store_true", help="exit 1 where a config could not be judged")
    sub.add_argument(
        "--allow", default="", metavar="PARTS", help="with --strict: may go unjudged, as in loki,tempo,compose"
    )
    sub = command("contract", "Check that every name in rules, panels and docs is one that exists.")
    sub.add_argument("--json", action="store_true", help="problems as JSON on stdout")
    command("schema", "Print the JSON Schema of the spec.")
    sub = command("explain", "Explain a field of the spec: meaning, default, where it ends up.")
    sub.add_argument(
        "path", nargs="?", default="", metavar="PATH", help="for example alerts.latency.factor; none: all fields"
    )
    sub = command("drill", "Play an incident through the real stack, with an hour made of minutes, and report it.")
    sub.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="one or several; --list shows all")
    sub.add_argument("--html", type=Path, metavar="FILE", help="write a report that needs no other file")
    sub.add_argument("--json", action="store_true", help="the result, or the list, as JSON on stdout")
    sub.add_argument(
        "--list", action="store_true", help="all scenarios: what each promises, how long it takes, or why not"
    )
    sub.add_argument("--keep", action="store_true", help="keep the drill's configs, data and logs")
    sub = command("prove", "Run every proof of the alerts with promtool, and print how each alert did.")
    sub.add_argument(
        "--mutants", action="store_true", help="also break each rule on purpose, and show that a proof notices"
    )
    sub.add_argument("--promtool", type=Path, metavar="FILE", help="default: the one that the stack uses")
    sub.add_argument("--jobs", type=int, metavar="N", help="proofs at a time; default: one a processor")
    sub.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML for CI")
    sub.add_argument("--json", action="store_true", help="the outcomes as JSON on stdout")
    sub = command("backtest", "Replay the alerts over a real server's history: how many pages, when, how long.")
    add_backtest_arguments(sub)
    _launching(command)
    return whole


def _launching(command: "Callable[[str, str], argparse.ArgumentParser]") -> None:
    sub = command("obtain", "Fetch or build what the native engine launches, and say where each binary came from.")
    sub.add_argument("packages", nargs="*", metavar="PACKAGE", help="default: what this spec's stack launches first")
    sub.add_argument("--all", action="store_true", help="everything that could be launched, slow builds included")
    sub.add_argument("--json", action="store_true", help="the table as JSON")
    sub = command("up", "Render for this machine, launch, wait until ready, print one table.")
    sub.add_argument(
        "--engine",
        choices=("auto", "compose", "native"),
        default="auto",
        help="default: STACKGEN_ENGINE, else what is at hand",
    )
    sub.add_argument("--core-only", action="store_true", help="leave out traces, logs, the Collector and Grafana")
    sub.add_argument(
        "--without",
        action="append",
        default=[],
        choices=tuple(ROLES),
        metavar="ROLE",
        help=f"leave out one of {', '.join(ROLES)}; repeatable",
    )
    sub.add_argument("--no-traffic", action="store_true", help="do not start the demo traffic of the reference app")
    sub.add_argument(
        "--wait",
        choices=("core", "all"),
        default="core",
        help="return when the core is up, or when all that can be had is",
    )
    sub.add_argument("--json", action="store_true", help="the table as JSON")
    sub = command("down", "Stop what `up` started.")
    sub = command("status", "Show what runs; exit 1 where a component is down.")
    sub.add_argument("--json", action="store_true", help="the table as JSON")
    sub = command("logs", "Print the components' logs.")
    sub.add_argument("components", nargs="*", metavar="COMPONENT")
    sub.add_argument("-f", "--follow", action="store_true")
    sub.add_argument("-n", "--lines", type=int, default=40)
