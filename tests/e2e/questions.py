"""Questions at an even pace behind a test, whatever happens to the stack meanwhile."""

import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.e2e.whole import Whole

_EVERY = 0.5


@dataclass(frozen=True)
class Asked:
    """One question: when it was asked and answered (seconds since the epoch), and the trace of its answer."""

    asked: float
    answered: float
    trace_id: str

    def within(self, since: float, until: float) -> bool:
        """Whether any of it happened between the two; nothing does where they are the same."""
        return since < until and self.asked < until and self.answered > since


@dataclass
class Questions:
    """While it is entered, two a second; each has to be answered."""

    whole: Whole
    about: str
    answers: list[Asked] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        under_way: list[threading.Thread] = []
        while not self._stop.wait(_EVERY):
            under_way.append(threading.Thread(target=self._ask, args=(len(under_way),)))
            under_way[-1].start()
        for one in under_way:
            one.join()

    def _ask(self, number: int) -> None:
        began = time.time()
        try:
            answer = self.whole.ask(f"question {number} about {self.about}")
            self.answers.append(Asked(began, time.time(), answer["trace_id"]))
        except (OSError, ValueError, KeyError) as error:
            self.failures.append(f"question {number}: {error!r}")

    def wait(self, more: int, seconds: float = 120) -> None:
        """Until so many more are answered."""
        wanted, deadline = len(self.answers) + more, time.monotonic() + seconds
        while len(self.answers) < wanted and not self.failures and time.monotonic() < deadline:
            time.sleep(0.1)

    def during(self, since: float, until: float) -> list[Asked]:
        """Asked and answered between the two."""
        return [one for one in self.answers if since < one.asked and one.answered < until]
