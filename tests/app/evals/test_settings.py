"""What the contract says about evals."""

import copy
from typing import Any

import pytest
from app.evals.settings import Dimension, JudgeSettings, Settings
from app.telemetry.contract import Contract

EVALS: dict[str, Any] = {
    "enabled": True, "sample": 0.01, "by": "call", "endpoints": {"chat": 0.05}, "models": {"local-llama": 0.1}, "floor_per_day": 20,
    "always": ["refusal", "thumbs_down"],
    "judge": {
        "model": "gpt-4o-mini", "provider": "openai", "base_url": None, "max_usd_per_day": 5.0, "concurrency": 4, "per_minute": 120,
        "usd_per_million_tokens": {"input": 0.15, "output": 0.6, "cache_read": 0.075, "cache_write": 0.15},
    },
    "dimensions": [
        {"name": "groundedness", "rubric": "", "scale": 2, "threshold": 2, "taste": False},
        {"name": "brand", "rubric": "Is it us?", "scale": 5, "threshold": 4, "taste": True},
    ],
    "control_seconds": 86400, "max_waiting": 1000000, "keep_seconds": 1209600, "pass_rate_below": 0.9,
}  # fmt: skip


def with_evals(contract: Contract, evals: dict[str, Any]) -> Contract:
    """That contract with these."""
    return Contract(contract.data | {"evals": evals})


def test_all_of_it_is_read(contract: Contract) -> None:
    """What a newer contract says as well is left out."""
    evals = copy.deepcopy(EVALS) | {"of_tomorrow": 1}
    evals["judge"]["of_tomorrow"] = evals["dimensions"][0]["of_tomorrow"] = 1
    settings = Settings.of(with_evals(contract, evals))
    assert settings.judge == JudgeSettings(
        "gpt-4o-mini", "openai", None, 5.0, 4, 120, EVALS["judge"]["usd_per_million_tokens"]
    )
    assert settings.dimensions[1] == Dimension("brand", "Is it us?", 5, 4, taste=True)
    assert (settings.sample, settings.by, settings.endpoints, settings.models) == (
        0.01, "call", {"chat": 0.05}, {"local-llama": 0.1},
    )  # fmt: skip
    assert (settings.floor_per_day, settings.always, settings.enabled) == (20, ("refusal", "thumbs_down"), True)
    assert (settings.control_seconds, settings.max_waiting, settings.keep_seconds) == (86400, 1_000_000, 1_209_600)
    assert settings.pass_rate_below == 0.9


@pytest.mark.parametrize("path", [*((name,) for name in EVALS), *(("judge", name) for name in EVALS["judge"])])
def test_a_contract_of_another_version_is_refused(contract: Contract, path: tuple[str, ...]) -> None:
    """Saying what is missing, and what to do."""
    evals = copy.deepcopy(EVALS)
    inner = evals
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    with pytest.raises(ValueError, match=f"evals' {path[-1]}.*make render"):
        Settings.of(with_evals(contract, evals))


def test_the_committed_contract_is_of_this_version(contract: Contract) -> None:
    """As `make render` leaves it."""
    found = Settings.of(contract)
    assert found.enabled
    assert [one.name for one in found.dimensions if one.taste] == ["tone"]
