"""One process of the native stack."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Component:
    """One process; `ready` is the URL that answers 200 when it is, `config` the rendered folders it reads."""

    name: str
    version: str
    command: list[str]
    ready: str = ""
    url: str = ""
    ports: tuple[int, ...] = ()
    config: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """Names of secret files that it reads with its config."""
    inherits: tuple[str, ...] = ()
    """Variables of the person's own environment that it goes by."""
    reloads: bool = False
    """Whether SIGHUP makes it read its config again; it then says how that went at `tells`, or by `reloaded` in its log."""
    tells: str = ""
    reloaded: str = ""
    folder: Path | None = None
    core: bool = True
    """Whether the stack is of no use without it."""
    late: bool = False
    """Whether it is started once the others are ready, and nobody waits for it: it must not make the launch slower."""
