"""Situations for the spend alert."""

from collections.abc import Callable

from generator import conventions as c
from generator.model import LlmModel, Model
from generator.proofs.story import USUAL, Check, Phase, Scenario, Span

_LONG = Span(pending=1, detect=3, baseline=0.5)
_QUIET = Check(1, Span(), firing=False, say="quiet before the incident")
_CLEARED = Span(confirm=1, keep=1, detect=0.8)


def _pages(name: str, about: str, incident: Phase) -> Scenario:
    return Scenario(
        name,
        c.ALERT_SPEND,
        about,
        (Phase(USUAL), incident, Phase(Span(detect=4, keep=2))),
        (
            _QUIET,
            Check(1, Span(pending=1, detect=1), firing=True, say="pages in time"),
            Check(1, incident.span, firing=True, say="still active as the incident ends"),
            Check(2, _CLEARED, firing=False, say="cleared after recovery"),
        ),
    )


def _always(_model: Model, _llm: LlmModel) -> bool:
    return True


def _silent(
    name: str,
    about: str,
    *phases: Phase,
    other: tuple[Phase, ...] = (),
    applies: Callable[[Model, LlmModel], bool] = _always,
) -> Scenario:
    checks = tuple(
        Check(number, at, firing=False, say="silent")
        for number, phase in enumerate(phases)
        for at in (Span(detect=1), phase.span)
    )
    return Scenario(name, c.ALERT_SPEND, about, phases, checks, applies=applies, other=other)


def _has_floor(model: Model, _llm: LlmModel) -> bool:
    return model.alerts.spend.min_usd_per_hour > 0


def _tolerates_growth(model: Model, _llm: LlmModel) -> bool:
    """A factor near 1 asks to be paged for growth by half."""
    return model.alerts.spend.factor >= 1.6


_HOUR = Span(baseline=0.25)

SCENARIOS = (
    _pages("dearer-calls", "each call costs more", Phase(_LONG, dear=1.7)),
    _pages("more-calls", "many more calls at the usual cost", Phase(_LONG, busy=1.7)),
    _silent("slow-growth", "traffic grows by half over the baseline range", Phase(USUAL), Phase(_HOUR, calls=1.12),
            Phase(_HOUR, calls=1.25), Phase(_HOUR, calls=1.37), Phase(_HOUR, calls=1.5), Phase(_LONG, calls=1.5),
            applies=_tolerates_growth),
    _silent("traffic-moves", "all traffic moves from one model to another", Phase(USUAL), Phase(_LONG, calls=0),
            other=(Phase(USUAL, calls=0), Phase(_LONG))),
    _silent("quiet-night", "no spend at night, then the morning", Phase(USUAL), Phase(Span(baseline=2), calls=0),
            Phase(_LONG)),
    _silent("restart", "the application restarts", Phase(USUAL), Phase(_LONG, restart=True)),
    _silent("scrape-gap", "no scrape arrives for a while", Phase(USUAL), Phase(Span(detect=2), gap=True), Phase(_LONG)),
    _silent("small-money", "spend multiplies, but stays below the floor", Phase(USUAL, money=0.1), Phase(_LONG, money=0.9),
            applies=_has_floor),
)  # fmt: skip
