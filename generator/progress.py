"""Progress on stderr: a bar on a terminal, a plain line every few seconds elsewhere."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_EVERY = 5.0


class Progress:
    """`with Progress("fetching", total) as progress: progress.to(done, "what")`; quiet prints nothing."""

    def __init__(self, title: str, total: int = 1, *, quiet: bool = False) -> None:
        self._title, self._total, self._quiet = title, max(1, total), quiet
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._said = time.monotonic()

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as RichProgress

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[what]}"),
            )
            self._bar = RichProgress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self._title, total=self._total, what="")
        return self

    def to(self, done: int, what: str = "") -> None:
        """So much of the total is done."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, what=what)
        elif not self._quiet and time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            print(f"{self._title}: {100 * done // self._total} % {what}".rstrip(), file=sys.stderr)

    def advance(self, done: int, total: int, what: str = "") -> None:
        """As `to`, where the total is known only now."""
        if total != self._total:
            self._total = max(1, total)
            if self._bar is not None and self._task is not None:
                self._bar.update(self._task, total=self._total)
        self.to(done, what)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
