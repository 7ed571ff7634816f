"""Who judges: a model, or the simulator, which must not be taken for one."""

import dataclasses
from pathlib import Path

import pytest
from app.evals.judge import SIMULATED, judge_of
from app.evals.settings import Settings
from app.evals.store import Store
from app.evals.worker.who import KEY, Who, judging, noted, stands_in, who
from app.telemetry.contract import Contract

from tests.app.evals.worker.conftest import with_judge


@pytest.fixture
def claude(settings: Settings) -> Settings:
    """The judge of the default spec."""
    return with_judge(settings, model="claude-haiku-4-5", provider="anthropic")


@pytest.mark.parametrize(
    "environ", [{"ANTHROPIC_API_KEY": "sk"}, {"JUDGE_API_KEY": "sk"}, {"OPENAI_API_KEY": "sk", "JUDGE_API_KEY": "sk"}]
)
def test_with_its_key_it_is_the_model(claude: Settings, contract: Contract, environ: dict[str, str]) -> None:
    assert who(claude, contract, environ) == Who("claude-haiku-4-5", simulated=False)


def test_with_an_address_of_its_own_it_needs_no_key(claude: Settings, contract: Contract) -> None:
    assert not who(with_judge(claude, base_url="http://127.0.0.1:8000"), contract, {"OPENAI_API_KEY": "sk"}).simulated


def test_offline_the_simulator_judges_under_its_own_name_and_that_is_said(claude: Settings, contract: Contract) -> None:
    """In plain words, with the variable that makes it a model."""
    found = who(claude, contract, {"OPENAI_API_KEY": " "})
    assert (found.name, found.simulated, found.withheld) == (SIMULATED, True, "")
    assert found.warning.startswith("THE JUDGE IS SIMULATED: the bundled simulator")
    assert "claude-haiku-4-5" in found.warning
    assert "set JUDGE_API_KEY or ANTHROPIC_API_KEY" in found.warning
    assert judge_of(claude, "http://127.0.0.1:9", {}).name == SIMULATED
    assert judge_of(claude, "http://127.0.0.1:9", {"JUDGE_API_KEY": "sk"}).name == "claude-haiku-4-5"


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_API_KEY_FILE"])
def test_answers_of_a_real_model_are_not_judged_by_the_simulator(
    claude: Settings, contract: Contract, name: str
) -> None:
    """The application has a key that is not the judge's."""
    found = who(claude, contract, {name: "sk"})
    assert found.simulated
    assert f"({name} is set)" in found.withheld
    assert "set JUDGE_API_KEY or ANTHROPIC_API_KEY" in found.withheld
    assert found.warning.startswith("NOTHING IS JUDGED")
    asked = who(claude, contract, {name: "sk", "EVALS_SIMULATED_JUDGE": "1"})
    assert (asked.simulated, asked.withheld) == (True, "")
    assert asked.warning.startswith("THE JUDGE IS SIMULATED")


def test_a_key_that_no_model_of_the_application_takes_makes_nothing_real(claude: Settings, contract: Contract) -> None:
    """As the application decides it: its own are Anthropic's, and simulated."""
    models = [model | {"provider": "anthropic"} for model in contract.data["models"]]
    only = Contract(contract.data | {"models": models})
    assert who(claude, only, {"OPENAI_API_KEY": "sk"}).withheld == ""
    local = with_judge(claude, provider="openai-compatible")
    found = who(local, only, {"ANTHROPIC_API_KEY": "sk"})
    assert "ANTHROPIC_API_KEY is set" in found.withheld
    assert "give `evals.judge.base_url`" in found.withheld


def test_a_key_that_cannot_be_read_is_an_error(claude: Settings, contract: Contract, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        who(claude, contract, {"JUDGE_API_KEY_FILE": str(tmp_path / "nowhere")})


def test_the_store_remembers_who_judged_last(store: Store, claude: Settings) -> None:
    """People's labels are compared with the verdicts that there are, those of the simulator included."""
    assert noted(store, claude) == Who("claude-haiku-4-5", simulated=False)
    simulated = Who(SIMULATED, simulated=True)
    store.set_state(KEY, simulated.state())
    assert noted(store, claude) == simulated
    assert judging(store, claude) == SIMULATED
    assert not stands_in(store, simulated)
    store.set_state(KEY, dataclasses.replace(simulated, withheld="no key").state())
    assert judging(store, claude) == "claude-haiku-4-5"
    store.set_state(KEY, Who("claude-haiku-4-5", simulated=False).state())
    assert stands_in(store, simulated)
