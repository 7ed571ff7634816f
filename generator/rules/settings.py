"""Which models share one setting of an alert, and how the rules of several settings live side by side."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.promql import equals, none_of, one_of, selector
from generator.rules.group import Recording
from generator.rules.incident import indented
from generator.rules.text import literal

Setting = TypeVar("Setting")


@dataclass(frozen=True)
class Scope(Generic[Setting]):
    """One setting, the models that it holds for, and the matchers that select them.

    `labels` tell its alert apart from the alerts of other settings, which have the same name.
    """

    setting: Setting
    models: tuple[LlmModel, ...]
    matchers: str
    labels: dict[str, str]
    only: str
    """The matcher of the models alone; empty for all."""


def scopes(model: Model, default: Setting, of: Callable[[LlmModel], Setting]) -> Iterator[Scope[Setting]]:
    """The default setting for every model that is not named elsewhere (unforeseen ones too), then one scope an override."""
    overrides: dict[Setting, list[LlmModel]] = {}
    for llm in model.models:
        if of(llm) != default:
            overrides.setdefault(of(llm), []).append(llm)
    job = equals(c.JOB, model.service.name)
    special = [llm.name for group in overrides.values() for llm in group]
    plain = tuple(llm for llm in model.models if of(llm) == default)
    rest = none_of(c.MODEL, special)
    yield Scope(default, plain, selector(job, rest), {}, rest)
    for setting, group in overrides.items():
        only = one_of(c.MODEL, [llm.name for llm in group])
        yield Scope(setting, tuple(group), selector(job, only), {c.SETTING: literal(group[0].name)}, only)


def together(chains: Sequence[Sequence[Recording]]) -> list[Recording]:
    """One chain that records what all of them do, each name once: their models are disjoint, so `or` loses nothing.

    Two rules of one name would be a duplicate to promtool's lint, and a warning to whoever reads it.
    """
    if len(chains) == 1:
        return list(chains[0])
    return [
        Recording(same[0].record, "\nor\n".join(f"(\n{indented(rule.expr)}\n)" for rule in same))
        for same in zip(*chains, strict=True)
    ]
