"""One service of the Compose file."""

from dataclasses import dataclass, field

from generator import conventions as c
from generator.model import Model

HEALTHY, STARTED, DONE = "service_healthy", "service_started", "service_completed_successfully"
QUEUE = f"{c.COLLECTOR}-queue"
"""Gives the Collector a volume that it may write to, and ends."""
ENDING = (QUEUE, c.TRAFFIC)
"""Services that may end well."""
_PROFILE = {name: role for role, names in c.ROLES.items() for name in names} | {
    QUEUE: c.COLLECTOR,
    c.TRAFFIC: c.TRAFFIC,
}


def inputs_variable(service: str) -> str:
    """Of the environment of `up`: it changes where the service has to be created anew, as it reads a file at its start only."""
    return f"STACKGEN_INPUTS_{service.upper().replace('-', '_')}"


@dataclass(frozen=True)
class Container:
    """One service of the Compose file; `check` is a command inside the image, empty where the image has none to run."""

    name: str
    image: str
    user: str
    memory: str
    volumes: tuple[str, ...]
    pull: str = ""
    """`build` where this service builds the image, `never` where another one does; else it is pulled where it is missing."""
    command: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    ports: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    after: dict[str, str] = field(default_factory=dict)
    passed: tuple[str, ...] = ()
    """Variables of whoever calls Compose that it gets as they are, if they are set: keys, which no file may hold."""
    told: dict[str, str] = field(default_factory=dict)
    """Variables with a value that Compose fills in from the environment of whoever calls it."""
    entrypoint: tuple[str, ...] = ()
    restart: str = ""
    hosts: tuple[str, ...] = ()

    @property
    def profile(self) -> str:
        """The part of the stack that it belongs to, where the stack can do without; else empty."""
        return _PROFILE.get(self.name, "")

    @property
    def waits(self) -> list[tuple[str, str, bool]]:
        """Name, condition, and whether it goes on without where that part is left out."""
        apart = {name for name, part in _PROFILE.items() if part != self.profile}
        return [(name, condition, name in apart) for name, condition in self.after.items()]

    @property
    def tmpfs(self) -> bool:
        """Whether /tmp is in memory: everywhere but where a volume is it."""
        return not any(volume.split(":")[1] == "/tmp" for volume in self.volumes)  # noqa: S108

    @property
    def inputs(self) -> str:
        """The variable that says which files it was created with; empty where it reads none."""
        return inputs_variable(self.name) if self.secrets or any(one[0] == "." for one in self.volumes) else ""


def published(model: Model, name: str, **purposes: str) -> tuple[str, ...]:
    """`127.0.0.1:host:container` for each purpose of a component's ports; none where the component does not run."""
    here, ports = model.placement.get(name), model.stack.ports
    if here is None:
        return ()
    return tuple(f"127.0.0.1:{ports[outside]}:{here.ports[purpose]}" for purpose, outside in purposes.items())
