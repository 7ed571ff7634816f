"""Say how a drill goes: one live line on a terminal, else a plain line every few seconds."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

EVERY = 5.0
"""Seconds between plain lines while nothing changes."""


class Progress:
    """Everything goes to stderr; stdout stays for the result."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._live = Status("", console=self._console) if self._console.is_terminal else None
        self._told, self._last = 0.0, ""

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def say(self, line: str) -> None:
        """A line that stays."""
        if self._live:
            self._console.print(Text(line))
        else:
            print(line, file=sys.stderr, flush=True)

    def now(self, scenario: str, phase: str, seconds: float, state: str) -> None:
        """What happens at the moment; `seconds` into the phase."""
        line = f"{scenario}: {phase}; the alert is {state}"
        if self._live:
            self._live.update(Text(f"{line}  {seconds:.0f} s"))
        elif line != self._last or time.monotonic() - self._told >= EVERY:
            self._last, self._told = line, time.monotonic()
            print(f"  {seconds:4.0f} s  {line}", file=sys.stderr, flush=True)
