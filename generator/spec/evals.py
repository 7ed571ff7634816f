"""The `evals` section: which answers are judged, by whom, for how much, and in which respects."""

# mypy: disable-error-code="valid-type"
# Field types are made by functions, which mypy cannot follow; pydantic checks them at run time.

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from generator import eval_names as e
from generator.spec import names
from generator.spec.fields import Section, about, duration, named, named_ratios, number, prose, ratio, whole
from generator.spec.price import Price

_LANDS = "app/contract.json"
_BOARD = "grafana/dashboards/llm-quality.json"


class Judge(Section):
    """The model that judges."""

    model: named(names.MODEL) | None = about(
        "Its name; none: gpt-4o-mini, or claude-haiku-4-5 where the first model is one of OpenAI's.",
        lands=_LANDS, default=None, example="claude-haiku-4-5",
    )  # fmt: skip
    provider: Literal["openai", "anthropic", "openai-compatible"] | None = about(
        "Which SDK speaks to it; none: that of the model of this name, else by the name, else openai.",
        lands=_LANDS,
        default=None,
    )
    base_url: named(names.URL) | None = about(
        "Where it answers, for `openai-compatible`.", lands=_LANDS, default=None, example="http://127.0.0.1:8000/v1"
    )
    price: Price | None = about("Instead of the list price.", lands=_LANDS, default=None)
    max_usd_per_day: number(0, 1e6) = about("Judging stops at this budget.", lands=_LANDS, default=5.0)
    concurrency: whole(1, 64) = about("Judgements under way at once.", lands=_LANDS, default=4)
    per_minute: whole(1, 100_000) = about("Most requests a minute, of each worker.", lands=_LANDS, default=120)


class Dimension(Section):
    """One respect in which answers are judged; its name alone is enough for those that are built in."""

    name: named(names.SERVICE) = about("A short name.", lands=f"{_LANDS}, {_BOARD}", example="brand")
    rubric: prose(20, 20_000) | None = about(
        f"What the judge is told to look at; none: the one that is built in ({', '.join(e.BUILT_IN)}).",
        lands=_LANDS,
        default=None,
        example="Does the answer speak as the brand does: plain, warm, without jargon? 1 is not at all, 5 is perfectly.",
    )
    scale: whole(2, 10) = about(
        "2: pass or fail. More: scores from 1 to it, by a rubric of your own.", lands=_LANDS, default=2, example=5
    )
    threshold: whole(2, 10) | None = about(
        "The lowest score that passes; none: one below the scale, or pass.", lands=_LANDS, default=None, example=4
    )
    taste: bool | None = about(
        "Whether it is a matter of taste, and counts only once people have calibrated the judge; none: yes for tone alone.",
        lands=f"{_LANDS}, prometheus/rules/evals.yml", default=None, example=True,
    )  # fmt: skip


def _by_name(value: Any) -> Any:
    return {"name": value} if isinstance(value, (str, int, float)) else value


Named = Annotated[Dimension, BeforeValidator(_by_name, json_schema_input_type=named(names.SERVICE) | Dimension)]


class Evals(Section):
    """Judging a sample of the production answers."""

    sample: ratio() = about(
        "Share of calls that is judged; 0%: evals are off.", lands=_LANDS, default=0.01, example="1%"
    )
    by: Literal["call", "conversation"] = about(
        "What the sample is drawn of: single calls, or whole conversations, each of which is worth one verdict to charts and tickets.",
        lands=_LANDS,
        default="call",
    )
    endpoints: named_ratios(names.ENDPOINT) = about(
        "Another share for some endpoints.", lands=_LANDS, default={}, example={"chat": "5%"}
    )
    models: named_ratios(names.MODEL) = about(
        "Another share for some models; where an endpoint has one, too, the larger counts.",
        lands=_LANDS,
        default={},
        example={"local-llama": "10%"},
    )
    floor_per_day: whole(0, 100_000) = about(
        "Judged calls a day that a model with little traffic has at least; 0: no floor.", lands=_LANDS, default=20
    )
    always: list[Literal["refusal", "thumbs_down"]] = about(
        "Calls that are judged whatever the sample says.", lands=_LANDS, default=list(e.ALWAYS)
    )
    judge: Judge = about("Who judges, for how much.", lands=_LANDS, default=Judge())
    dimensions: list[Named] = about(
        "What is judged.",
        lands=f"{_LANDS}, {_BOARD}",
        default=[Dimension(name=name) for name in e.BUILT_IN],
        min_length=1,
    )
    pass_rate_below: ratio(zero=False, one=False) = about(
        "Pass rate that is too low.", lands=f"{_BOARD}, prometheus/rules/evals.yml", default=0.9, example="90%"
    )
    control_every: duration("1h", "30d") = about(
        "How often the judge is asked about the same control set again.", lands=_LANDS, default=86400, example="1d"
    )
    max_waiting: whole(1, 1_000_000_000) = about(
        "Answers that may wait for the judge; more are counted and left out.", lands=_LANDS, default=1_000_000
    )
