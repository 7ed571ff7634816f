"""What a worker says to people: lines on standard error, with the time."""

import logging
import sys

from app.evals.store import StoreError


def speak(level: int = logging.INFO) -> None:
    """Let `llm.*` loggers be heard."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("llm")
    log.addHandler(handler)
    log.setLevel(level)
    log.propagate = False


def told(error: BaseException) -> str:
    """An error in one line for people; the store's are that already."""
    first = str(error).strip().partition("\n")[0]
    return first if isinstance(error, StoreError) else f"{type(error).__name__}: {first[:200]}"
