"""What a stack consists of, who can play each part, and what is lost where nobody can."""

from collections.abc import Collection
from dataclasses import dataclass

from generator import conventions as c
from generator.launch.obtain.catalog import CORE, PACKAGES
from generator.launch.obtain.ensure import at_hand
from generator.launch.obtain.package import Obtained
from generator.spec.schema import Spec


@dataclass(frozen=True)
class Role:
    """One part of the stack; `players` are packages, the best first; `lost` is for people."""

    name: str
    players: tuple[str, ...]
    lost: str

    @property
    def core(self) -> bool:
        """Whether nothing is launched without it."""
        return self.players[0] in CORE


METRICS = Role("metrics", (c.PROMETHEUS,), "everything")
ALERTS = Role("alerts", (c.ALERTMANAGER,), "notifications")
_LOST = {
    "traces": "stored traces; calls keep their trace ids in logs and exemplars",
    "logs": "searchable logs; the log lines are in the app's log file",
    "collector": "OTLP for other applications, redaction and sampling of traces, logs in a store",
    "dashboards": "Grafana's dashboards; the page that Prometheus serves has the same four panels",
}
TRACES, LOGS, COLLECTOR, DASHBOARDS = (Role(name, players, _LOST[name]) for name, players in c.ROLES.items())


def roles(spec: Spec, without: Collection[str] = ()) -> list[Role]:
    """The parts that a stack of this spec has; traces that go to a back end of the person's own need no store here."""
    found = [METRICS, ALERTS]
    if spec.traces.endpoint is None and spec.traces.backend == "jaeger":
        found.append(Role(TRACES.name, (c.JAEGER,), TRACES.lost))
    elif spec.traces.endpoint is None and spec.traces.backend == "tempo":
        found.append(TRACES)
    return [role for role in (*found, LOGS, COLLECTOR, DASHBOARDS) if role.name not in without]


def cast(spec: Spec, without: Collection[str] = ()) -> dict[str, Obtained]:
    """Role -> the best player that is on this machine already, for all roles but the core; takes no time."""
    found = {}
    for role in roles(spec, without):
        player = None if role.core else next(filter(None, (at_hand(PACKAGES[name]) for name in role.players)), None)
        if player is not None:
            found[role.name] = player
    stores_elsewhere = TRACES.name not in {role.name for role in roles(spec)}
    if not stores_elsewhere and not found.keys() & {TRACES.name, LOGS.name}:
        # With no store behind it the Collector has nothing to do.
        found.pop(COLLECTOR.name, None)
    return found
