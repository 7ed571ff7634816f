"""The one kit of a process that needs no more than one."""

from pathlib import Path
from typing import Any

from .contract import Contract
from .observation import Observation
from .telemetry import Telemetry

_configured: list[Telemetry] = []


def configure(contract: Path | str, **options: Any) -> Telemetry:
    """Make the kit of this process from the rendered contract; the options are Telemetry's. Raises OSError and ValueError.

    >>> kit = configure("stack/app/contract.json", log_file="app.jsonl")
    """
    made = Telemetry(Contract.load(Path(contract)), **options)
    _configured[:] = [made]
    return made


def llm_call(*, endpoint: str, model: str, **known: Any) -> Observation:
    """Observe one call with the configured kit, as `with` or `async with`; further arguments are Call's fields. Raises RuntimeError before `configure`.

    >>> with llm_call(endpoint="chat", model="gpt-4o-mini", user_id="u-17", conversation_id="c-3") as call:
    ...     call.answered("A median of the recent past.", {"input": 12, "output": 7})
    """
    if not _configured:
        raise RuntimeError('call configure("stack/app/contract.json") once, where the application starts')
    return _configured[0].call(endpoint=endpoint, model=model, **known)
