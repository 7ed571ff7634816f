"""The `proofs` section: incidents of the person's own that the alerts must see, or must not."""

from typing import Literal

from generator.spec import names
from generator.spec.fields import Section, about, duration, named, number, ratio

_LANDS = "prometheus/tests/"
_TIMES = number(0, 1000)


class ExtraPhase(Section):
    """A stretch of time in which traffic stays the same; the first phase should be usual, and longer than the baseline."""

    for_: duration("1s", "7d") = about("How long it lasts.", lands=_LANDS, example="30m", alias="for")
    calls: _TIMES = about("Times the usual calls.", lands=_LANDS, default=1.0, example=12)
    slower: number(0.001, 1000) = about("Times the usual latency of a call.", lands=_LANDS, default=1.0, example=3)
    dearer: _TIMES = about("Times the usual cost of a call.", lands=_LANDS, default=1.0, example=5)
    failing: ratio() = about("Share of the calls that fail.", lands=_LANDS, default=0.0, example="10%")
    kind: Literal["api_error", "timeout", "refusal", "safety_block"] = about(
        "How they fail.", lands=_LANDS, default="api_error"
    )
    scraped: bool = about("Whether Prometheus gets metrics meanwhile.", lands=_LANDS, default=True)
    restart: bool = about("Whether the application restarts as the phase begins.", lands=_LANDS, default=False)
    expect: Literal["page", "silent"] | None = about(
        "What the alert must do.", lands=_LANDS, default=None, example="page"
    )
    within: duration("1s", "7d") | None = about(
        "When that is looked at, from the start of the phase; none: at its end.",
        lands=_LANDS,
        default=None,
        example="10m",
    )


class Extra(Section):
    """One incident."""

    name: named(names.SERVICE) = about("A short name.", lands=_LANDS, example="black-friday")
    about_: named(names.SENTENCE) = about(
        "A sentence for whoever reads the proof.",
        lands=_LANDS,
        default="an incident of our own",
        example="twelve times the calls",
        alias="about",
    )
    alert: Literal["latency", "errors", "spend"] = about("Which alert it is about.", lands=_LANDS)
    model: named(names.MODEL) | None = about(
        "Played with this model; none: with the first of each setting.", lands=_LANDS, default=None
    )
    phases: list[ExtraPhase] = about("What happens, in order.", lands=_LANDS, min_length=2)


class Proofs(Section):
    """Incidents beside those of the library."""

    extra: list[Extra] = about("Incidents of your own.", lands=_LANDS, default=[])
