"""The report is one file, safe to open anywhere, and says what happened in words as well."""

import re
import xml.etree.ElementTree as ET

import pytest

from generator.drill.chart import nice
from generator.drill.report import report
from generator.drill.verdict import Verdict, judge
from generator.model import Model
from tests.drill.conftest import Play

HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(2)> {{ x }} [[ y ]] \u202e"


def made(model: Model, *verdicts: Verdict) -> str:
    return report(model, "spec.yaml", 30, verdicts)


@pytest.fixture
def two(play: Play) -> list[Verdict]:
    """One that behaved, one that did not."""
    bands = (("pending", 2, 11), ("firing", 12, 118))
    return [judge(play("latency/tenfold-slowdown", *bands)), judge(play("latency/half-the-way", ("firing", 31, 60)))]


def test_it_needs_no_other_file(drilled: Model, two: list[Verdict]) -> None:
    """No script, nothing that loads, and a policy that forbids both; well below a megabyte."""
    text = made(drilled, *two)
    assert len(text.encode()) < 1_000_000
    assert not re.search(r"<(script|link|iframe|img|object|embed)\b|\bsrc=|@import|url\(", text)
    assert not re.search(r"""\b(?:href|action)=["'](?!#)""", text)
    assert "default-src 'none'" in text


def test_hostile_names_and_messages_are_text(drilled: Model, play: Play) -> None:
    """Whatever a model is called and whatever a notification says."""
    import dataclasses

    played = play("latency/tenfold-slowdown", ("firing", 12, 118), text=HOSTILE, others=(HOSTILE,))
    llm = dataclasses.replace(played.plan.llm, name=HOSTILE)
    steps = tuple(dataclasses.replace(step, about=HOSTILE) for step in played.plan.steps)
    lines = tuple(dataclasses.replace(line, legend=HOSTILE) for line in played.observed.lines)
    hostile = dataclasses.replace(
        played,
        plan=dataclasses.replace(played.plan, llm=llm, steps=steps),
        observed=dataclasses.replace(played.observed, lines=lines, title=HOSTILE),
    )
    text = made(
        dataclasses.replace(drilled, service=dataclasses.replace(drilled.service, name=HOSTILE)), judge(hostile)
    )
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("&lt;script&gt;") >= 6


def test_the_same_data_gives_the_same_bytes(drilled: Model, two: list[Verdict]) -> None:
    """No clock and no random name is asked."""
    assert made(drilled, *two) == made(drilled, *two)


def test_it_says_what_happened_in_words(drilled: Model, two: list[Verdict]) -> None:
    """Verdicts, times of both clocks, states, promises and the notification; colour is never the only sign."""
    text = made(drilled, *two)
    for words in ("paged and cleared", "misbehaved", "6 min", "12 s of the drill", "firing", "pending", "p95 2990 ms", "✓ yes", "✗ no",
                  "incident: calls take 10 times as long", "1 of 2 scenarios behaved"):  # fmt: skip
        assert words in text, words


def test_a_silent_scenario_says_so(drilled: Model, play: Play) -> None:
    """There is no time to detect, and no notification."""
    text = made(drilled, judge(play("latency/half-the-way")))
    assert ">silent<" in text
    assert "None arrived." in text


def test_the_charts_are_well_formed(drilled: Model, two: list[Verdict]) -> None:
    """Each is XML that parses, with a path a line and a band a state, inside the picture."""
    charts = re.findall(r"<svg.*?</svg>", made(drilled, *two), re.DOTALL)
    assert len(charts) == 2
    picture = ET.fromstring(charts[0])  # our own
    assert {path.get("class", "").split()[0] for path in picture.iter("path")} == {"signal", "part", "usual", "limit"}
    groups = [group.get("class") for group in picture.iter("g")]
    assert groups.count("firing") == groups.count("pending") == 1
    assert all(0 <= float(rect.get("x", "0")) <= 1000 for rect in picture.iter("rect"))


@pytest.mark.parametrize("highest", [0.0, 1e-9, 0.03, 0.99, 1, 7, 999, 3600.5, 1e9])
def test_an_axis_ends_above_its_highest_value_in_round_steps(highest: float) -> None:
    """From 0, with few ticks."""
    ticks = nice(highest)
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert 2 <= len(ticks) <= 8


def test_an_incident_that_never_ends_is_not_reported_as_never_cleared(drilled: Model, play: Play) -> None:
    """There are two times, not four."""
    text = made(drilled, judge(play("latency/new-normal", ("firing", 12, 900))))
    assert "detected after" in text
    assert "cleared after" not in text
    assert ">never<" not in text
