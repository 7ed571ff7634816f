"""Where this worker is: folders, addresses and names, all from the environment."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = ".data/evals"
LEASE = 60.0
"""Seconds that a claim holds without a sign of life."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the environment says; `store` is a SQLAlchemy URL and may hold a password: never log it.

    Raises ValueError for a port or lease that is no number, OSError for a file of the store's URL that cannot be read.

    >>> Place.of({"EVALS_WORKER": "judge-1"}).port
    8082
    """

    contract: Path
    folder: Path
    store: str
    worker: str
    host: str
    port: int
    log_file: Path | None
    simulator: str
    lease: float
    origins: tuple[str, ...]

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> "Place":
        """An empty variable is one that is not set."""

        def told(name: str, usual: str) -> str:
            return environ.get(name, "").strip() or usual

        folder = Path(told("EVALS_FOLDER", _FOLDER))
        log_file = told("EVALS_LOG_FILE", "")
        return cls(
            contract=Path(told("LLM_CONTRACT", "stack/app/contract.json")),
            folder=folder,
            store=_store(environ, folder),
            worker=told("EVALS_WORKER", socket.gethostname()),
            host=told("EVALS_HOST", "127.0.0.1"),
            port=int(_number("EVALS_PORT", told("EVALS_PORT", "8082"), 0, 65535)),
            log_file=Path(log_file) if log_file else None,
            simulator=told("LLM_SIMULATOR_URL", "http://127.0.0.1:8081"),
            lease=_number("EVALS_LEASE_SECONDS", told("EVALS_LEASE_SECONDS", str(LEASE)), 1, 3600),
            origins=tuple(told("EVALS_ORIGINS", "").replace(",", " ").split()),
        )

    @property
    def spool(self) -> Path:
        """Where applications leave what is to be judged."""
        return self.folder / "spool"

    @property
    def remote(self) -> bool:
        """The store is a server, which may be there later."""
        return self.store.startswith("postgres")

    @property
    def shown_store(self) -> str:
        """The store's address without what is secret in it, for people."""
        before, found, after = self.store.rpartition("@")
        return f"{before.partition('://')[0]}://{after}" if found else self.store


def _store(environ: Mapping[str, str], folder: Path) -> str:
    """A URL with a password belongs into a file that few may read, or into the environment."""
    if told := environ.get("EVALS_STORE", "").strip():
        return told
    if file := environ.get("EVALS_STORE_FILE", "").strip():
        return Path(file).read_text(encoding="utf-8").strip()
    return f"sqlite:///{(folder / 'evals.sqlite').absolute()}"


def _number(name: str, told: str, least: float, most: float) -> float:
    try:
        found = float(told)
    except ValueError:
        found = least - 1
    if not least <= found <= most:
        raise ValueError(f"{name} is {told!r}: it takes a number from {least:g} to {most:g}")
    return found
