"""Prices come from the price library, through a committed snapshot that is quick to read."""

from decimal import Decimal

import pytest
from genai_prices import Usage, calc_price

from generator.prices.lookup import lookup

MODELS = [
    ("openai", "gpt-4o-mini"),
    ("openai", "gpt-4o"),
    ("anthropic", "claude-haiku-4-5"),
    ("anthropic", "claude-sonnet-4-5-20250929"),
    ("google", "gemini-2.0-flash"),
    ("mistral", "mistral-small-latest"),
]


@pytest.mark.parametrize(("provider", "model"), MODELS)
def test_the_snapshot_agrees_with_the_library(provider: str, model: str) -> None:
    """A thousand tokens in and out cost the same by both."""
    price = lookup(provider, model)
    assert price is not None
    expected = calc_price(Usage(input_tokens=1000, output_tokens=1000), model, provider_id=provider).total_price
    assert Decimal(str(price.input + price.output)) / 1000 == pytest.approx(expected)


def test_a_name_with_a_date_finds_its_family() -> None:
    """As providers name their versions."""
    dated, plain = lookup("openai", "gpt-4o-mini-2024-07-18"), lookup("openai", "gpt-4o-mini")
    assert dated is not None
    assert plain is not None
    assert dated.input == plain.input


def test_an_unknown_model_has_no_price() -> None:
    """None is not zero: its calls are counted as unpriced."""
    assert lookup("openai", "gpt-99-imaginary") is None
    assert lookup("nobody", "gpt-4o-mini") is None
