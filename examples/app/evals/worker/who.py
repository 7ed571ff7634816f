"""Who judges here: a model that somebody pays for, or the bundled simulator in its place; and whether that may judge at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.evals.judge import SIMULATED
from app.evals.judge.made import lacking
from app.evals.settings import Settings
from app.evals.store import JSON, Store
from app.telemetry.contract import Contract

KEY = "judge"
"""Under which the store keeps who judged last."""
ANYWAY = "EVALS_SIMULATED_JUDGE"


@dataclass(frozen=True, slots=True)
class Who:
    """`name` is what its verdicts say; `warning` is for people, and `withheld` why nothing is judged: both empty for a real judge."""

    name: str
    simulated: bool
    warning: str = ""
    withheld: str = ""

    def state(self) -> dict[str, JSON]:
        """As it is kept."""
        return {"name": self.name, "simulated": self.simulated, "withheld": self.withheld}


def who(settings: Settings, contract: Contract, environ: Mapping[str, str]) -> Who:
    """Who judges with these keys. Where the application's models are real, the simulator does so only with EVALS_SIMULATED_JUDGE=1.

    Raises ValueError and OSError as the judge's keys do.
    """
    lacks = lacking(settings.judge, environ)
    if not lacks:
        return Who(settings.judge.model, simulated=False)
    plays = f"the bundled simulator, which only compares words, plays the judge {settings.judge.model}"
    key = _of_the_application(contract, environ)
    if not key or environ.get(ANYWAY, "").strip() == "1":
        return Who(
            SIMULATED,
            simulated=True,
            warning=f"THE JUDGE IS SIMULATED: {plays}, and its verdicts say nothing about answers. For real ones {lacks}",
        )
    why = (
        f"answers are a real model's ({key} is set), and without a key {plays}. They wait for a real one: {lacks}, "
        f"and start the worker again; {ANYWAY}=1 has them judged by the simulator"
    )
    return Who(SIMULATED, simulated=True, warning=f"NOTHING IS JUDGED: {why}", withheld=why)


def noted(store: Store, settings: Settings) -> Who:
    """Who judged last, as the store says; the judge of the settings where nobody did. Raises StoreError."""
    found: Any = store.state(KEY)
    if not isinstance(found, Mapping):
        return Who(settings.judge.model, simulated=False)
    return Who(str(found.get("name")), bool(found.get("simulated")), withheld=str(found.get("withheld") or ""))


def judging(store: Store, settings: Settings) -> str:
    """The name of whose verdicts there are. Raises StoreError."""
    found = noted(store, settings)
    return settings.judge.model if found.withheld else found.name


def stands_in(store: Store, judge: Who) -> bool:
    """The simulator would judge where a model did: what it says would be taken for a change of that model. Raises StoreError."""
    found: Any = store.state(KEY)
    return judge.simulated and isinstance(found, Mapping) and not found.get("simulated")


def _of_the_application(contract: Contract, environ: Mapping[str, str]) -> str:
    """The variable that makes some model of the application real, as it decides that itself; empty where all are simulated."""
    for model in contract.models.values():
        name = "ANTHROPIC_API_KEY" if model["provider"] == "anthropic" else "OPENAI_API_KEY"
        for one in (name, f"{name}_FILE"):
            if environ.get(one, "").strip():
                return one
    return ""
