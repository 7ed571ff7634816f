"""Play every proof of a model, several at a time, and measure how soon each alert fired and cleared."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from generator.artifact import Artifact
from generator.model import Model
from generator.proofs.library import FILES
from generator.proofs.promtool import firing, fleets, proof_of, rules_of, worlds
from generator.proofs.story import Span
from generator.proofs.world import World
from generator.prove.oracle import Answer, ask
from generator.rules import alerts, recording

_NOTHING = Span()
Progress = Callable[[int, int, str], None]
"""(done, of, what has just ended)."""


@dataclass(frozen=True)
class Outcome:
    """One scenario with one setting of its alert; times in seconds, None where it does not apply.

    `fired` is counted from the start of the phase in which the alert fires first, `cleared` from the end of the last phase in
    which it must fire; `margin` is what was left of the time that the scenario allows.
    """

    alert: str
    scenario: str
    about: str
    model: str
    pages: bool
    passed: bool
    fired: int | None = None
    cleared: int | None = None
    margin: int | None = None
    why: str = ""


def rule_files(model: Model, alert: str) -> list[Artifact]:
    """The rendered rule files that a proof of this alert loads, in order."""
    built = {artifact.path: artifact for artifact in (*recording.build(model), *alerts.build(model))}
    return [built[path] for path in rules_of(FILES[alert])]


def prove(model: Model, promtool: Path, *, jobs: int, progress: Progress) -> list[Outcome]:
    """Every proof, in the order of the library. Raises OracleError."""
    plays = list(_plays(model, promtool))
    outcomes: dict[int, Outcome] = {}
    with ThreadPoolExecutor(jobs) as pool:
        # The longest first, so that no worker is left alone with one at the end.
        order = sorted(range(len(plays)), key=lambda number: -plays[number].weight)
        running = {pool.submit(plays[number].play): number for number in order}
        try:
            for future in as_completed(running):
                outcome = future.result()
                outcomes[running[future]] = outcome
                progress(len(outcomes), len(plays), f"{outcome.alert} {outcome.scenario}")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [outcomes[number] for number in sorted(outcomes)]


@dataclass(frozen=True)
class _Play:
    weight: int
    play: Callable[[], Outcome]


def _plays(model: Model, promtool: Path) -> Iterator[_Play]:
    for alert in FILES:
        files: list[Artifact] = []
        for world in worlds(model, alert):
            files = files or rule_files(model, alert)
            yield _one(promtool, files, world)
        for names, proof in fleets(model, alert):
            yield _fleet(promtool, files, alert, names, proof)


def _one(promtool: Path, files: Sequence[Artifact], world: World) -> _Play:
    scenario = world.scenario

    def play() -> Outcome:
        end = world.moment(len(scenario.phases), _NOTHING)
        step = world.step
        proof = proof_of(world)
        answer = ask(
            promtool, files, proof, interval=proof["interval"], probe=firing(world), at=range(step, end + 1, step)
        )
        return _judged(world, answer)

    return _Play(len(scenario.phases) * world.moment(len(scenario.phases), _NOTHING) // world.step, play)


def _fleet(
    promtool: Path, files: Sequence[Artifact], alert: str, names: Sequence[str], proof: dict[str, object]
) -> _Play:
    def play() -> Outcome:
        answer = ask(promtool, files, proof, interval=str(proof["interval"]))
        why = f"not as expected at {', '.join(f'{second}s' for second in answer.failed)}" if answer.failed else ""
        about = "every model that shares a setting meets the first incident at once"
        return Outcome(
            alert, "all-at-once", about, f"{len(names)} models", pages=True, passed=not answer.failed, why=why
        )

    return _Play(len(names) * 1000, play)


def _judged(world: World, answer: Answer) -> Outcome:
    scenario = world.scenario
    fires = answer.firing
    must = [(check, world.moment(check.phase, check.at)) for check in scenario.checks]
    wanted = [(check, at) for check, at in must if check.firing]
    wrong = [
        f"{check.say}: {'silent' if check.firing else 'firing'} at {at}s" for check, at in must if at in answer.failed
    ]
    fired = cleared = margin = None
    if wanted and fires:
        starts = [world.moment(number, _NOTHING) for number in range(len(scenario.phases))]
        fired = fires[0] - max(start for start in starts if start < fires[0])
        margin = wanted[0][1] - fires[0]
        ends = [at for check, at in must if not check.firing and at > wanted[-1][1]]
        if ends:
            cleared = max(0, fires[-1] + world.step - world.moment(wanted[-1][0].phase + 1, _NOTHING))
            margin = min(margin, ends[0] - fires[-1])
    if not wanted and fires and not wrong:
        # Between its checks a silent scenario must be silent as well.
        wrong = [f"fires at {fires[0]}s"]
    return Outcome(
        scenario.alert, scenario.name, scenario.about, world.llm.name, scenario.pages, not wrong, fired, cleared, margin,
        "; ".join(wrong),
    )  # fmt: skip
