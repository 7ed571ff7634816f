"""What the `evals` section becomes, and what is worth a look in it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.configs import app_contract
from generator.families import family
from generator.model import Model
from generator.spec.json_schema import schema_text
from generator.spec.load import parse
from generator.spec.warn import warnings

GPT = "service: {name: bot, endpoints: [chat, search]}\nmodels:\n  - {name: gpt-4o-mini, provider: openai}\n"
TWO = GPT + "  - {name: claude-haiku-4-5, provider: anthropic}\n"
RUBRIC = "Is the answer plain and warm, as the brand is?"


def worth_a_look(text: str) -> list[tuple[str, int, int]]:
    spec, tree = parse(text, "spec.yaml")
    return [(one.check, one.line, one.column) for one in warnings(spec, tree, "spec.yaml")]


def evals(model: Model) -> dict[str, object]:
    (text,) = [one.text for one in app_contract.build(model) if one.path == "app/contract.json"]
    told: dict[str, object] = json.loads(text)["evals"]
    return told


def test_a_spec_without_the_section_has_sensible_evals(model_of: Callable[[str], Model]) -> None:
    """One call in a hundred, the three dimensions, a judge of another family with its price."""
    told = evals(model_of(GPT))
    metrics = told.pop("metrics")
    assert told == {
        "enabled": True, "sample": 0.01, "by": "call", "endpoints": {}, "models": {}, "floor_per_day": 20,
        "always": ["refusal", "thumbs_down"], "control_seconds": 86400, "max_waiting": 1_000_000, "keep_seconds": 14 * 86400,
        "pass_rate_below": 0.9,
        "judge": {
            "model": "claude-haiku-4-5", "provider": "anthropic", "base_url": None, "max_usd_per_day": 5.0, "concurrency": 4, "per_minute": 120,
            "usd_per_million_tokens": {"input": 1.0, "output": 5.0, "cache_read": 0.1, "cache_write": 1.25},
        },
        "dimensions": [
            {"name": name, "rubric": "", "scale": 2, "threshold": 2, "taste": name == "tone"} for name in ("groundedness", "refusal", "tone")
        ],
    }  # fmt: skip
    assert isinstance(metrics, dict)
    assert {"eval_results", "eval_weight", "eval_squared_weight", "eval_queue_depth", "eval_control_changed"} <= set(
        metrics
    )
    assert worth_a_look(GPT) == []


def test_the_app_registers_what_it_counts_and_the_worker_the_rest(model: Model) -> None:
    """A gauge of the worker that the app sets to 0, too, would contradict it."""
    (text,) = [one.text for one in app_contract.build(model) if one.path == "app/contract.json"]
    contract = json.loads(text)
    both = {role for role in contract["metrics"] if role.startswith("eval_")}
    assert both == {"eval_results", "eval_weight", "eval_squared_weight"}
    assert both < set(contract["evals"]["metrics"])
    assert contract["evals"]["metrics"]["eval_weight"] == contract["metrics"]["eval_weight"]


def test_a_dimension_is_a_name_or_a_section(model_of: Callable[[str], Model]) -> None:
    """A score passes one below the best, if nothing else is said; taste is said of tone alone."""
    text = f'evals: {{dimensions: [refusal, {{name: brand, rubric: "{RUBRIC}", scale: 5, taste: true}}, {{name: tone, taste: false}}]}}\n'
    found = model_of(GPT + text).evals
    assert [(one.name, one.rubric, one.scale, one.threshold, one.taste) for one in found.dimensions] == [
        ("refusal", "", 2, 2, False),
        ("brand", RUBRIC, 5, 4, True),
        ("tone", "", 2, 2, False),
    ]
    assert found.tastes == ("brand",)


@pytest.mark.parametrize(
    ("judge", "provider", "url", "priced"),
    [
        ("model: gpt-4o-mini", "openai", "", True),
        ("model: claude-haiku-4-5", "anthropic", "", True),
        ("model: m1, base_url: http://127.0.0.1:8000/v1", "openai-compatible", "http://127.0.0.1:8000/v1", True),
        ("model: gpt-9", "openai", "", False),
        ("model: gpt-9, price: {input: 1, output: 2}", "openai", "", True),
    ],
)
def test_the_judge_is_found_by_its_name(
    model_of: Callable[[str], Model], judge: str, provider: str, url: str, *, priced: bool
) -> None:
    """As the model of that name is, or as its family is, or as OpenAI's are."""
    text = TWO + "  - {name: m1, provider: x, price: {input: 3, output: 4}}\n" + f"evals: {{judge: {{{judge}}}}}\n"
    found = model_of(text).evals.judge
    assert (found.provider, found.base_url, found.price is not None) == (provider, url, priced)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GPT + "evals: {judge: {model: gpt-4o}}\n", [("spec/judge-family", 4, 24)]),
        (GPT + "evals: {judge: {model: claude-haiku-4-5}}\n", []),
        # The second model is rarely the one with the most calls; to keep out of every family is often impossible.
        (TWO + "evals: {judge: {model: claude-haiku-4-5}}\n", []),
        (GPT + "evals: {judge: {model: unheard-of}}\n", [("spec/judge-price", 4, 24)]),
        (GPT + "logs: {capture_content: false}\n", [("spec/evals-content", 4, 25)]),
        (GPT + "logs: {capture_content: false}\nevals: {sample: 0%}\n", []),
        (GPT + "evals: {sample: 0%}\nalerts: {pass_drop: {enabled: true}}\n", [("spec/evals-off", 5, 10)]),
        (GPT + "evals: {sample: 0.01%}\nalerts: {pass_rate: {enabled: true}}\n", [("spec/evals-sample", 4, 17)]),
        (GPT + "evals: {sample: 0.01%, floor_per_day: 30}\nalerts: {pass_rate: {enabled: true}}\n", []),
    ],
)  # fmt: skip
def test_what_is_worth_a_look(text: str, expected: list[tuple[str, int, int]]) -> None:
    """A judge that prefers its own kind, has no price, or has nothing to read; a sample that says nothing."""
    assert worth_a_look(text) == expected


