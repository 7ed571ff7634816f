"""A changed config counts as reloaded once the program itself says so."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator import conventions as c
from generator.artifact import Artifact
from generator.launch import native
from generator.launch.bring_up import CannotLaunch, Run
from generator.launch.component import Component
from generator.launch.obtain.package import Obtained
from generator.launch.state import State
from tests.launch.conftest import free_ports

GOOD = {
    c.PROMETHEUS: ("global: {scrape_interval: 1s}\n", "global: {scrape_interval: 2s}\n"),
    c.ALERTMANAGER: (
        "route: {receiver: a}\nreceivers: [{name: a}]\n",
        "route: {receiver: b}\nreceivers: [{name: b}]\n",
    ),
}
BAD = "colour: red\n"
Up = Callable[[str], list[str]]


@pytest.fixture(params=list(GOOD))
def program(request: pytest.FixtureRequest) -> Obtained:
    """Prometheus, then Alertmanager."""
    one: Obtained = request.getfixturevalue(request.param)
    return one


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """A folder of its own; whatever was started is stopped."""
    one = State(tmp_path)
    yield one
    native.down(one, lambda _line: None)


@pytest.fixture
def up(state: State, program: Obtained) -> Up:
    """Bring the program up with a config; what was said."""
    port = free_ports(("app",))["app"]
    url = f"http://127.0.0.1:{port}"
    file = state.etc / program.package / "config.yml"
    storage = "storage.tsdb.path" if program.package == c.PROMETHEUS else "storage.path"
    more = [] if program.package == c.PROMETHEUS else ["--cluster.listen-address="]
    command = [
        str(program.binaries[program.package]), f"--config.file={file}", f"--{storage}={state.data(program.package)}",
        f"--web.listen-address=127.0.0.1:{port}", *more,
    ]  # fmt: skip
    one = Component(
        program.package, "1", command, f"{url}/-/ready", url, (port,), (program.package,), reloads=True,
        tells=f"{url}/metrics", folder=program.folder,
    )  # fmt: skip

    def bring(config: str) -> list[str]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(config)
        said: list[str] = []
        Run(state, said.append, [Artifact(f"{program.package}/config.yml", config)]).bring_up([one])
        return said

    return bring


def test_a_refused_reload_is_told_and_tried_again(up: Up, state: State, program: Obtained) -> None:
    """With the program's own words, each time; it goes on with what it had, and takes the next good one."""
    first, second = GOOD[program.package]
    up(first)
    before = state.read()[program.package]
    for _time in range(2):
        with pytest.raises(CannotLaunch, match="refuses its changed config") as caught:
            up(BAD)
        assert "colour" in str(caught.value)
        assert state.read()[program.package] == before
    assert any("reloading its changed config" in line for line in up(second))
    after = state.read()[program.package]
    assert (after.pid, after.config != before.config) == (before.pid, True)
    assert up(second) == []
