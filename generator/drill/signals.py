"""Being stopped by a person or by the system, at a moment when nothing is lost by it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interruptible() -> None:
    """From now on a request to end, or a terminal that closes, is like Ctrl-C: everything that was started is stopped."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


@contextmanager
def deferred() -> Iterator[None]:
    """Nothing interrupts the block: a process that was started is known, or all of them are stopped. Raises KeyboardInterrupt after."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    # Handlers of our own, not a mask: a mask would be inherited by what is started meanwhile, and never lifted there.
    before = {number: signal.signal(number, lambda number, _frame: heard.append(number)) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if heard:
        raise KeyboardInterrupt


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
