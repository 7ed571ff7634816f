"""What this folder's stack has running: process ids with their start times, kept across commands."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


class Busy(Exception):  # noqa: N818  # what the person reads
    """Another command works on the same stack."""


@dataclass(frozen=True)
class Running:
    """A started process; `began` tells it from another that got the same id later, `digest` what it was started with."""

    name: str
    pid: int
    began: float
    version: str
    url: str
    ready: str
    seconds: float
    digest: str
    config: str
    command: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = ""
    """How it was started, so that it can be started again."""
    restarts: int = 0
    """How often it was started again because it had ended by itself."""
    given_up: bool = False


@dataclass(frozen=True)
class State:
    """The folder `.stackgen` beside the spec."""

    root: Path

    @classmethod
    def beside(cls, spec: Path) -> "State":
        """The state of the stack that a spec describes."""
        return cls(spec.resolve().parent / ".stackgen")

    @property
    def etc(self) -> Path:
        """Rendered configs of this machine's form."""
        return self.root / "etc"

    def log(self, name: str) -> Path:
        """A component's log."""
        return self.root / "logs" / f"{name}.log"

    def data(self, name: str) -> Path:
        """A component's data."""
        return self.root / "data" / name

    def read(self) -> dict[str, Running]:
        """What was started, whether it still runs or not; a file that cannot be read counts as nothing started."""
        try:
            return {entry["name"]: Running(**entry) for entry in self._kept()["running"]}
        except (KeyError, TypeError):
            return {}

    def write(self, running: dict[str, Running]) -> None:
        """Replace what was started."""
        self._keep(running=[asdict(entry) for entry in running.values()])

    def left(self) -> dict[str, str]:
        """What the last launch went on without, with the reason."""
        return {str(name): str(why) for name, why in (self._kept().get("left") or {}).items()}

    def leave(self, left: dict[str, str]) -> None:
        """Replace what was gone on without."""
        self._keep(left=left)

    def engines(self) -> set[str] | None:
        """Engines that were started and not taken down since; None where nothing is noted."""
        found = self._kept().get("engines")
        return set(map(str, found)) if isinstance(found, list) else None

    def start(self, engine: str) -> None:
        """Note an engine before it starts anything."""
        self._keep(engines=sorted((self.engines() or set()) | {engine}))

    def end(self, engine: str) -> None:
        """Note that nothing of an engine runs any more; where nothing was noted before, that says nothing of the other."""
        if (found := self.engines()) is not None:
            self._keep(engines=sorted(found - {engine}))

    def keeper(self) -> tuple[int, float]:
        """Process id and start time of what starts parts again; zeros where there is none."""
        try:
            pid, began = self._kept()["keeper"]
            return int(pid), float(began)
        except (KeyError, TypeError, ValueError):
            return 0, 0.0

    def keep_by(self, pid: int, began: float) -> None:
        """Note what starts parts again."""
        self._keep(keeper=[pid, began])

    def _kept(self) -> dict[str, Any]:
        try:
            found = json.loads((self.root / "state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _keep(self, **changed: object) -> None:
        """Replace the file in one step; only who holds the lock does."""
        self.root.mkdir(parents=True, exist_ok=True)
        part = self.root / f"state.json.{os.getpid()}"
        part.write_text(json.dumps(self._kept() | changed, indent=1), encoding="utf-8")
        part.replace(self.root / "state.json")

    @contextmanager
    def lock(self, patience: float = 0.0) -> Iterator[None]:
        """One command at a time; `patience` in seconds. Raises Busy."""
        self.root.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + patience
        with (self.root / "lock").open("a+") as handle:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() >= deadline:
                        handle.seek(0)
                        who = handle.read().strip() or "?"
                        raise Busy(f"another stackgen (process {who}) works on this stack; wait for it") from error
                    time.sleep(0.1)
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
            yield
