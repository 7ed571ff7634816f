"""Which models share one setting of an alert: each distinct setting becomes one chain of rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.promql import equals, none_of, one_of, selector

Setting = TypeVar("Setting")


@dataclass(frozen=True)
class Scope(Generic[Setting]):
    """One setting, the models that it holds for, and the matchers that select them; `suffix` tells the groups apart."""

    setting: Setting
    models: tuple[LlmModel, ...]
    matchers: str
    suffix: str


def scopes(model: Model, default: Setting, of: Callable[[LlmModel], Setting]) -> Iterator[Scope[Setting]]:
    """The default setting for every model that is not named elsewhere (unforeseen ones too), then one scope an override."""
    overrides: dict[Setting, list[LlmModel]] = {}
    for llm in model.models:
        if of(llm) != default:
            overrides.setdefault(of(llm), []).append(llm)
    job = equals(c.JOB, model.service.name)
    special = [llm.name for group in overrides.values() for llm in group]
    plain = tuple(llm for llm in model.models if of(llm) == default)
    yield Scope(default, plain, selector(job, none_of(c.MODEL, special)), "")
    for number, (setting, group) in enumerate(overrides.items(), start=1):
        matchers = selector(job, one_of(c.MODEL, [llm.name for llm in group]))
        yield Scope(setting, tuple(group), matchers, f"-{number}")
