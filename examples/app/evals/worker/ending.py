"""Ends within a few seconds of being asked to, whatever hangs."""

import asyncio
import logging
import os
import signal
import threading

PATIENCE = 4.5
"""Seconds: a launcher insists after 5 or more."""
_said = logging.getLogger("llm.evals")


def on_signals(stop: asyncio.Event) -> None:
    """Set `stop` at SIGTERM and SIGINT, in the running loop; what is not over in time is left to the leases."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask, stop)


def ask(stop: asyncio.Event, patience: float = PATIENCE) -> None:
    """Set `stop`, and see to it that the process ends."""
    if not stop.is_set():
        stop.set()
        timer = threading.Timer(patience, _insist)
        timer.daemon = True
        timer.start()


def _insist() -> None:
    _said.warning("not everything ended in time; what was claimed is claimed again when its lease is over")
    os._exit(1)
