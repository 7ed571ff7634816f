"""`stackgen verify`: render for the programs of this machine, and let each judge its own config."""

import json
import sys
import tempfile
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

from generator.launch.obtain.catalog import CORE, PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, at_hand, ensure
from generator.launch.placement import native_placement
from generator.launch.state import State
from generator.model import Model
from generator.output.write import render_into
from generator.pipeline import artifacts
from generator.verify.judges import PARTS, Verdict, contained, native


def run(model: Model, *, as_json: bool = False, strict: bool = False, allow: Collection[str] = ()) -> int:
    """Exit code: 0 nothing wrong; 1 a config would be refused, or (`strict`) could not be judged and is not in `allow`."""
    if unknown := [name for name in allow if name not in PARTS]:
        _say(f"--allow {','.join(unknown)}: there are {', '.join(PARTS)}")
        return 1
    try:
        obtained = {name: ensure(PACKAGES[name], _say) for name in CORE}
    except CannotBeHad as error:
        _say(str(error))
        return 1
    rest = {name: at_hand(package) for name, package in PACKAGES.items() if name not in CORE}
    obtained |= {name: found for name, found in rest.items() if found is not None}
    with tempfile.TemporaryDirectory(prefix="stackgen-verify-") as name:
        state = State(Path(name))
        placement = native_placement(state, model.stack.ports, obtained, example_app=model.app.example)
        render_into(state.etc, artifacts(model.placed(placement)), force=True)
        for package in obtained:
            # Some programs look whether the folders that their config names are there.
            state.data(package).mkdir(parents=True, exist_ok=True)
        _placeholders(model, state)
        in_containers = artifacts(model)
        render_into(Path(name) / "stack", in_containers, force=True)
        verdicts = [*native(state.etc, obtained), *contained(Path(name) / "stack", in_containers)]
    if as_json:
        print(json.dumps({"verdicts": [asdict(one) for one in verdicts]}, indent=2))
    else:
        print(_table(verdicts))
    unjudged = sorted({one.part for one in verdicts if one.skipped} - set(allow)) if strict else []
    if unjudged:
        _say(f"not judged: {', '.join(unjudged)}; `stackgen obtain` what is missing, or --allow {','.join(unjudged)}")
    return int(bool(unjudged) or any(one.problem for one in verdicts))


def _placeholders(model: Model, state: State) -> None:
    """Secrets are no part of a config, but their files have to be there."""
    folder = state.etc / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    for receiver in model.notify:
        (folder / receiver.kind).write_text("https://receiver.invalid/\n", encoding="utf-8")
    (folder / "traces").write_text("authorization: nobody\n", encoding="utf-8")


def _table(verdicts: list[Verdict]) -> str:
    width = max(len(one.file) for one in verdicts)
    lines = []
    for one in verdicts:
        word = "refused" if one.problem else "not judged" if one.skipped else "fine"
        lines.append(f"{word:<10}  {one.file:<{width}}  {one.skipped or one.by}")
        lines += [f"            | {line}" for line in one.problem.splitlines()[-12:]]
    return "\n".join(lines)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
