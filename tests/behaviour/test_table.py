"""The behaviours that the design promises, on rough traffic that knows nothing of the spec: noise, coarse buckets, two instances."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator import conventions as c
from generator.launch.obtain.package import Obtained
from tests.behaviour.play import firing
from tests.behaviour.world import COARSE_BUCKETS, OUR_BUCKETS, Llm, World, during, steady

ALERTS = (c.ALERT_LATENCY, c.ALERT_ERRORS, c.ALERT_SPEND)
RULES = ("latency", "errors", "spend")
"""Without those that judge answers, which are half of the work and have nothing to do here."""
BEGIN, END = 120, 165
SMOOTH = {"api_error": during(BEGIN, END, 0.05, 0.002)}


def incident(value: float, usual: float = 1.0) -> Callable[[float], float]:
    return during(BEGIN, END, value, usual)


@dataclass(frozen=True)
class Case:
    """`pages`: alert -> minutes after the begin within which it fires; every other alert is silent. `ends`: minutes after the end."""

    name: str
    models: tuple[Llm, ...]
    pages: dict[str, int]
    minutes: int = 240
    gaps: tuple[tuple[float, float], ...] = ()
    restarts: tuple[tuple[float, int], ...] = ()
    ends: int = 15
    begin: float = BEGIN
    end: float = END


CASES = (
    Case("every call ten times slower", (Llm(slow=incident(10)),), {c.ALERT_LATENCY: 8}),
    Case("every call two and a half times slower", (Llm(slow=incident(2.5)),), {c.ALERT_LATENCY: 12}),
    Case("every call half as slow again", (Llm(slow=incident(1.5)),), {}),
    Case("two minutes of slow calls", (Llm(slow=during(BEGIN, BEGIN + 2, 10)),), {}),
    Case("five of a hundred calls fail", (Llm(failing=SMOOTH),), {c.ALERT_ERRORS: 16}),
    Case("one of a hundred calls fails", (Llm(failing={"api_error": steady(0.01)}),), {}),
    Case("a wave of refusals", (Llm(failing={"refusal": incident(0.2, 0.003)}),), {c.ALERT_ERRORS: 16}),
    Case("a wave of safety blocks", (Llm(failing={"safety_block": incident(0.1, 0)}),), {c.ALERT_ERRORS: 16}),
    Case("all calls fail at once", (Llm(failing={"api_error": incident(1, 0.002)}, quick_failures=True),), {c.ALERT_ERRORS: 16}, minutes=320),
    Case("a small model fails completely", (Llm(), Llm("local-llama", rate=0.01, failing={"api_error": incident(1, 0)})), {c.ALERT_ERRORS: 40}, ends=30),
    Case("a call at night fails", (Llm(calls=during(60, 240, 0)), Llm("m2", rate=0.002, failing={"timeout": during(150, 153, 1, 0)})), {}),
    Case("each call costs five times as much", (Llm(dear=incident(5)),), {c.ALERT_SPEND: 10}),
    Case("five times the calls", (Llm(calls=incident(5)),), {c.ALERT_SPEND: 10}),
    Case("traffic doubles over an hour", (Llm(calls=lambda m: 1 + min(1.0, max(0.0, m - 120) / 60)),), {}),
    Case("cents multiply", (Llm(usd=0.000003, dear=incident(5)),), {}),
    Case("traffic moves to a slower, dearer model", (Llm(calls=incident(0.2)), Llm("m2", calls=incident(9), rate=0.1, median=1500, usd=0.003)), {}),
    Case("a quiet night, then the morning", (Llm(calls=lambda m: 1 if m < 90 else 0.03 if m < 300 else min(1.0, 0.03 + (m - 300) / 30)),), {}, minutes=420),
    Case("a night without calls", (Llm(calls=during(60, 300, 0)),), {}, minutes=400),
    Case("day and night", (Llm(calls=lambda m: 0.55 + 0.45 * (m % 480 < 240), slow=lambda m: 1 + 0.3 * (m % 480 < 240)),), {}, minutes=600),
    Case("a tenth slower every hour", (Llm(slow=lambda m: 1.1 ** (m / 60)),), {}, minutes=600),
    Case("a new model's first calls", (Llm(), Llm("m2", born=130, slow=steady(4), failing={"api_error": steady(0.01)})), {}),
    Case("restarts in turn", (Llm(),), {}, restarts=((130, 0), (131, 1), (180, 0))),
    Case("ten minutes without a scrape", (Llm(),), {}, gaps=((140, 150),)),
    Case("no metrics at all", (Llm(),), {}, gaps=((140, 240),)),
    Case("a gap in all three incidents", (Llm(slow=incident(10), failing={"api_error": incident(0.1, 0)}, dear=incident(5)),),
         {c.ALERT_LATENCY: 8, c.ALERT_ERRORS: 16, c.ALERT_SPEND: 10}, gaps=((142, 152),)),
    Case("a restart in an incident", (Llm(slow=incident(10)),), {c.ALERT_LATENCY: 8}, restarts=((140, 0), (141, 1))),
)  # fmt: skip
WORLDS = {
    "60 s, two instances, coarse buckets": {"scrape": 60, "instances": 2, "buckets": COARSE_BUCKETS, "seed": 7},
    "15 s, one instance": {"scrape": 15, "instances": 1, "buckets": OUR_BUCKETS, "seed": 3},
}


@pytest.mark.e2e
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("world", list(WORLDS))
def test_the_alerts_behave(case: Case, world: str, repository: Path, prometheus: Obtained, tmp_path: Path) -> None:
    """Those that must page do so in time, stay active to the end, and clear; the others never fire."""
    rules = [repository / f"stack/prometheus/rules/{name}.yml" for name in RULES]
    played = World(
        case.minutes,
        list(case.models),
        gaps=case.gaps,
        restarts=case.restarts,
        **WORLDS[world],  # type: ignore[arg-type]
    )
    fired = firing(prometheus.binaries["promtool"], rules, played, tmp_path, ALERTS)
    for alert, minutes in fired.items():
        if alert not in case.pages:
            assert minutes == [], alert
            continue
        assert minutes, f"{alert} never fired"
        assert case.begin < minutes[0] <= case.begin + case.pages[alert], alert
        assert minutes == list(range(minutes[0], minutes[-1] + 1)), f"{alert} flaps"
        assert case.end - 1 <= minutes[-1] <= case.end + case.ends, alert
