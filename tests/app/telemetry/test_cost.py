"""What a call costs, checked against the providers' own price pages."""

import pytest
from app.telemetry.contract import Contract
from app.telemetry.cost import cost_usd

PRICES = {
    "gpt-4o": {"input": 2.50, "cache_read": 1.25, "cache_write": 2.50, "output": 10.00},
    "claude-sonnet-4-5": {"input": 3.00, "cache_read": 0.30, "cache_write": 3.75, "output": 15.00},
}
"""USD per million tokens: openai.com/api/pricing, docs.claude.com/en/docs/about-claude/pricing."""


@pytest.fixture
def priced(contract: Contract) -> Contract:
    """A contract with those prices."""
    models = [{"name": name, "provider": "x", "usd_per_million_tokens": price} for name, price in PRICES.items()]
    return Contract(contract.data | {"models": models})


@pytest.mark.parametrize(
    ("model", "tokens", "usd"),
    [
        # 1,920 of 2,006 prompt tokens cached: the example of OpenAI's guide to prompt caching.
        ("gpt-4o", {"input": 2006, "cache_read": 1920, "output": 300}, 86 * 2.5e-6 + 1920 * 1.25e-6 + 300 * 10e-6),
        # Reasoning tokens are part of the output, and cost the same.
        ("gpt-4o", {"input": 75, "output": 1186, "reasoning": 1024}, 75 * 2.5e-6 + 1186 * 10e-6),
        # Writing a cache costs a quarter more than plain input, reading it a tenth.
        ("claude-sonnet-4-5", {"input": 188_107, "cache_write": 188_086, "output": 393},
         21 * 3e-6 + 188_086 * 3.75e-6 + 393 * 15e-6),
        ("claude-sonnet-4-5", {"input": 188_107, "cache_read": 188_086, "output": 393},
         21 * 3e-6 + 188_086 * 0.3e-6 + 393 * 15e-6),
    ],
)  # fmt: skip
def test_worked_examples_of_both_providers(priced: Contract, model: str, tokens: dict[str, int], usd: float) -> None:
    """Every kind of token at its own price."""
    assert cost_usd(priced, model, tokens) == pytest.approx(usd)


def test_a_cache_write_that_lasts_costs_twice_the_input(priced: Contract) -> None:
    """Anthropic's table: 1.25 times the input for five minutes, twice for an hour."""
    tokens = {"input": 100_010, "cache_write": 100_000, "output": 500}
    usd = 10 * 3e-6 + 60_000 * 3.75e-6 + 40_000 * 6e-6 + 500 * 15e-6
    assert cost_usd(priced, "claude-sonnet-4-5", tokens, long_writes=40_000) == pytest.approx(usd)


def test_a_batch_costs_half_and_another_tier_is_not_guessed(priced: Contract) -> None:
    """No price is not the same as no cost."""
    tokens = {"input": 1000, "output": 1000}
    listed = cost_usd(priced, "gpt-4o", tokens, "default")
    assert listed == pytest.approx(0.0125)
    assert cost_usd(priced, "gpt-4o", tokens, "batch") == pytest.approx(0.00625)
    assert cost_usd(priced, "gpt-4o", tokens, "priority") is None
    assert cost_usd(priced, "unheard-of", tokens) is None
