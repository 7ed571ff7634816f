"""What a request must not wait for, done soon after it by one thread: bounded, counted, never in anybody's way."""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

SOON = 0.1
"""Seconds that something waits at most; nobody is woken for it, so that handing over costs next to nothing."""
MOST, MANY, MOST_CHARACTERS = 5_000, 1_000, 50_000_000
DOWN, ODD = "a back end is down, slow or full", "names or numbers that the contract does not know"
"""Why something could not be kept."""
_AT_ONCE = 64
TURN = 0.0003
"""Seconds that a call gives to a thread that gets no turn otherwise: less than a millisecond, more than it takes to wake up."""
_MINUTE = 60.0
_said = logging.getLogger("llm.telemetry")


class Dropped:
    """What could not be kept, by part (`log`, `span`, `blob`, `metric`, `listener`); a metric counts it, and once a minute a warning says it."""

    def __init__(self, count: Callable[[str, int], None]) -> None:
        self._count, self._since, self._why = count, Counter[str](), set[str]()
        self.mistakes = 0
        self.start()

    def start(self) -> None:
        """Begin; again in a process that was forked off, maybe while another thread held the lock."""
        self._lock = threading.Lock()

    def __call__(self, part: str, number: int = 1, why: str = DOWN) -> None:
        """So many more could not be kept."""
        with self._lock:
            self._since[part] += number
            self._why.add(why)
        self._count(part, number)

    def mistake(self, part: str, error: Exception, number: int = 1) -> None:
        """So many could not be kept because of an exception that nobody saw coming. Only its type is said: its message may hold anything."""
        self.mistakes += 1
        self(part, number, f"{type(error).__name__} by mistake")
        _said.debug("telemetry failed", exc_info=error)

    def say(self) -> None:
        """Say what was dropped since the last time."""
        with self._lock:
            lost, self._since = self._since, Counter[str]()
            why, self._why = self._why, set[str]()
        if lost:
            told = ", ".join(f"{number} x {part}" for part, number in sorted(lost.items()))
            _said.warning("telemetry dropped %s; %s, no call was delayed", told, ", ".join(sorted(why)))


class Behind:
    """Runs what it is given in order, in a thread of its own; `after` some, and when nothing waits any more, it does that as well.

    A process that calls without a pause may leave that thread no turn at Python's interpreter lock, which whoever lets go of it for a
    moment gets back first. So, while many are waiting, whoever hands over sleeps for a moment.
    """

    def __init__(self, dropped: Dropped, after: Callable[[], None] | None = None) -> None:
        self._waiting: deque[tuple[Callable[[Any], None], Any, str, int]] = deque()
        self._dropped, self._after = dropped, after
        self._every: list[tuple[float, float, Callable[[], None], str]] = []
        self.every(_MINUTE, dropped.say)
        self._closing, self._wake = threading.Event(), threading.Event()
        self.start()

    def start(self) -> None:
        """Begin; again in a process that was forked off, where threads do not go on, and what waited is the parent's to do."""
        self._waiting.clear()
        self._characters = 0
        self._counting = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
        self._thread.start()

    def put(self, work: Callable[[Any], None], record: Any, part: str, characters: int) -> None:
        """Do `work(record)` soon; never waits for it, never raises: where too much is waiting it is dropped, counted as `part`."""
        if len(self._waiting) >= MOST or self._characters > MOST_CHARACTERS or self._closing.is_set():
            self._dropped(part)
            return
        self._count(characters)
        self._waiting.append((work, record, part, characters))
        if len(self._waiting) > MANY:
            self._wake.set()
            time.sleep(TURN)

    def every(self, seconds: float, work: Callable[[], None], *, first: float | None = None, part: str = "log") -> None:
        """Do something regularly, for the first time after `first` seconds."""
        self._every.append((seconds if first is None else first, seconds, work, part))

    def close(self, deadline: float) -> None:
        """Do what is waiting, as far as there is time until `deadline` (of `time.monotonic`)."""
        self._closing.set()
        self._wake.set()
        self._thread.join(max(0.0, deadline - time.monotonic()))
        for _work, _record, part, _characters in list(self._waiting):
            self._dropped(part)
        self._dropped.say()

    def flush(self, seconds: float = 2.0) -> None:
        """Return once all that waits now is done, or after so many seconds."""
        done = threading.Event()

        def work(_record: None) -> None:
            self._finish()
            done.set()

        self._waiting.append((work, None, "log", 0))
        self._wake.set()
        done.wait(seconds)

    def _run(self) -> None:
        due = list[float]()
        while True:
            self._wake.wait(SOON)
            self._wake.clear()
            closing = self._closing.is_set()
            self._drain()
            if closing:
                return
            now = time.monotonic()
            due += [now + first for first, _seconds, _work, _part in self._every[len(due) :]]
            for number, (_first, seconds, work, part) in enumerate(self._every[: len(due)]):
                if now >= due[number]:
                    due[number] = now + seconds
                    self.do(_without_record(work), None, part)
                    self._finish()

    def _drain(self) -> None:
        # What waits now: what comes meanwhile must not keep from what is to be done regularly.
        for number in range(1, len(self._waiting) + 1):
            work, record, part, characters = self._waiting.popleft()
            self._count(-characters)
            self.do(work, record, part)
            if number % _AT_ONCE == 0:
                self._finish()
        self._finish()

    def _count(self, characters: int) -> None:
        with self._counting:
            self._characters += characters

    def _finish(self) -> None:
        if self._after is not None:
            self.do(_without_record(self._after), None, "log")

    def do(self, work: Callable[[Any], None], record: Any, part: str) -> None:
        """Now, in this thread; what it raises is counted as `part`, and no reason to stop."""
        try:
            work(record)
        except Exception as error:  # noqa: BLE001  # whatever it is, the next record is not to blame
            self._dropped.mistake(part, error)


def _without_record(work: Callable[[], None]) -> Callable[[Any], None]:
    return lambda _record: work()
