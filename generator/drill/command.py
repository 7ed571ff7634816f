"""`stackgen drill`: choose, play, judge, and say it for people and for machines."""

import gc
import json
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from generator import conventions as c
from generator.drill.library import Entry, UnknownScenario, chosen, entries, subject
from generator.drill.plan import Plan, plan
from generator.drill.playable import pace, unplayable
from generator.drill.progress import Progress
from generator.drill.result import as_json as result_json
from generator.drill.result import table
from generator.drill.run import Setup, own_folder, play
from generator.drill.scale import factor, scaled
from generator.drill.signals import interruptible
from generator.drill.stack import CannotDrill
from generator.drill.verdict import Played, Verdict, judge
from generator.drill.words import aligned, real
from generator.launch.obtain.ensure import CannotBeHad
from generator.model import Model
from generator.output.write import WriteError
from generator.problems import ProblemsFound, render
from generator.resolve import resolve
from generator.spec.load import load, parse


class WrongUsage(Exception):  # noqa: N818  # what the person reads
    """The command cannot mean that."""


def drill(spec: Path, names: Sequence[str], *, html: Path | None, as_json: bool, listing: bool, keep: bool) -> int:
    """Exit code: 0 every scenario behaved, 1 one did not or something could not start, 2 wrong usage."""
    try:
        loaded = load(spec)
        scale = factor(loaded.spec)
        text = scaled(loaded.spec, scale, _free_ports())
        model = resolve(parse(text, loaded.name)[0], spec_name=loaded.name)
        listed = entries(resolve(loaded.spec, spec_name=loaded.name), scale)
        if listing:
            _list(model, listed, scale, as_json=as_json)
            return 0
        picked = _picked(model, listed, names, html)
    except ProblemsFound as found:
        _say(render(found.problems, found.sources, color=sys.stderr.isatty()))
        return 1
    except (UnknownScenario, WrongUsage) as error:
        _say(str(error))
        return 2
    usual = pace(model, picked)
    plans = [plan(model, entry, llm, usual.rates) for entry in picked if (llm := subject(model, entry.scenario))]
    verdicts, complete = _played(plans, Setup(text, usual, scale), keep=keep)
    if html and verdicts:
        from generator.drill.report import report

        html.write_text(report(model, loaded.name, scale, verdicts), encoding="utf-8")
        _say(f"the report is in {html}")
    print(json.dumps(result_json(scale, verdicts), indent=2) if as_json else table(scale, verdicts))
    return 0 if complete and all(verdict.behaved for verdict in verdicts) else 1


def _picked(model: Model, listed: Sequence[Entry], names: Sequence[str], html: Path | None) -> list[Entry]:
    if html and not html.resolve().parent.is_dir():
        raise WrongUsage(f"{html.parent} is no folder: create it, or write {html.name} elsewhere")
    if not names:
        raise WrongUsage("name a scenario, or several; `stackgen drill --list` shows all")
    picked = chosen(listed, names)
    for entry in picked:
        if reason := unplayable(model, entry):
            raise WrongUsage(f"{entry.name} cannot be played for real: {reason}")
    return picked


def _played(plans: Sequence[Plan], setup: Setup, *, keep: bool) -> tuple[list[Verdict], bool]:
    """Verdicts of what could be played, and whether that is all."""
    verdicts: list[Verdict] = []

    with Progress() as progress:

        def done(played: Played) -> None:
            verdicts.append(judge(played))
            progress.say(f"{played.plan.entry.name}: {verdicts[-1].words}")

        interruptible()
        # The command goes without collecting garbage because it is short; this is minutes of questions and answers.
        gc.enable()
        length = sum(one.seconds for one in plans)
        progress.say(f"at most {length / 60:.0f} minutes; one second stands for {setup.scale:g} s of production")
        try:
            with own_folder(keep=keep, progress=progress) as root:
                play(plans, setup, root, progress, done)
        except (CannotDrill, CannotBeHad, WriteError, OSError) as error:
            progress.say(f"the drill stops here: {error}")
    return verdicts, len(verdicts) == len(plans)


def _list(model: Model, listed: Sequence[Entry], scale: float, *, as_json: bool) -> None:
    rows: list[dict[str, Any]] = []
    for entry in listed:
        reason = unplayable(model, entry)
        llm = subject(model, entry.scenario)
        length = None
        if llm and not reason:
            length = round(plan(model, entry, llm, pace(model, [entry]).rates).seconds)
        rows.append(
            {
                "scenario": entry.name,
                "alert": entry.scenario.alert,
                "promises": "a page" if entry.pages else "silence",
                "playable": not reason,
                "seconds": length,
                "about": entry.scenario.about,
                "reason": reason,
            }
        )
    if as_json:
        print(json.dumps({"scale": scale, "scenarios": rows}, indent=2))
        return
    head = ("scenario", "alert", "promises", "takes", "about")
    lines = [
        (row["scenario"], row["alert"], row["promises"], _takes(row["seconds"]),
         row["about"] if row["playable"] else f"cannot be played: {row['reason']}")
        for row in rows
    ]  # fmt: skip
    print(aligned([head, *lines]))
    print(f"\nOne second of a drill stands for {scale:g} s: an hour takes {real(3600 / scale, 1)}.")


def _takes(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds / 60:.1f} min"


def _free_ports() -> dict[str, int]:
    """Ports of loopback that were free a moment ago, all different."""
    names = (c.PROMETHEUS, c.ALERTMANAGER, c.APP, c.SIMULATOR)
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _name in names]
        return {name: one.getsockname()[1] for name, one in zip(names, sockets, strict=True)}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
