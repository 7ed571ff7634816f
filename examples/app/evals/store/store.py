"""The whole store."""

from types import TracebackType
from typing import Self

from .arriving import Arriving
from .budget import Budget
from .depth import Deep
from .labels import Labels
from .names import Names
from .queue import Queue
from .recording import Recording
from .state import State
from .sweep import Sweeping
from .totals import TotalsPart
from .verdicts import Verdicts


class Store(Arriving, Queue, Deep, Recording, Budget, TotalsPart, Verdicts, Labels, State, Names, Sweeping):
    """Answers to be judged, verdicts, money and totals in one database, shared by any number of processes.

    Every method is one transaction (or several that each stand for themselves, where it says so): it has happened or it has not, whatever is
    killed meanwhile. All of them may be called from any thread and raise StoreError. Times are unix seconds, `now` is for tests.
    """

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
