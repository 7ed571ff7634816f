"""`up`, `down`, `status` and `logs`: choose the engine, do it, and say it so that a newcomer understands."""

import json
import signal
import sys
import time
from collections.abc import Collection
from pathlib import Path
from types import FrameType
from typing import NoReturn

from generator import conventions as c
from generator.launch import behind, children, coming, compose, engines, keeper, native
from generator.launch.bring_up import CannotLaunch
from generator.launch.engines import Engine
from generator.launch.obtain.ensure import CannotBeHad
from generator.launch.room import shortage
from generator.launch.state import Busy, State
from generator.launch.table import Gap, Row, as_json, gaps_text, remarks, table
from generator.output.compare import ManifestError
from generator.output.write import WriteError
from generator.problems import ProblemsFound, render
from generator.spec.load import LoadedSpec, load

_PATIENCE, _MOMENT = 60.0, 5.0
_ROOM = 200_000_000


def up(
    spec: Path,
    *,
    engine: Engine = "auto",
    demo_traffic: bool = True,
    everything: bool = False,
    without: Collection[str] = (),
    as_json: bool = False,
) -> int:
    """Launch; prints the table on stdout and progress on stderr. `everything`: return when nothing is on its way any more; `without`: roles that are left out."""
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        loaded = load(spec)
        state = State.beside(spec)
        if engines.for_up(engine, state, _compose_file(spec), _say) == "compose":
            return _compose_up(loaded, spec, state, demo_traffic=demo_traffic, without=without, machine=as_json)
        _room(state)
        # What joins from behind holds the lock for seconds, what starts parts again for a moment.
        with state.lock(_PATIENCE if coming.told(state).coming else _MOMENT if keeper.lives(state) else 0):
            state.start("native")
            found = native.up(loaded, state, _say, demo_traffic=demo_traffic, without=without)
            keeper.start(state)
        behind.start(spec, state, loaded, demo_traffic=demo_traffic, without=without)
        if everything:
            coming.wait(state)
            found = native.rows(state)
    except ProblemsFound as problems:
        _say(render(problems.problems, problems.sources, color=sys.stderr.isatty()))
        return 1
    except (CannotLaunch, CannotBeHad, Busy, WriteError, ManifestError) as error:
        _say(str(error))
        return 1
    _print(found, coming.gaps(state, loaded), machine=as_json, closing=_closing(loaded, time.monotonic() - began))
    return 0


def _room(state: State) -> None:
    if told := shortage(state.root, _ROOM):
        raise CannotLaunch(told)


def _compose_up(
    loaded: LoadedSpec, spec: Path, state: State, *, demo_traffic: bool, without: Collection[str], machine: bool
) -> int:
    from generator.resolve import resolve

    model = resolve(loaded.spec, spec_name=loaded.name)
    file = _compose_file(spec)
    coming.stop(state)
    keeper.stop(state)
    with state.lock():
        # Of the native engine nothing runs any more: what is noted of it had ended before.
        state.write({})
        state.leave({})
        state.end("native")
        state.start("compose")
    found = compose.up(file, model, loaded.folder, _say, demo_traffic=demo_traffic, without=without)
    page = f"http://127.0.0.1:{loaded.spec.stack.ports.grafana}/d/{c.UID_GOLDEN}"
    _print(found, [], machine=machine, closing=f"\nOpen {page}\nStop it with `make down`.")
    return 0


def down(spec: Path) -> int:
    """Stop what runs, whichever engine started it; of containers only what may be this folder's."""
    state, file = State.beside(spec), _compose_file(spec)
    coming.stop(state)
    keeper.stop(state)
    try:
        with state.lock():
            contained, asked = engines.contains(state), engines.docker()
            if state.read() or not (contained and asked):
                native.down(state, _say)
            state.end("native")
        if not contained:
            return 0
        if asked:
            code = compose.down(file)
            if code == 0:
                state.end("compose")
            return code
    except (Busy, CannotLaunch) as error:
        _say(str(error))
        return 1
    if "compose" in (state.engines() or ()):
        _say("this stack was started with Compose, and Docker is not asked or does not answer: containers may be left")
        return 1
    return 0


def status(spec: Path, *, as_json: bool = False) -> int:
    """The table; 1 where something that was started does not run."""
    state = State.beside(spec)
    try:
        natively, contained = _where(state)
    except CannotLaunch as error:
        _say(str(error))
        return 1
    found = [*(native.rows(state) if natively else []), *(compose.rows(_compose_file(spec)) if contained else [])]
    if not found and not as_json:
        print("nothing runs; `make stack` starts it")
        return 1
    try:
        gaps = coming.gaps(state, load(spec)) if natively else []
    except ProblemsFound:
        # What runs can be shown while the spec is being edited.
        gaps = []
    _print(found, gaps, machine=as_json, closing="")
    return 0 if found and all(row.state in {"running", "starting"} for row in found) else 1


def _where(state: State) -> tuple[bool, bool]:
    """Whether there is something native to show, and whether there are containers; processes that ended count less than those."""
    lives = engines.lives(state)
    contained = (not lives or "compose" in (state.engines() or ())) and engines.contains(state) and engines.docker()
    return lives or (bool(state.read()) and not contained), contained


def logs(spec: Path, *, components: list[str], follow: bool, lines: int) -> int:
    """The last lines of the logs, each with its component's name."""
    state = State.beside(spec)
    try:
        natively, contained = _where(state)
    except CannotLaunch as error:
        _say(str(error))
        return 1
    known = list(state.read())
    if contained and not natively:
        return compose.logs(_compose_file(spec), components, lines, follow=follow)
    if unknown := [name for name in components if name not in known]:
        _say(f"{', '.join(unknown)}: not running here; known: {', '.join(known) or 'nothing'}")
        return 1
    names = components or known
    width = max((len(name) for name in names), default=0)
    offsets = {}
    for name in names:
        log = state.log(name)
        offsets[name] = log.stat().st_size if log.exists() else 0
        for line in children.tail(log, lines):
            print(f"{name:<{width}} | {line}")
    while follow:
        time.sleep(0.3)
        for name in names:
            offsets[name] = _print_new(state.log(name), offsets[name], f"{name:<{width}} | ")
    return 0


def _print_new(log: Path, offset: int, prefix: str) -> int:
    if not log.exists():
        return 0
    with log.open("rb") as handle:
        if log.stat().st_size < offset:
            offset = 0
        handle.seek(offset)
        text = handle.read().decode("utf-8", "replace")
    for line in text.splitlines():
        print(f"{prefix}{line}", flush=True)
    return offset + len(text.encode())


def _compose_file(spec: Path) -> Path:
    return spec.parent / "stack" / "compose.yaml"


def _closing(loaded: LoadedSpec, seconds: float) -> str:
    port = loaded.spec.stack.ports.prometheus
    lines = [
        f"\nReady in {seconds:.1f} s. Your four golden signals: http://127.0.0.1:{port}/consoles/{c.PAGE}",
        "Next: make status | make logs | make down"
        + (' | make chaos ARGS="slow 10"' if loaded.spec.app == "example" else ""),
    ]
    return "\n".join(lines)


def _print(rows: list[Row], gaps: list[Gap], *, machine: bool, closing: str) -> None:
    if machine:
        print(json.dumps(as_json(rows, gaps), indent=2))
        return
    print(table(rows))
    for line in remarks(rows):
        print(line)
    if gaps:
        print(gaps_text(gaps))
    if closing:
        print(closing)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
