"""The app's contract holds every name, label and bucket that rules and panels rely on."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from generator import conventions as c
from generator import eval_names as e
from generator.configs import app_contract
from generator.model import Model
from generator.pipeline import artifacts
from generator.sources.registry import SOURCES


@pytest.fixture(scope="module")
def contract(repository: Path) -> dict[str, object]:
    """The committed file."""
    tree: dict[str, object] = json.loads((repository / "stack/app/contract.json").read_text())
    return tree


def test_every_metric_that_the_rules_read_is_in_the_contract(model: Model, contract: dict) -> None:  # type: ignore[type-arg]
    """Expressions of the dialect name nothing that the app would not register."""
    import re

    told = (*contract["metrics"].values(), *contract["evals"]["metrics"].values())
    registered = {metric["name"] for metric in told}
    raw = [value for name, value in {**vars(c), **vars(e)}.items() if name.startswith("KIT_")]
    assert set(raw) == registered
    rules = "".join(one.text for one in artifacts(model) if one.path.startswith("prometheus/rules/"))
    read = set(re.findall(r"(?:rate|last_over_time|sum by \([^)]*\)) ?\((llm_[a-z_]+?)(?:_bucket)?[{\[]", rules))
    assert read
    assert read <= registered
    assert SOURCES["kit"].exemplars == f"{c.KIT_LATENCY}_bucket"


def test_buckets_reach_five_minutes_and_show_a_doubling(contract: dict) -> None:  # type: ignore[type-arg]
    """Where models answer, a doubled latency is never in the bucket that the usual one is in."""
    for role in ("latency", "first_token"):
        buckets = contract["metrics"][role]["buckets"]
        assert buckets == sorted(set(buckets))
        assert buckets[-1] >= 300_000
        assert all(high / low <= 5 / 3 for low, high in itertools.pairwise(buckets) if low >= 75 and high <= 90_000)


def test_the_schema_of_the_log_line_is_a_schema(repository: Path) -> None:
    """JSON Schema 2020-12 accepts it."""
    jsonschema.Draft202012Validator.check_schema(json.loads((repository / "stack/app/log.schema.json").read_text()))


def test_what_is_to_be_redacted_is_in_the_contract(model_of: Callable[[str], Model]) -> None:
    """Kinds in their order, and patterns as they are written."""
    text = "service: {name: a}\nmodels: [{name: m, provider: x}]\nlogs: {redact: [iban, key], patterns: {employee: 'E-\\d{6}$'}}\n"
    contract = json.loads(
        next(one.text for one in app_contract.build(model_of(text)) if one.path.endswith("contract.json"))
    )
    assert contract["logs"]["redact"] == ["iban", "key"]
    assert contract["logs"]["patterns"] == {"employee": r"E-\d{6}$"}
