"""The drill's own short spec: the person's models and alerts, every range divided so that an hour takes two minutes."""

from collections.abc import Mapping
from typing import Any

from generator.spec.schema import Spec
from generator.spec.units import show_duration
from generator.yaml_text import dump

SCRAPE = 1
"""Seconds between scrapes, the shortest that Prometheus is run with here."""
WINDOW = 10
"""Seconds that the judged window becomes: ten scrapes, so that a rate has its samples."""
LONGEST_BASELINE = 12
"""Windows; a baseline of days would make a drill of hours, and twelve are what an hour is to five minutes."""
FLOOR_REQUESTS = 5
FLOOR_USD_PER_HOUR = 0.01


def factor(spec: Spec) -> float:
    """How many seconds of production one second of the drill stands for; at least 1."""
    window: int = spec.alerts.window
    return max(1.0, window / WINDOW)


def scaled(spec: Spec, by: float, ports: Mapping[str, int]) -> str:
    """The drill's spec as YAML text: the reference app, Slack as the one way to be told, ports as given."""
    window = max(4 * SCRAPE, round(spec.alerts.window / by))
    longest = max(spec.alerts.latency.for_, *(llm.alerts.latency.for_ or 0 for llm in spec.models))
    models = [_model(llm.model_dump(by_alias=True, exclude_none=True), by, window) for llm in spec.models]
    latency = _alert(spec.alerts.latency.model_dump(by_alias=True), by, window, longest)
    errors = _alert(spec.alerts.errors.model_dump(by_alias=True), by, window)
    spend = _alert(spec.alerts.spend.model_dump(by_alias=True), by, window)
    baselines = [one.get("baseline", 0) for one in (latency, spend, *(llm["alerts"]["latency"] for llm in models))]
    alerts = {
        "window": window,
        "hold": max(60, *baselines, round(spec.alerts.hold / by)),
        "latency": latency,
        "errors": errors,
        "spend": spend,
        "runbooks": spec.alerts.runbooks,
    }
    data = {
        "service": spec.service.model_dump(),
        "models": models,
        "alerts": alerts,
        # Slack's own shape carries the title and text that people read; the address is the drill's receiver.
        "notify": {"slack": {"webhook_file": "secrets/slack"}},
        "evals": {"sample": 0.0},
        "stack": {
            "scrape_interval": SCRAPE,
            "retention": max(86400, alerts["hold"] + max(baselines)),
            "ports": dict(ports),
        },
    }
    return dump(_written(data))


def _model(llm: dict[str, Any], by: float, window: int) -> dict[str, Any]:
    own = llm.get("alerts", {})
    return llm | {"alerts": {name: _alert(own.get(name, {}), by, window) for name in ("latency", "errors")}}


def _alert(setting: dict[str, Any], by: float, window: int, longest_for: int = 0) -> dict[str, Any]:
    """Ranges divided, floors lowered to what demo traffic passes; whatever else there is stays as it is."""
    short = dict(setting)
    if "for" in short:
        short["for"] = max(2 * SCRAPE, round(short["for"] / by))
    if "baseline" in short:
        least = max(10, 3 * window, 2 * short.get("for", 0), 2 * round(longest_for / by))
        short["baseline"] = max(least, min(round(short["baseline"] / by), LONGEST_BASELINE * window))
    if "min_requests" in short:
        short["min_requests"] = min(short["min_requests"], FLOOR_REQUESTS)
    if "min_usd_per_hour" in short:
        short["min_usd_per_hour"] = min(short["min_usd_per_hour"], FLOOR_USD_PER_HOUR)
    return short


def _written(data: Any, key: str = "") -> Any:
    """Seconds as the spec writes them: with a unit."""
    if isinstance(data, dict):
        return {name: _written(value, name) for name, value in data.items()}
    if isinstance(data, list):
        return [_written(value) for value in data]
    durations = {"for", "baseline", "hold", "window", "scrape_interval", "retention"}
    return show_duration(data) if key in durations and isinstance(data, int) else data
