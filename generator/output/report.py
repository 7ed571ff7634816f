"""Say what a render did: one verb a file, a closing count, and a unified diff on request."""

import difflib
from collections import Counter
from collections.abc import Iterator

from generator.output.compare import Change, Verb

_COLORS = {Verb.CREATE: "32", Verb.UPDATE: "33", Verb.IDENTICAL: "2", Verb.REMOVE: "31", Verb.EDITED: "1;31"}


def verbs(changes: list[Change], root: str, *, color: bool) -> Iterator[str]:
    """One line a file: the verb, right-aligned, and the path."""
    for change in changes:
        word = f"{change.verb:>10}"
        if color:
            word = f"\x1b[{_COLORS[change.verb]}m{word}\x1b[0m"
        yield f"{word}  {root}/{change.path}"


def summary(changes: list[Change]) -> str:
    """How many files got which verb, for example `31 files: 2 update, 29 identical`."""
    counts = Counter(change.verb for change in changes)
    parts = ", ".join(f"{counts[verb]} {verb}" for verb in Verb if counts[verb])
    return f"{len(changes)} files: {parts}"


def diff(changes: list[Change], root: str) -> Iterator[str]:
    """Unified diff of everything that is not identical, as `diff -u` would print it."""
    for change in changes:
        if change.verb is Verb.IDENTICAL:
            continue
        old = (change.old or "").splitlines(keepends=True)
        new = (change.new or "").splitlines(keepends=True)
        before = f"{root}/{change.path}" if change.old is not None else "/dev/null"
        after = f"{root}/{change.path}" if change.new is not None else "/dev/null"
        for line in difflib.unified_diff(old, new, before, after):
            yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
