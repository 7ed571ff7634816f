"""Cost of a call from the contract's prices; no price is not the same as no cost."""

from collections.abc import Mapping

from .contract import Contract

BATCH = 0.5
"""What a batch costs of the list price, with OpenAI (Batch API) and Anthropic (Message Batches)."""


LONG_WRITE = 2.0
"""What a cache write that lasts an hour costs of the price of input (Anthropic, "Prompt caching"); one that lasts five minutes has a list price."""


def cost_usd(
    contract: Contract, model: str, tokens: Mapping[str, int], tier: str | None = None, long_writes: int = 0
) -> float | None:
    """USD, or None where no price is known, or the tier has another price than the list's.

    `input` counts all input tokens, cached ones included; `cache_read` and `cache_write` are parts of it. `output`
    includes `reasoning`, which has a price of its own only where the contract names one. `tier` is what the provider says it served: None,
    `default` and `standard` cost the list price, `batch` half of it. `long_writes` of the `cache_write` tokens last an hour.

    >>> cost_usd(contract, "gpt-4o-mini", {"input": 1_000_000, "output": 1_000_000})
    0.75
    """
    price = contract.models.get(model, {}).get("usd_per_million_tokens")
    if price is None or tier not in {None, "default", "standard", "auto", "batch"}:
        return None
    read, write = tokens.get("cache_read", 0), tokens.get("cache_write", 0)
    plain = max(0, tokens.get("input", 0) - read - write)
    thought = min(tokens.get("reasoning", 0), tokens.get("output", 0))
    said = tokens.get("output", 0) - thought
    lasting = min(long_writes, write)
    total = plain * price["input"] + read * price["cache_read"] + said * price["output"]
    total += (write - lasting) * price["cache_write"] + lasting * price["input"] * LONG_WRITE
    total += thought * price.get("reasoning", price["output"])
    return float(total) / 1e6 * (BATCH if tier == "batch" else 1.0)
