"""Situations for the tickets that a spec can ask for."""

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.proofs.story import Check, Phase, Scenario, Span, silent

_BEFORE = Span(detect=6)
_DAY = 86400
_QUIET = Check(1, Span(), firing=False, say="quiet before")


def _fits_a_day(_model: Model, llm: LlmModel) -> bool:
    """The hour that is compared must be shorter than the day between."""
    return llm.latency.baseline.seconds <= _DAY // 4


SCENARIOS = {
    c.TICKET_LOST: (
        Scenario(
            "no-metrics", c.TICKET_LOST, "nothing arrives any more", (Phase(_BEFORE), Phase(Span(pending=1, detect=3), gap=True)),
            (_QUIET, Check(1, Span(pending=1, detect=3), firing=True, say="says so")),
        ),
        silent("short-gap", c.TICKET_LOST, "a gap of two scrapes", Phase(_BEFORE), Phase(Span(confirm=0.5), gap=True), Phase(_BEFORE)),
        silent("no-calls", c.TICKET_LOST, "metrics arrive, but nobody calls", Phase(_BEFORE), Phase(Span(pending=2, detect=3), calls=0)),
    ),
    c.TICKET_UNPRICED: (
        Scenario(
            "no-price", c.TICKET_UNPRICED, "a model is called whose price nobody knows",
            (Phase(_BEFORE), Phase(Span(pending=1, detect=2), unpriced=1), Phase(Span(detect=3, keep=2))),
            (
                _QUIET, Check(1, Span(pending=1, detect=2), firing=True, say="says so"),
                Check(2, Span(detect=3, keep=1), firing=False, say="over once it has a price"),
            ),
        ),
        silent("priced", c.TICKET_UNPRICED, "every call has a price", Phase(_BEFORE), Phase(Span(pending=1, detect=2))),
        silent("left-streams", c.TICKET_UNPRICED, "one in twenty leaves before the stream has told its tokens",
               Phase(_BEFORE, unpriced=0.05), Phase(Span(pending=1, detect=2), unpriced=0.05)),
    ),
    c.TICKET_DRIFT: (
        Scenario(
            "slower-than-yesterday", c.TICKET_DRIFT, "a model gets slower hour by hour, too slowly for the hourly baseline",
            (
                Phase(Span(fixed=_DAY // 4)),
                *(Phase(Span(fixed=_DAY * 3 // 32), lean=0.25 * number) for number in range(8)),
                Phase(Span(baseline=2, pending=2), lean=2),
            ),
            (_QUIET, Check(9, Span(baseline=2, pending=2), firing=True, say="says so")), _fits_a_day, coarse=4,
        ),
        silent("as-yesterday", c.TICKET_DRIFT, "as slow as at the same hour yesterday", Phase(Span(fixed=_DAY)),
               Phase(Span(baseline=2, pending=2)), applies=_fits_a_day, coarse=4),
    ),
}  # fmt: skip
