"""Jaeger 2 as one process with local storage."""

from generator import conventions as c
from generator.artifact import Artifact
from generator.model import Model
from generator.templating import fill


def build(model: Model) -> list[Artifact]:
    """`jaeger/jaeger.yaml`, or nothing where Jaeger does not run."""
    here = model.placement.get(c.JAEGER)
    return [fill(model, "jaeger/jaeger.yaml", here=here)] if here else []
