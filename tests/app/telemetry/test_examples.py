"""Every public name of the kit says what it is, with an example that runs."""

import doctest
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import app.telemetry
import openai
import pytest
from app.telemetry import Telemetry, configure
from app.telemetry.contract import Contract

from tests.app.conftest import Live

pytestmark = pytest.mark.xdist_group("app")
MODULES = [importlib.import_module(f"app.telemetry.{one.name}") for one in pkgutil.iter_modules(app.telemetry.__path__)]
PUBLIC = [getattr(app.telemetry, name) for name in app.telemetry.__all__] + [
    importlib.import_module(f"app.telemetry.{name}").observed for name in ("openai", "anthropic")
]


def members(one: Any) -> Iterator[tuple[str, Any]]:
    """A public name and, of a class, its public methods and properties."""
    yield one.__name__, one
    for name, member in vars(one).items() if inspect.isclass(one) else ():
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property | classmethod)):
            yield f"{one.__name__}.{name}", member


def shown(one: Any, name: str) -> bool:
    """Whether an example of its own, or one of its module's, uses it."""
    told = [inspect.getdoc(one), inspect.getdoc(inspect.getmodule(one)) if inspect.isfunction(one) else None]
    examples = [example.source for text in told if text for example in doctest.DocTestParser().get_examples(text)]
    return any(re.search(rf"\b{name}\b", source) for source in examples)


def test_every_public_name_has_an_example() -> None:
    """Each method and property of each class too, and it is used there."""
    names = [(name, member) for one in PUBLIC for name, member in members(one)]
    assert len(names) > 35
    assert [name for name, member in names if not shown(member, name.rpartition(".")[2])] == []


def test_every_public_function_and_class_is_described() -> None:
    """In all modules, methods too."""
    silent = []
    for module in MODULES:
        for name, one in vars(module).items():
            if name.startswith("_") or getattr(one, "__module__", "") != module.__name__:
                continue
            silent += [name] if not one.__doc__ else []
            members = vars(one).items() if inspect.isclass(one) else ()
            silent += [
                f"{name}.{member}"
                for member, value in members
                if inspect.isfunction(value) and not member.startswith("_") and not value.__doc__
            ]
    assert silent == []


def test_the_examples_run(live: Live, contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:  # fmt: skip
    """Against the simulator, with a kit and a contract at hand."""
    live.recover()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stack").symlink_to(repository / "stack")
    kit = configure("stack/app/contract.json", log_file=tmp_path / "log")
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    with telemetry.call(endpoint="chat", model="gpt-4o-mini", question="q") as call:
        call.answered("a", {"input": 1, "output": 1})
    known: dict[str, Any] = {
        "Path": Path, "contract": contract, "telemetry": telemetry, "call": call,
        "OpenAI": lambda: openai.OpenAI(api_key="offline", base_url=f"{live.simulator}/v1"),
        "Anthropic": lambda **more: anthropic.Anthropic(api_key="offline", base_url=live.simulator, **more),
    }  # fmt: skip
    client = importlib.import_module("app.telemetry.openai").observed(known["OpenAI"](), telemetry, endpoint="chat")
    tried = 0
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for module in MODULES:
        for test in doctest.DocTestFinder(exclude_empty=True).find(module, extraglobs=known | {"client": client}):
            tried += runner.run(test).attempted
    assert runner.summarize(verbose=False).failed == 0
    assert tried > 60
    for one in (kit, telemetry):
        one.close()
