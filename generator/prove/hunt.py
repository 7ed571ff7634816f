"""Let the proofs hunt the mutants: each is killed by the first proof that it breaks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from generator.artifact import Artifact
from generator.model import Model
from generator.proofs.promtool import proof_of, worlds
from generator.proofs.world import World
from generator.prove.mutant import Mutant
from generator.prove.mutants import mutants
from generator.prove.oracle import OracleError, ask
from generator.prove.run import Progress, rule_files


@dataclass(frozen=True)
class Hunt:
    """`killer` is the scenario that caught the mutant, empty where it survived; `tried` how many were played."""

    mutant: Mutant
    killer: str
    tried: int


def hunt(model: Model, promtool: Path, *, jobs: int, progress: Progress) -> list[Hunt]:
    """Every mutant, in order. Raises OracleError for a proof that cannot be run, ValueError for a mutant that changes nothing."""
    every = list(mutants(model))
    broken = [(mutant, _broken(mutant, rule_files(model, mutant.alert))) for mutant in every]
    found: dict[int, Hunt] = {}
    with ThreadPoolExecutor(jobs) as pool:
        running = {
            pool.submit(_one, model, promtool, mutant, files): number for number, (mutant, files) in enumerate(broken)
        }
        for future in as_completed(running):
            result = found[running[future]] = future.result()
            progress(len(found), len(every), f"{result.mutant.alert}: {result.mutant.name}")
    return [found[number] for number in sorted(found)]


def _broken(mutant: Mutant, files: list[Artifact]) -> list[Artifact]:
    changed = [mutant.applied(artifact) for artifact in files]
    if not any(changed):
        raise ValueError(f"{mutant.name}: no rule records or is called {mutant.target}")
    return [after or before for after, before in zip(changed, files, strict=True)]


def _one(model: Model, promtool: Path, mutant: Mutant, files: list[Artifact]) -> Hunt:
    tried = 0
    for world in _likely_first(model, mutant):
        tried += 1
        proof = proof_of(world)
        try:
            caught = bool(ask(promtool, files, proof, interval=proof["interval"]).failed)
        except OracleError:
            # A rule that no longer evaluates is caught by whatever runs it.
            caught = True
        if caught:
            return Hunt(mutant, world.scenario.name, tried)
    return Hunt(mutant, "", tried)


def _likely_first(model: Model, mutant: Mutant) -> Iterator[World]:
    every = list(worlds(model, mutant.alert))
    order = {name: place for place, name in enumerate(mutant.killers)}
    yield from sorted(every, key=lambda world: (order.get(world.scenario.name, len(order)), len(world.scenario.phases)))
