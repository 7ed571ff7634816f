"""The `stackgen` command: one thin function per command; each imports only what it uses.

Exit codes: 0 fine, 1 problems found, 2 wrong usage or an internal error.
"""

import argparse
import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from generator import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.spec.load import LoadedSpec

# No plug-in of ours extends pydantic; looking for some reads the metadata of every installed package.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def main(argv: "Sequence[str] | None" = None) -> NoReturn:
    """Run one command and exit with its code."""
    # A short process allocates much and frees little: collecting garbage would cost a tenth of its time.
    gc.disable()
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        code = run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        code = 130
    except OSError as error:
        # A full disk, a folder that is not ours, a file in the way: the machine's matter, and no bug.
        print(f"stackgen: {error.filename or 'this machine'}: {error.strerror or error}", file=sys.stderr)
        code = 1
    except Exception:  # noqa: BLE001  # a mistake of ours must not look like one in the spec
        import traceback

        traceback.print_exc()
        print("This is a bug in stackgen, not in your spec. Please report it with the lines above.", file=sys.stderr)
        code = 2
    sys.exit(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stackgen", description="One spec.yaml -> a tested observability stack.")
    parser.add_argument("--version", action="version", version=f"stackgen {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: "Callable[[argparse.Namespace], int]", about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(run=run)
        sub.add_argument("--spec", type=Path, default=Path("spec.yaml"), metavar="FILE", help="default: spec.yaml")
        return sub

    sub = command("render", _render, "Render the stack: build in memory, compare, write only what differs.")
    sub.add_argument("--out", type=Path, metavar="DIR", help="default: the folder stack beside the spec")
    sub.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 where the folder differs from the spec"
    )
    sub.add_argument(
        "--diff", action="store_true", help="write nothing; show what would change (with --check: and exit 1)"
    )
    sub.add_argument("--force", action="store_true", help="overwrite generated files that somebody edited")
    sub.add_argument("--quiet", action="store_true", help="print only the closing line")
    sub = command("check", _check, "Check the spec: every problem at once, with its place and what to do.")
    sub.add_argument("--json", action="store_true", help="problems as JSON on stdout")
    sub = command("contract", _contract, "Check that every name in rules, panels and docs is one that exists.")
    sub.add_argument("--json", action="store_true", help="problems as JSON on stdout")
    command("schema", _schema, "Print the JSON Schema of the spec.")
    sub = command("explain", _explain, "Explain a field of the spec: meaning, default, where it ends up.")
    sub.add_argument(
        "path", nargs="?", default="", metavar="PATH", help="for example alerts.latency.factor; none: all fields"
    )
    sub = command(
        "drill", _drill, "Play an incident through the real stack, with an hour made of minutes, and report it."
    )
    sub.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="one or several; --list shows all")
    sub.add_argument("--html", type=Path, metavar="FILE", help="write a report that needs no other file")
    sub.add_argument("--json", action="store_true", help="the result, or the list, as JSON on stdout")
    sub.add_argument(
        "--list", action="store_true", help="all scenarios: what each promises, how long it takes, or why not"
    )
    sub.add_argument("--keep", action="store_true", help="keep the drill's configs, data and logs")
    sub = command("prove", _prove, "Run every proof of the alerts with promtool, and print how each alert did.")
    sub.add_argument(
        "--mutants", action="store_true", help="also break each rule on purpose, and show that a proof notices"
    )
    sub.add_argument("--promtool", type=Path, metavar="FILE", help="default: the one that the stack uses")
    sub.add_argument("--jobs", type=int, metavar="N", help="proofs at a time; default: one a processor")
    sub.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML for CI")
    sub.add_argument("--json", action="store_true", help="the outcomes as JSON on stdout")
    sub = command(
        "backtest", _backtest, "Replay the alerts over a real server's history: how many pages, when, how long."
    )
    _backtest_arguments(sub)
    sub = command("up", _up, "Render for this machine, launch, wait until ready, print one table.")
    sub.add_argument("--engine", choices=("auto", "compose", "native"), default="auto")
    sub.add_argument("--no-traffic", action="store_true", help="do not start the demo traffic of the reference app")
    sub.add_argument("--json", action="store_true", help="the table as JSON")
    sub = command("down", _down, "Stop what `up` started.")
    sub = command("status", _status, "Show what runs; exit 1 where a component is down.")
    sub.add_argument("--json", action="store_true", help="the table as JSON")
    sub = command("logs", _logs, "Print the components' logs.")
    sub.add_argument("components", nargs="*", metavar="COMPONENT")
    sub.add_argument("-f", "--follow", action="store_true")
    sub.add_argument("-n", "--lines", type=int, default=40)
    return parser


