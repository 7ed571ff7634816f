"""The `evals` section -> what builders read: the judge found, its price looked up, thresholds filled in."""

from typing import Final

from generator import eval_names as e
from generator.evals_model import Dimension, Evals, Judge
from generator.families import CLAUDE, GPT, family
from generator.model import Duration, Price
from generator.prices.lookup import lookup
from generator.spec import evals as spec_evals
from generator.spec.price import Price as OwnPrice
from generator.spec.schema import Spec

PROVIDERS: Final = ("openai", "anthropic", "openai-compatible")
_OF_GPT, _ELSE = "claude-haiku-4-5", "gpt-4o-mini"


def evals(spec: Spec) -> Evals:
    """The evals of a valid spec."""
    own = spec.evals
    return Evals(
        enabled=own.sample > 0 and spec.logs.capture_content,
        sample=own.sample,
        by=own.by,
        endpoints=dict(own.endpoints),
        models=dict(own.models),
        floor_per_day=own.floor_per_day,
        always=tuple(own.always),
        judge=judge(spec),
        dimensions=tuple(_dimension(one) for one in own.dimensions),
        pass_rate_below=own.pass_rate_below,
        control_every=Duration(own.control_every),
        keep=Duration(spec.logs.retention),
        max_waiting=own.max_waiting,
    )


def judge(spec: Spec) -> Judge:
    """Who judges: as the spec says, or a model of another family than the first that is judged."""
    own = spec.evals.judge
    name = own.model or (_OF_GPT if family(spec.models[0].name) == GPT else _ELSE)
    listed = next((llm for llm in spec.models if llm.name == name), None)
    guess = "anthropic" if family(name) == CLAUDE else "openai"
    # An own name of a provider says where its prices are; the SDK that speaks to it is the one that most speak.
    provider = own.provider or (listed.provider if listed else guess)
    price = own.price or (listed.price if listed else None)
    return Judge(
        model=name,
        provider=provider if provider in PROVIDERS else "openai-compatible",
        base_url=own.base_url or "",
        price=price_of(price, provider, name),
        max_usd_per_day=own.max_usd_per_day,
        concurrency=own.concurrency,
        per_minute=own.per_minute,
    )


def price_of(own: OwnPrice | None, provider: str, name: str) -> Price | None:
    """A model's own price, or its list price, or None where nobody knows it."""
    if own is None:
        return lookup(provider, name)
    return Price(
        own.input,
        own.output,
        own.input if own.cache_read is None else own.cache_read,
        own.input if own.cache_write is None else own.cache_write,
        "spec",
    )


def threshold(one: spec_evals.Dimension) -> int:
    """The lowest score that passes: one below the best where a scale has room for that."""
    return int(one.threshold or max(2, one.scale - 1))


def _dimension(one: spec_evals.Dimension) -> Dimension:
    taste = one.name in e.BUILT_IN_TASTE if one.taste is None else one.taste
    return Dimension(one.name, one.rubric or "", one.scale, threshold(one), taste)
