"""What observing one call costs, ours against the peers, in one run: `python -m benchmarks.overhead`.

The official SDK asks over a transport that answers at once. Each subject has an environment and a process of its own and
sends to a server that takes everything; short blocks of calls take turns, with a baseline before and after each.
"""

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.overhead import processes
from benchmarks.overhead.report import Row, as_json, tables
from benchmarks.overhead.rounds import measure
from benchmarks.overhead.sink import sink
from benchmarks.overhead.subjects import SUBJECTS
from benchmarks.overhead.venvs import InstallError, venv


def main() -> int:
    """1 where a subject could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [subject.name for subject in SUBJECTS]
    parser.add_argument("--rounds", type=int, default=40, help="(%(default)s)")
    # More than the 512 spans of a batch, so that sending falls into every block, as it does in a busy process.
    parser.add_argument("--calls", type=int, default=600, help="calls in a block (%(default)s)")
    parser.add_argument("--memory", type=int, default=100_000, metavar="CALLS", help="after so many; 0: no start, memory and end (%(default)s)")  # fmt: skip
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=f"one of {', '.join(names)}; may be repeated")  # fmt: skip
    parser.add_argument("--venvs", type=Path, default=_cache(), metavar="FOLDER", help="where environments are kept (%(default)s)")  # fmt: skip
    parser.add_argument("--freeze", action="store_true", help="gc.freeze() after the start, for everyone: no full collection walks the SDK's objects")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="every value instead of tables")
    arguments = parser.parse_args()
    if arguments.freeze:
        os.environ["OVERHEAD_FREEZE"] = "1"
    rows = _run(arguments.only or names, arguments.venvs, arguments.rounds, arguments.calls, arguments.memory)
    print(json.dumps(as_json(rows), indent=1) if arguments.json else tables(rows))
    return int(not all(row.measured for row in rows))


def _run(names: list[str], venvs: Path, rounds: int, calls: int, many: int) -> list[Row]:
    rows = {subject.name: _installed(Row(subject), venvs) for subject in SUBJECTS if subject.name in names}
    with sink() as address:
        subjects = [(row.subject, row.venv) for row in rows.values() if row.venv]
        for name, found in measure(subjects, address, rounds, calls).items():
            rows[name] = replace(rows[name], calls=found, failed=found.failed)
        whole = [(subject, own) for subject, own in subjects if not subject.part and not rows[subject.name].failed]
        if many and whole:
            ends = processes.ends(whole)
            starts = processes.starts(whole, address)
            memories = processes.memories(whole, address, many)
            for subject, _own in whole:
                name = subject.name
                rows[name] = replace(rows[name], start=starts[name], memory=memories[name], ends=ends[name])
    return list(rows.values())


def _installed(row: Row, venvs: Path) -> Row:
    print(f"environment of {row.subject.name}", file=sys.stderr)
    try:
        return replace(row, venv=venv(row.subject, venvs))
    except InstallError as error:
        return replace(row, failed=str(error))


def _cache() -> Path:
    own = os.environ.get("STACKGEN_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return (Path(own) if own else base / "stackgen") / "overhead"


if __name__ == "__main__":
    sys.exit(main())