def _load(path: Path) -> "LoadedSpec | None":
    """The loaded spec, warnings told; None after its problems were printed."""
    from generator.problems import ProblemsFound, render
    from generator.spec.load import load

    color = sys.stderr.isatty()
    try:
        loaded = load(path)
    except ProblemsFound as found:
        print(render(found.problems, found.sources, color=color), file=sys.stderr)
        return None
    if loaded.warnings:
        print(render(loaded.warnings, {loaded.name: loaded.text}, color=color), file=sys.stderr)
    return loaded


def _render(arguments: argparse.Namespace) -> int:
    from generator.pipeline import Workshop

    with Workshop() as shop:
        loaded = _load(arguments.spec)
        if loaded is None:
            return 1
        from generator.resolve import resolve

        artifacts = shop.artifacts(resolve(loaded.spec, spec_name=loaded.name))
    from generator.output.deliver import deliver

    return deliver(
        artifacts,
        arguments.out or arguments.spec.parent / "stack",
        arguments.spec,
        check=arguments.check,
        show=arguments.diff,
        force=arguments.force,
        quiet=arguments.quiet,
    )


def _check(arguments: argparse.Namespace) -> int:
    from generator.problems import ProblemsFound, to_json
    from generator.spec.load import load

    if arguments.json:
        try:
            problems = load(arguments.spec).warnings
            code = 0
        except ProblemsFound as found:
            problems, code = found.problems, 1
        print(json.dumps({"problems": to_json(problems)}, indent=2, ensure_ascii=False))
        return code
    loaded = _load(arguments.spec)
    if loaded is None:
        return 1
    spec = loaded.spec
    print(f"{loaded.name}: fine ({len(spec.models)} models, {len(spec.service.endpoints)} endpoints)")
    return 0


def _contract(arguments: argparse.Namespace) -> int:
    from generator.pipeline import Workshop
    from generator.problems import render, to_json

    with Workshop() as shop:
        loaded = _load(arguments.spec)
        if loaded is None:
            return 1
        from generator.proofs.contract.check import check
        from generator.proofs.contract.in_docs import docs_beside
        from generator.resolve import resolve

        model = resolve(loaded.spec, spec_name=loaded.name)
        artifacts = shop.artifacts(model)
    report = check(model, artifacts, docs_beside(arguments.spec))
    if arguments.json:
        print(json.dumps({"problems": to_json(report.problems)}, indent=2, ensure_ascii=False))
    elif report.problems:
        print(render(report.problems, report.sources, color=sys.stderr.isatty()), file=sys.stderr)
    if report.errors:
        return 1
    if not arguments.json:
        print(f"contract: {report.expressions} expressions, {report.series} series, all resolve")
    return 0


def _schema(_arguments: argparse.Namespace) -> int:
    from generator.spec.json_schema import schema_text

    sys.stdout.write(schema_text())
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    from generator.spec.explain import UnknownField, explain

    try:
        print(explain(arguments.path))
    except UnknownField as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _drill(arguments: argparse.Namespace) -> int:
    from generator.drill.command import drill

    return drill(
        arguments.spec,
        arguments.scenarios,
        html=arguments.html,
        as_json=arguments.json,
        listing=arguments.list,
        keep=arguments.keep,
    )


def _prove(arguments: argparse.Namespace) -> int:
    loaded = _load(arguments.spec)
    if loaded is None:
        return 1
    from generator.prove.command import run
    from generator.resolve import resolve

    return run(
        resolve(loaded.spec, spec_name=loaded.name),
        mutants=arguments.mutants,
        promtool=arguments.promtool,
        jobs=arguments.jobs,
        junit_file=arguments.junit,
        machine=arguments.json,
    )


def _backtest_arguments(parser: argparse.ArgumentParser) -> None:
    from generator.backtest.command import add_arguments

    add_arguments(parser)


def _backtest(arguments: argparse.Namespace) -> int:
    loaded = _load(arguments.spec)
    if loaded is None:
        return 1
    from generator.backtest import command
    from generator.backtest.run import backtest

    return backtest(loaded, command.server(arguments), command.options(arguments))


def _up(arguments: argparse.Namespace) -> int:
    from generator.launch.commands import up

    return up(arguments.spec, engine=arguments.engine, demo_traffic=not arguments.no_traffic, as_json=arguments.json)


def _down(arguments: argparse.Namespace) -> int:
    from generator.launch.commands import down

    return down(arguments.spec)


def _status(arguments: argparse.Namespace) -> int:
    from generator.launch.commands import status

    return status(arguments.spec, as_json=arguments.json)


def _logs(arguments: argparse.Namespace) -> int:
    from generator.launch.commands import logs

    return logs(arguments.spec, components=arguments.components, follow=arguments.follow, lines=arguments.lines)
