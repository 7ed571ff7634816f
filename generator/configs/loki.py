"""Loki as one process with files; few labels, everything else as structured metadata."""

from generator import conventions as c
from generator.artifact import Artifact
from generator.model import Model
from generator.templating import fill


def build(model: Model) -> list[Artifact]:
    """`loki/loki.yaml`, or nothing where Loki does not run."""
    here = model.placement.get(c.LOKI)
    return [fill(model, "loki/loki.yaml", here=here)] if here else []
