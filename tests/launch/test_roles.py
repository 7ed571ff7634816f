"""Who plays which part of a stack."""

from collections.abc import Callable

import pytest

from generator import conventions as c
from generator.launch import roles as module
from generator.launch.obtain.package import Obtained, Package
from generator.launch.roles import cast, roles
from generator.spec.load import parse
from generator.spec.schema import Spec
from tests.conftest import SMALL

Shelf = Callable[..., None]


def spec(more: str = "") -> Spec:
    """A small one."""
    return parse(SMALL + more, "spec.yaml")[0]


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Decide what is at hand on this machine."""

    def put(*names: str) -> None:
        def at_hand(package: Package) -> Obtained | None:
            return Obtained(package.name, (1, 0, 0), "test", {}) if package.name in names else None

        monkeypatch.setattr(module, "at_hand", at_hand)

    return put


def players(one: Spec) -> dict[str, str]:
    """Role -> package."""
    return {role: player.package for role, player in cast(one).items()}


def test_the_best_that_is_at_hand_plays(shelf: Shelf) -> None:
    """Tempo before Jaeger, Loki before VictoriaLogs."""
    shelf(c.TEMPO, c.JAEGER, c.LOKI, c.VICTORIA_LOGS)
    assert players(spec()) == {"traces": c.TEMPO, "logs": c.LOKI}
    shelf(c.JAEGER, c.VICTORIA_LOGS)
    assert players(spec()) == {"traces": c.JAEGER, "logs": c.VICTORIA_LOGS}


def test_the_collector_needs_a_store_behind_it(shelf: Shelf) -> None:
    """One of them is enough; a back end of the person's own counts."""
    shelf(c.COLLECTOR)
    assert players(spec()) == {}
    shelf(c.COLLECTOR, c.VICTORIA_LOGS)
    assert players(spec()) == {"logs": c.VICTORIA_LOGS, "collector": c.COLLECTOR}
    shelf(c.COLLECTOR)
    elsewhere = spec("traces: {backend: otlp, endpoint: 'https://otlp.example.org'}\n")
    assert players(elsewhere) == {"collector": c.COLLECTOR}


@pytest.mark.parametrize(
    ("traces", "stores"),
    [
        ("{backend: tempo}", (c.TEMPO, c.JAEGER)),
        ("{backend: jaeger}", (c.JAEGER,)),
        ("{backend: jaeger, endpoint: 'http://127.0.0.1:4318'}", None),
        ("{backend: otlp, endpoint: 'https://otlp.example.org'}", None),
    ],
)
def test_the_spec_says_who_stores_traces(traces: str, stores: tuple[str, ...] | None) -> None:
    """Nobody here where they go to an endpoint of the person's own."""
    found = {role.name: role.players for role in roles(spec(f"traces: {traces}\n"))}
    assert found.get("traces") == stores
