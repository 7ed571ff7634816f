"""A kit that queues the answers of its calls, one call, and what is in the spool after it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from app.evals.enqueue import watch
from app.evals.item import Item
from app.evals.sampling import draw
from app.evals.spool_reader import SpoolReader
from app.telemetry import Call, Telemetry
from app.telemetry.contract import Contract

EVALS: dict[str, Any] = {
    "enabled": True, "sample": 1.0, "by": "call", "endpoints": {}, "models": {}, "floor_per_day": 0, "always": ["refusal", "thumbs_down"],
    "judge": {
        "model": "gpt-4o-mini", "provider": "openai", "base_url": None, "max_usd_per_day": 5.0, "concurrency": 4, "per_minute": 120,
        "usd_per_million_tokens": None,
    },
    "dimensions": [], "control_seconds": 86400, "max_waiting": 1000, "keep_seconds": 1209600, "pass_rate_below": 0.9,
}  # fmt: skip
UNLUCKY = next(name for name in map(str, range(1000)) if draw(name) > 0.9)
Begin = Callable[..., Telemetry]


@pytest.fixture
def begin(contract: Contract, tmp_path: Path) -> Iterator[Begin]:
    """A kit with the hooks in place, and settings changed so."""
    made: list[Telemetry] = []

    def one(blobs: bool = True, logs: dict[str, Any] | None = None, **changes: Any) -> Telemetry:
        data = contract.data | {"evals": EVALS | changes, "logs": contract.data["logs"] | (logs or {})}
        made.append(Telemetry(Contract(data), blobs=tmp_path / "blobs" if blobs else None, log_file=tmp_path / "log"))
        watch(made[-1], tmp_path, lambda: 1000.5)
        return made[-1]

    yield one
    for telemetry in made:
        telemetry.close()


@pytest.fixture
def queued(tmp_path: Path) -> Callable[[], list[Item]]:
    """What is in the spool and was not read yet."""
    reader = SpoolReader(tmp_path / "spool")

    def read() -> list[Item]:
        batch = reader.read(1000)
        batch.commit()
        return [Item.loaded(line) for line in batch.lines]

    return read


Queued = Callable[[], list[Item]]


def ask(telemetry: Telemetry, answer: str | None = "fine", **known: Any) -> Call:
    """One call."""
    told = {"endpoint": "chat", "model": "gpt-4o-mini", "provider": "openai", "question": "q"} | known
    with telemetry.call(**told) as call:
        if answer is not None:
            call.answered(answer, {"input": 1, "output": 1})
    return call
