"""The first scrape shows every series that the spec can foresee."""

import itertools

from app.telemetry.contract import Contract
from app.telemetry.metrics import Metrics


def test_every_foreseeable_series_is_there_at_zero(contract: Contract) -> None:
    """A counter that is born above 0 loses its first increase."""
    registry = Metrics(contract).registry
    samples = [sample for metric in registry.collect() for sample in metric.samples]
    assert samples
    assert all(sample.value == 0 for sample in samples)
    models, endpoints = [*contract.models, "other"], [*contract.data["endpoints"], "other"]
    for spec in contract.data["metrics"].values():
        expected = 1
        for label in spec["labels"]:
            expected *= {"model": len(models), "endpoint": len(endpoints)}.get(label) or len(spec["values"][label])
        name = f"{spec['name']}_count" if spec["type"] == "histogram" else spec["name"]
        assert sum(sample.name == name for sample in samples) == expected, name
    assert (
        registry.get_sample_value("llm_errors_total", {"model": models[0], "endpoint": "chat", "kind": "timeout"}) == 0
    )
    assert list(itertools.islice(contract.models, 1)) == ["gpt-4o-mini"]
