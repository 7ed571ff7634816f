"""`label`: what the command line takes, and what it does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.evals.settings import Dimension, Settings
    from app.evals.store import Store

_MOST = 1_000
# A help text must not cost the import of a database library.


def add(parsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the word."""
    label = parsers.add_parser("label", help="say of judged answers whether they are right, to calibrate the judge")
    option = label.add_argument
    option("--dimension", metavar="NAME", help="which one (that with the fewest labels)")
    option("--count", type=_count, default=50, metavar="N", help="answers in this round (50)")
    option("--by", metavar="NAME", help="whose labels they are (your user name)")
    option("--port", type=_port, default=0, metavar="PORT", help="of the page on 127.0.0.1 (a free one)")
    files = label.add_mutually_exclusive_group()
    files.add_argument(
        "--import", dest="source", metavar="FILE", help="take labels from JSON lines instead; - is standard input"
    )
    files.add_argument(
        "--export", dest="target", metavar="FILE", help="write all labels as JSON lines instead; - is standard output"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 fine, 1 nothing to label or a store that cannot be had, 2 wrong usage or settings."""
    from app.evals.settings import Settings
    from app.evals.store import StoreError, open_store
    from app.evals.worker.place import Place
    from app.telemetry.contract import Contract

    try:
        place = Place.of()
        settings = Settings.of(Contract.load(place.contract))
        names = [one.name for one in settings.dimensions]
        if arguments.dimension not in {None, *names}:
            raise ValueError(  # noqa: TRY301  # said like the others
                f"no dimension {arguments.dimension!r} in the contract: there are {', '.join(names)}"
            )
        by = arguments.by or _user()
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with open_store(place.store, max_waiting=settings.max_waiting) as store:
            if arguments.source:
                return _import(arguments.source, store, settings, by)
            if arguments.target:
                return _export(arguments.target, store, settings)
            return _page(arguments, store, settings, by)
    except (StoreError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _page(arguments: argparse.Namespace, store: Store, settings: Settings, by: str) -> int:
    from app.evals.label.serve import serve
    from app.evals.label.session import Session

    dimension = _chosen(arguments.dimension, store, settings, by)
    session = Session(store, dimension, by, arguments.count)
    if not session:
        print(
            f"nothing to label in {dimension.name}: answers come here once they are judged (`python -m app.evals status`)",
            file=sys.stderr,
        )
        return 1
    serve(
        session,
        arguments.port,
        f"{len(session)} answers, {dimension.name}, by {by}. Ctrl-C ends; every label is kept at once.",
    )
    print(f"{session.labelled} labelled. How far judge and people agree: python -m app.evals calibrate")
    return 0


def _chosen(name: str | None, store: Store, settings: Settings, by: str) -> Dimension:
    def labels(one: Dimension) -> int:
        return sum(label.by == by for label in store.labelled(one.name))

    if name is None:
        return min(settings.dimensions, key=labels)
    return next(one for one in settings.dimensions if one.name == name)


def _import(source: str, store: Store, settings: Settings, by: str) -> int:
    from app.evals.label import files

    text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    print(f"{files.keep(store, files.read(text.splitlines(), settings.dimensions, by)):,} labels imported")
    return 0


def _export(target: str, store: Store, settings: Settings) -> int:
    from app.evals.label import files

    lines = list(files.written(store, settings.dimensions))
    if target == "-":
        sys.stdout.writelines(lines)
    else:
        Path(target).write_text("".join(lines), encoding="utf-8")
        print(f"{len(lines):,} labels written to {target}")
    return 0


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise ValueError("this machine does not know who you are: say it by --by NAME") from None


def _count(told: str) -> int:
    if not told.isascii() or not told.isdigit() or not 1 <= int(told[:9]) <= _MOST:
        raise argparse.ArgumentTypeError(f"{told!r}: a number from 1 to {_MOST:,}")
    return int(told)


def _port(told: str) -> int:
    if not told.isascii() or not told.isdigit() or int(told[:9]) > 65535:
        raise argparse.ArgumentTypeError(f"{told!r}: a port from 0 (a free one) to 65535")
    return int(told)
