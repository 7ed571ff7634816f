"""The metrics of the contract, every foreseeable series at 0 from the start."""

import itertools
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from .call import API_ERROR, OK, Call
from .contract import Contract

# One more series for each counter, which no rule or panel reads.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types here

_TYPES: dict[str, Any] = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}


class Metrics:
    """One object a metric, by its role in the contract (`requests`, `latency`, ...).

    >>> metrics = Metrics(contract)
    >>> metrics["requests"].labels("gpt-4o-mini", "chat").inc()
    """

    def __init__(self, contract: Contract, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._contract = contract
        self._metrics: dict[str, Any] = {}
        self._pairs: dict[tuple[str, str], _Pair] = {}
        for role, spec in contract.data["metrics"].items():
            more = {"buckets": spec["buckets"]} if "buckets" in spec else {}
            metric = _TYPES[spec["type"]](spec["name"], spec["help"], spec["labels"], registry=self.registry, **more)
            self._metrics[role] = metric
            for values in _foreseen(spec, contract):
                # A counter that is born above 0 loses its first increase.
                metric.labels(*values)

    def __getitem__(self, role: str) -> Any:
        return self._metrics[role]

    def count(self, call: Call, exemplar: dict[str, str] | None) -> None:
        """One finished call, with its cost where a price is known."""
        pair = self._pair(call.model, call.endpoint)
        pair.requests.inc()
        if not call.abandoned:
            # Time until somebody left says nothing of the model.
            pair.latency.observe(call.latency_ms, exemplar)
        if call.first_token_ms is not None:
            pair.first_token.observe(call.first_token_ms, exemplar)
        if call.status != OK:
            pair.errors[call.status if call.status in pair.errors else API_ERROR].inc()
        if call.abandoned:
            pair.outcomes["abandoned"].inc()
        for direction, count in call.tokens.items():
            if direction in pair.tokens:
                pair.tokens[direction].inc(count)
        if call.cost_usd is not None:
            pair.cost.inc(call.cost_usd)
        else:
            pair.unpriced.inc()

    def outcome(self, model: str, endpoint: str, outcome: str) -> bool:
        """What somebody did with an answer; False, and not counted, where `outcome` is none of the contract's."""
        counter = self._pair(model, endpoint).outcomes.get(outcome)
        if counter is not None:
            counter.inc()
        return counter is not None

    def verdict(self, model: str, dimension: str, label: str, weight: float = 1.0) -> bool:
        """What a judge found, `weight` is for how many calls this one stands; False, and not counted, where dimension or label are none of the contract's."""
        known = self._contract.data["metrics"].get("eval_results", {"values": {}})["values"]
        if not all(value in known.get(name, [value]) for name, value in (("dimension", dimension), ("verdict", label))):
            return False
        labels = (self._contract.model_label(model), dimension, label)
        for role, amount in (("eval_results", 1.0), ("eval_weight", weight), ("eval_squared_weight", weight**2)):
            # A contract that was rendered by an older version knows no weights.
            if role in self._metrics:
                self._metrics[role].labels(*labels).inc(amount)
        return True

    def _pair(self, model: str, endpoint: str) -> "_Pair":
        labels = (self._contract.model_label(model), self._contract.endpoint_label(endpoint))
        found = self._pairs.get(labels)
        if found is None:
            found = self._pairs[labels] = _Pair(self, self._contract, *labels)
        return found


class _Pair:
    """The series of a model and an endpoint, looked up once."""

    def __init__(self, metrics: Metrics, contract: Contract, model: str, endpoint: str) -> None:
        def one(role: str) -> Any:
            return metrics[role].labels(model, endpoint)

        def each(role: str, label: str) -> dict[str, Any]:
            values = contract.data["metrics"][role]["values"][label]
            return {value: metrics[role].labels(model, endpoint, value) for value in values}

        self.requests, self.latency, self.first_token, self.cost = map(
            one, ("requests", "latency", "first_token", "cost")
        )
        self.errors, self.tokens = each("errors", "kind"), each("tokens", "direction")
        self.outcomes = each("outcomes", "outcome")
        self.unpriced = metrics["unpriced"].labels(model)


def _foreseen(spec: dict[str, Any], contract: Contract) -> list[tuple[str, ...]]:
    if not spec["labels"]:
        return []
    other = contract.data["other"]
    known = {"model": [*contract.models, other], "endpoint": [*contract.data["endpoints"], other]} | spec.get(
        "values", {}
    )
    return list(itertools.product(*(known[label] for label in spec["labels"])))
