"""Cost of a call from the contract's prices; no price is not the same as no cost."""

from collections.abc import Mapping

from app.telemetry.contract import Contract


def cost_usd(contract: Contract, model: str, tokens: Mapping[str, int]) -> float | None:
    """USD, or None where no price is known.

    `input` counts all input tokens, cached ones included; `cache_read` and `cache_write` are parts of it. `output`
    includes `reasoning`.
    """
    price = contract.models.get(model, {}).get("usd_per_million_tokens")
    if price is None:
        return None
    read, write = tokens.get("cache_read", 0), tokens.get("cache_write", 0)
    plain = max(0, tokens.get("input", 0) - read - write)
    total = plain * price["input"] + read * price["cache_read"] + write * price["cache_write"]
    return float(total + tokens.get("output", 0) * price["output"]) / 1e6
