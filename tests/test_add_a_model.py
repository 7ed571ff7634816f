"""One line in the spec gives a model everything; removing it takes everything away."""

import json
from collections.abc import Callable

import pytest

from generator.model import Model
from generator.pipeline import artifacts

ONE = "service: {name: bot}\nmodels:\n  - {name: gpt-4o-mini, provider: openai}\n"
LINE = "  - {name: claude-sonnet-4-5, provider: anthropic}\n"
ADDED = "claude-sonnet-4-5"


@pytest.fixture(scope="module")
def before(model_of: Callable[[str], Model]) -> dict[str, str]:
    """The stack without the line."""
    return {one.path: one.text for one in artifacts(model_of(ONE))}


@pytest.fixture(scope="module")
def after(model_of: Callable[[str], Model]) -> dict[str, str]:
    """The stack with it."""
    return {one.path: one.text for one in artifacts(model_of(ONE + LINE))}


def test_it_has_a_price_and_series_at_zero(after: dict[str, str]) -> None:
    """The contract names it, which is what the kit creates series from."""
    models = {model["name"]: model for model in json.loads(after["app/contract.json"])["models"]}
    assert models[ADDED]["usd_per_million_tokens"]["input"] > 0


def test_it_has_proofs(before: dict[str, str], after: dict[str, str]) -> None:
    """It takes part in the incident of every model, for latency and errors; and in the service's spend."""
    for stem in ("latency", "errors", "spend"):
        path = f"prometheus/tests/{stem}.yml"
        assert ADDED not in before[path]
        assert ADDED in after[path]


def test_the_same_rules_and_panels_hold_for_it(before: dict[str, str], after: dict[str, str]) -> None:
    """They select by label, so that no model needs its own; an override would add rules."""
    for path in (*(path for path in before if path.startswith("prometheus/rules/")), "prometheus/consoles/llm.html"):
        assert before[path] == after[path]


def test_removing_the_line_restores_every_byte(before: dict[str, str], model_of: Callable[[str], Model]) -> None:
    """Nothing of it is left."""
    assert {one.path: one.text for one in artifacts(model_of(ONE))} == before
    assert not [path for path, text in before.items() if ADDED in text and not path.startswith("spec.schema")]


def test_an_override_adds_rules_of_its_own(model_of: Callable[[str], Model]) -> None:
    """An alert with its own factor that selects this model, and the default one no longer does."""
    text = ONE + LINE.replace("}", ", alerts: {latency: {factor: 7}}}")
    (alerts,) = [one for one in artifacts(model_of(text)) if one.path.endswith("rules/latency.yml")]
    assert f'7 * job_model:llm_latency_ms:baseline{{job="bot",model="{ADDED}"}}' in alerts.text
    assert f'2 * job_model:llm_latency_ms:baseline{{job="bot",model!="{ADDED}"}}' in alerts.text
