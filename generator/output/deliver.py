"""Compare what was built with a folder, write or report the difference, and tell the person."""

import sys
from collections.abc import Sequence
from pathlib import Path

from generator.artifact import Artifact
from generator.output.compare import Change, ManifestError, Verb, compare
from generator.output.report import diff, summary, verbs
from generator.output.write import WriteError, render_into


def deliver(
    artifacts: list[Artifact],
    out: Path,
    spec: Path,
    *,
    check: bool = False,
    show: bool = False,
    force: bool = False,
    quiet: bool = False,
) -> int:
    """Bring `out` to the artifacts' state; `check` and `show` write nothing. The exit code of `stackgen render`."""
    dry = check or show
    try:
        compared = compare if dry else render_into
        changes = compared(out, artifacts, force=force)
    except (ManifestError, WriteError) as error:
        print(error, file=sys.stderr)
        return 1
    if show:
        sys.stdout.writelines(diff(changes, str(out)))
    due = [change for change in changes if change.verb is not Verb.IDENTICAL]
    if not quiet:
        for line in verbs(due if check else changes, str(out), color=sys.stderr.isatty()):
            print(line, file=sys.stderr)
    print(summary(changes), file=sys.stderr)
    return _verdict(due, out, spec, check=check, dry=dry)


def _verdict(due: Sequence[Change], out: Path, spec: Path, *, check: bool, dry: bool) -> int:
    if check and due:
        print(f"{out} does not match {spec}: run `make render` and commit the result.", file=sys.stderr)
        return 1
    if not dry and any(change.verb is Verb.EDITED for change in due):
        print(
            "Nothing written: somebody edited the files marked `edited`. Move the edit into the spec, or into a file of "
            "your own beside them; `stackgen render --diff` shows it, `stackgen render --force` overwrites it.",
            file=sys.stderr,
        )
        return 1
    return 0
