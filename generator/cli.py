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

from generator.arguments import parser

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.spec.load import LoadedSpec

# No plug-in of ours extends pydantic; looking for some reads the metadata of every installed package.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def main(argv: "Sequence[str] | None" = None) -> NoReturn:
    """Run one command and exit with its code."""
    # A short process allocates much and frees little: collecting garbage would cost a tenth of its time.
    gc.disable()
    arguments = parser(_COMMANDS).parse_args(argv)
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


def _verify(arguments: argparse.Namespace) -> int:
    loaded = _load(arguments.spec)
    if loaded is None:
        return 1
    from generator.resolve import resolve
    from generator.verify.command import run

    allow = [name.strip() for name in arguments.allow.split(",") if name.strip()]
    model = resolve(loaded.spec, spec_name=loaded.name)
    return run(model, as_json=arguments.json, strict=arguments.strict, allow=allow)


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


def _backtest(arguments: argparse.Namespace) -> int:
    loaded = _load(arguments.spec)
    if loaded is None:
        return 1
    from generator.backtest import command
    from generator.backtest.run import backtest

    return backtest(loaded, command.server(arguments), command.options(arguments))


def _obtain(arguments: argparse.Namespace) -> int:
    from generator.launch.obtain.command import obtain

    return obtain(arguments.packages, everything=arguments.all, as_json=arguments.json)


def _up(arguments: argparse.Namespace) -> int:
    from generator.conventions import ROLES
    from generator.launch.commands import up

    return up(
        arguments.spec,
        engine=arguments.engine,
        demo_traffic=not arguments.no_traffic,
        everything=arguments.wait == "all",
        without=list(ROLES) if arguments.core_only else arguments.without,
        as_json=arguments.json,
    )


def _down(arguments: argparse.Namespace) -> int:
    from generator.launch.commands import down

    return down(arguments.spec)


def _status(arguments: argparse.Namespace) -> int:
    from generator.launch.commands import status

    return status(arguments.spec, as_json=arguments.json)


def _logs(arguments: argparse.Namespace) -> int:
    from generator.launch.commands import logs

    return logs(arguments.spec, components=arguments.components, follow=arguments.follow, lines=arguments.lines)


_COMMANDS: "dict[str, Callable[[argparse.Namespace], int]]" = {
    "render": _render,
    "check": _check,
    "contract": _contract,
    "verify": _verify,
    "schema": _schema,
    "explain": _explain,
    "drill": _drill,
    "prove": _prove,
    "backtest": _backtest,
    "obtain": _obtain,
    "up": _up,
    "down": _down,
    "status": _status,
    "logs": _logs,
}
