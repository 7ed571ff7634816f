"""Incidents that people describe in the spec, as scenarios."""

from generator.model import ExtraProof
from generator.proofs.story import Check, Phase, Scenario, Span


def scenario(proof: ExtraProof) -> Scenario:
    """The same words as in the spec; an expectation is looked at once, when it is due."""
    phases, checks = [], []
    for number, told in enumerate(proof.phases):
        phases.append(
            Phase(
                Span(fixed=told.lasts.seconds), calls=told.calls, slower=told.slower, dearer=told.dearer,
                share=told.failing, kind=told.kind, gap=not told.scraped, restart=told.restart,
            )
        )  # fmt: skip
        if told.expect:
            due = Span(fixed=(told.within or told.lasts).seconds)
            checks.append(Check(number, due, firing=told.expect == "page", say=f"{told.expect}, phase {number + 1}"))
    return Scenario(proof.name, proof.alert, proof.about, tuple(phases), tuple(checks), model=proof.model)
