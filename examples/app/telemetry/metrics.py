"""The metrics of the contract, every foreseeable series at 0 from the start."""

import itertools
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from app.telemetry.contract import Contract

# One more series for each counter, which no rule or panel reads.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types here

_TYPES: dict[str, Any] = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}


class Metrics:
    """One object a metric, by its role in the contract (`requests`, `latency`, ...)."""

    def __init__(self, contract: Contract, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._metrics: dict[str, Any] = {}
        for role, spec in contract.data["metrics"].items():
            more = {"buckets": spec["buckets"]} if "buckets" in spec else {}
            metric = _TYPES[spec["type"]](spec["name"], spec["help"], spec["labels"], registry=self.registry, **more)
            self._metrics[role] = metric
            for values in _foreseen(spec, contract):
                # A counter that is born above 0 loses its first increase.
                metric.labels(*values)

    def __getitem__(self, role: str) -> Any:
        return self._metrics[role]


def _foreseen(spec: dict[str, Any], contract: Contract) -> list[tuple[str, ...]]:
    if not spec["labels"]:
        return []
    other = contract.data["other"]
    known = {"model": [*contract.models, other], "endpoint": [*contract.data["endpoints"], other]} | spec.get(
        "values", {}
    )
    return list(itertools.product(*(known[label] for label in spec["labels"])))
