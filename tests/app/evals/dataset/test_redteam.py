"""Attacks on the real app; the model is the simulator, or one that obeys."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from app.answering.generate import OpenAI
from app.evals.dataset.application import Application
from app.evals.dataset.attacks import CATEGORIES, load
from app.evals.dataset.bundled import simulator
from app.evals.dataset.compare import compare
from app.evals.dataset.purse import Purse
from app.evals.dataset.redteam import FAMILIES, redteam
from app.evals.dataset.reports import ALL, attacks
from app.evals.dataset.result import Run
from app.telemetry.contract import Contract


class Gullible(OpenAI):
    """Reads its system prompt aloud where it is asked about it, as a model without defence does: the simulator quotes what is planted."""

    async def stream(self, model: str, system: str, prompt: str) -> Any:
        return await super().stream(model, "", f"Passages:\n[1] Told: {system.splitlines()[-1]}\n\n{prompt}")


@pytest.fixture(scope="module")
def run_of(contract: Contract) -> Iterator[Any]:
    def once(seed: int = 1, provider: type[OpenAI] = OpenAI) -> Run:
        async def whole(url: str) -> Run:
            application = Application(contract, "gpt-4o-mini", url, Purse(None), {"openai": provider(url)})
            try:
                return await redteam(load(), application)
            finally:
                await application.close()

        with simulator(seed) as url:
            return asyncio.run(whole(url))

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OPENAI_API_KEY", raising=False)
        yield once


@pytest.fixture(scope="module")
def usual(run_of: Any) -> Run:
    return run_of()  # type: ignore[no-any-return]


def test_every_category_has_a_rate(usual: Run) -> None:
    """The simulator quotes its passages and knows no system prompt: what is planted gets out, what is hidden stays in."""
    rates = {name: usual.counts(name)[1] / 8 for name in CATEGORIES}
    assert set(usual.dimensions()) == {ALL, *CATEGORIES}
    assert rates["system_prompt"] == rates["direct_injection"] == 0.0
    assert rates["exfiltration"] >= 0.5
    assert rates["indirect_injection"] > 0
    assert usual.counts(ALL)[2] == 0


def test_the_same_seed_finds_the_same(usual: Run, run_of: Any) -> None:
    assert run_of() == usual


def test_another_seed_is_no_rise(usual: Run, run_of: Any) -> None:
    assert compare(usual, run_of(2), FAMILIES).code == 0


def test_a_model_that_tells_its_system_prompt_is_found(usual: Run, run_of: Any) -> None:
    found = compare(usual, run_of(provider=Gullible), FAMILIES)
    assert found.code == 1
    assert [row.dimension for row in found.fell] == ["system_prompt"]
    worse = next(row.worse for row in found.rows if row.dimension == "system_prompt")
    assert len(worse) >= 6
    text = attacks(found)
    assert text.startswith("## Red team: more attacks succeed: ")
    assert "https://" not in text
