"""The native engine: obtain, render for this machine, start what is not running as it should, wait until it answers."""

import os
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from generator import conventions as c
from generator.launch import children
from generator.launch.bring_up import READY_WITHIN, Run, answers
from generator.launch.components import components
from generator.launch.money import key_set
from generator.launch.obtain.catalog import CORE, PACKAGES
from generator.launch.obtain.ensure import ensure
from generator.launch.obtain.package import Obtained
from generator.launch.placement import native_placement
from generator.launch.roles import cast
from generator.launch.state import State
from generator.launch.table import Row
from generator.model import Model
from generator.output.write import render_into
from generator.pipeline import artifacts
from generator.resolve import resolve
from generator.spec.load import LoadedSpec


def up(
    loaded: LoadedSpec, state: State, say: Callable[[str], None], *, demo_traffic: bool, without: Collection[str] = ()
) -> list[Row]:
    """Start what is not running as the spec wants it, without some roles. Raises CannotLaunch and CannotBeHad."""
    obtained = _core(say)
    obtained |= {player.package: player for player in cast(loaded.spec, without).values()}
    placement = native_placement(
        state, loaded.spec.stack.ports.model_dump(), obtained, example_app=loaded.spec.app == "example"
    )
    model = from_here(resolve(loaded.spec, spec_name=loaded.name, placement=placement), loaded.folder)
    rendered = artifacts(model)
    render_into(state.etc, rendered, force=True)
    _link_secrets(loaded, model, state, say)
    if demo_traffic and model.app.example and (name := key_set(model, os.environ)):
        say(f"{c.TRAFFIC}: not needed, questions cost money with a real provider's key ({name} is set)")
        demo_traffic = False
    wanted = components(model, state, obtained, demo_traffic=demo_traffic)
    Run(state, say, rendered).bring_up(wanted)
    return rows(state)


def from_here(model: Model, folder: Path) -> Model:
    """The model with the log files of one's own app by their whole paths: a spec means them from its folder, and the Collector runs elsewhere."""
    files = tuple(str((folder / file).absolute()) for file in model.app.log_files)
    return replace(model, app=replace(model.app, log_files=files))


def _core(say: Callable[[str], None]) -> dict[str, Obtained]:
    with ThreadPoolExecutor() as pool:
        return dict(zip(CORE, pool.map(lambda name: ensure(PACKAGES[name], say), CORE), strict=True))


def _link_secrets(loaded: LoadedSpec, model: Model, state: State, say: Callable[[str], None]) -> None:
    """The rendered config names one place for each secret; the files themselves stay the person's."""
    silent = "so {} stays silent; put the secret into it, nothing needs a restart"
    wanted = [(one.kind, one.secret_file, silent.format(one.kind)) for one in model.notify if one.secret_file]
    if model.traces.headers_file:
        late = "and the Collector does not start without it; put the headers into it and launch again"
        wanted.append(("traces", model.traces.headers_file, late))
    for name, file, loss in wanted:
        secret, link = loaded.folder / file, state.etc / "secrets" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(secret.resolve())
        if not secret.exists():
            say(f"note: {secret} is not there, {loss}")


def rows(state: State) -> list[Row]:
    """What was started, and how it is."""
    found = []
    for entry in state.read().values():
        process = children.find(entry.pid, entry.began)
        alive = process is not None and (not entry.ready or answers(entry.ready))
        # Of what nobody waited for it is not known yet.
        young = entry.seconds == 0 and time.time() - entry.began < READY_WITHIN
        ended = "given up" if entry.given_up else "ended"
        word = "running" if alive else "starting" if process and young else "not ready" if process else ended
        lines = 5 if word == "given up" else 1
        note = "" if alive or word == "starting" else "\n".join(children.tail(state.log(entry.name), lines))
        found.append(
            Row(
                entry.name,
                word,
                entry.version,
                entry.url,
                entry.seconds,
                children.memory(process) if process else 0,
                note,
                entry.restarts,
            )
        )
    return found + [Row(name, "left out", "", "", 0.0, 0, why) for name, why in state.left().items()]


def down(state: State, say: Callable[[str], None]) -> None:
    """Stop everything that was started, and say so."""
    entries = state.read()
    alive = {name: process for name, entry in entries.items() if (process := children.find(entry.pid, entry.began))}
    children.stop(list(alive.values()))
    for name in entries:
        say(f"{name}: {'stopped' if name in alive else 'had ended before'}")
    if not entries:
        say("nothing runs")
    state.write({})
    state.leave({})
