"""`python -m app.evals`: one word for each thing to do; only the part that does it is imported."""

import argparse
import importlib
import os
import sys
from typing import Any

_PARTS = {
    "worker": ("worker", "ship", "status", "retry"),
    "calibration": ("calibrate", "control", "power"),
    "label": ("label",),
    "dataset": ("check", "redteam"),
}
_ABOUT = "Judge a sample of the answers: `worker` judges what applications put aside, `status` says what was found."
_HOMES = {word: part for part, words in _PARTS.items() for word in words}


def main(words: list[str]) -> int:
    """Exit code: 0 fine, 1 a problem found, 2 wrong usage."""
    found = argparse.ArgumentParser(prog="python -m app.evals", description=_ABOUT)
    parsers = found.add_subparsers(dest="part", metavar="WORD", required=True)
    known = _HOMES.get(words[0]) if words else None
    # Where no word is known, the usage of all of them is what helps.
    for part in [known] if known else _PARTS:
        _command(part).add(parsers)
    arguments = found.parse_args(words)
    code: int = _command(_HOMES[arguments.part]).run(arguments)
    return code


def _command(part: str) -> Any:
    return importlib.import_module(f"app.evals.{part}.command")


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; what is left unsaid must not be complained about at the exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