def test_the_committed_spec_needs_no_second_look(repository: Path) -> None:
    """Whoever starts from it sees no warning."""
    assert worth_a_look((repository / "spec.yaml").read_text()) == []


def test_where_no_text_may_be_kept_nothing_is_judged(model_of: Callable[[str], Model]) -> None:
    """The contract says so to the application."""
    assert evals(model_of(GPT + "logs: {capture_content: false}\n"))["enabled"] is False
    assert evals(model_of(GPT + "evals: {sample: 0%}\n"))["enabled"] is False


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gpt-4o-mini", "GPT"), ("o3", "GPT"), ("o4-mini", "GPT"), ("openai/chatgpt-4o-latest", "GPT"), ("claude-haiku-4-5", "Claude"),
        ("anthropic.claude-3-5-sonnet-v2:0", "Claude"), ("local-llama", "Llama"), ("Mixtral-8x7B", "Mistral"), ("gemma-3", "Gemini"),
        ("DeepSeek-R1-Distill-Qwen-7B", "Qwen"), ("demo1", ""), ("embed-o2o", ""),
    ],
)  # fmt: skip
def test_a_family_is_told_by_the_name(name: str, expected: str) -> None:
    """A distilled model is of the family of the model that learned: its words are."""
    assert family(name) == expected


def test_editors_know_both_forms_of_a_dimension() -> None:
    """A name, or a section with its fields."""
    defs = json.loads(schema_text())["$defs"]
    name, section = defs["Evals"]["properties"]["dimensions"]["items"]["anyOf"]
    assert name["type"] == "string"
    assert section == {"$ref": "#/$defs/Dimension"}
    assert set(defs["Dimension"]["properties"]) == {"name", "rubric", "scale", "threshold", "taste"}
