"""Tempo 3 as one process with local storage."""

from generator import conventions as c
from generator.artifact import Artifact
from generator.model import Model
from generator.templating import fill


def build(model: Model) -> list[Artifact]:
    """`tempo/tempo.yaml`, or nothing where Tempo does not run."""
    here = model.placement.get(c.TEMPO)
    return [fill(model, "tempo/tempo.yaml", here=here)] if here else []
