"""How far a run is: a bar on a terminal, a line now and then where somebody else reads."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TextIO


@contextlib.contextmanager
def progress(what: str, total: int, out: TextIO | None = None) -> Iterator[Callable[[], None]]:
    """Call what comes out of it once for each of `total`; it goes to standard error."""
    out = out or sys.stderr
    if out.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(file=out), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda: bar.advance(task)
        return
    done = 0

    def one() -> None:
        nonlocal done
        done += 1
        # A log is read by people: five lines, not one for each case.
        if done * 5 // total > (done - 1) * 5 // total:
            print(f"{what}: {done} of {total}", file=out, flush=True)

    yield one
