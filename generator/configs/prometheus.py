"""Prometheus: what is scraped, which rules are read, who is told."""

from generator import conventions as c
from generator.artifact import Artifact
from generator.configs.outside import seen
from generator.judging import worker
from generator.model import Model
from generator.templating import fill

_WATCHED = (c.PROMETHEUS, c.ALERTMANAGER, c.GRAFANA, c.TEMPO, c.LOKI, c.VICTORIA_LOGS, c.COLLECTOR)


def build(model: Model) -> list[Artifact]:
    """`prometheus/prometheus.yml`, for the placed version."""
    placement = model.placement
    targets = [placement[c.APP].address()] if model.app.example else list(seen(model).app.targets)
    # Its numbers are the service's, so they are of the same job.
    targets += [place.address() for place in [worker(model)] if place]
    stack = [(name, placement[name].address()) for name in _WATCHED if name in placement]
    return [
        fill(
            model,
            "prometheus/prometheus.yml",
            here=placement[c.PROMETHEUS],
            alertmanager=placement.get(c.ALERTMANAGER),
            targets=targets,
            stack=stack,
        )
    ]
