"""When an alert has done what its scenario promises."""

import dataclasses

from generator.drill.receiver import WEBHOOK, Notification
from generator.drill.result import as_json, table
from generator.drill.verdict import judge
from tests.drill.conftest import Play

IN_TIME = ("firing", 12, 118)
"""The slowdown lasts 100 seconds."""


def test_a_page_in_time_that_clears_is_what_was_promised(play: Play) -> None:
    """With its times from the incident's beginning and from its end."""
    verdict = judge(play("latency/tenfold-slowdown", ("pending", 2, 11), IN_TIME))
    assert verdict.behaved
    assert verdict.words == "paged and cleared"
    assert [verdict.detected, verdict.told, verdict.cleared] == [12, 13, 19]
    assert verdict.page is not None
    assert verdict.page.text.endswith("p95 2990 ms")


def test_silence_where_a_page_was_promised_is_found(play: Play) -> None:
    """Nothing was detected, nobody was told."""
    verdict = judge(play("latency/tenfold-slowdown"))
    assert not verdict.behaved
    assert verdict.detected is verdict.page is verdict.cleared is None
    assert "pages within the first minutes" in verdict.words


def test_a_late_page_is_found(play: Play) -> None:
    """Later than the promise and the grace together."""
    assert not judge(play("latency/tenfold-slowdown", ("firing", 30, 118))).behaved
    assert judge(play("latency/tenfold-slowdown", ("firing", 19, 118))).behaved


def test_a_page_that_ends_too_early_or_never_is_found(play: Play) -> None:
    """During the incident, or not at all after it."""
    assert "still active" in judge(play("latency/tenfold-slowdown", ("firing", 12, 60))).words
    assert "cleared" in judge(play("latency/tenfold-slowdown", ("firing", 12, 170))).words


def test_a_page_where_silence_was_promised_is_found(play: Play) -> None:
    """However short it is, and whenever nobody looks."""
    assert judge(play("latency/half-the-way")).words == "silent"
    assert not judge(play("latency/half-the-way", ("firing", 31, 32))).behaved


def test_a_pending_alert_is_silent(play: Play) -> None:
    """Nobody is told of it."""
    assert judge(play("latency/half-the-way", ("pending", 31, 36))).behaved


def test_an_alert_that_ends_by_itself_was_not_cleared(play: Play) -> None:
    """A new level that is accepted ends the page while the incident goes on."""
    verdict = judge(play("latency/new-normal", ("firing", 12, 900)))
    assert verdict.behaved
    assert verdict.cleared is None


def test_a_flapping_alert_is_found_by_the_promise_in_its_gap(play: Play) -> None:
    """It must be active in the gap of the scrapes."""
    verdict = judge(play("latency/scrape-gap-while-active", ("firing", 12, 39), ("firing", 70, 190)))
    assert "active in the gap" in verdict.words


def test_the_table_has_times_of_the_drill_and_of_production(play: Play) -> None:
    """One line a scenario; what misbehaved is written large."""
    good, bad = judge(play("latency/tenfold-slowdown", IN_TIME)), judge(play("errors/refusal-wave"))
    lines = table(30, [good, bad]).splitlines()
    assert lines[0].split("  ")[0] == "scenario"
    assert "12 s = 6 min" in lines[1]
    assert "MISBEHAVED" in lines[2]


def test_machines_get_numbers(play: Play) -> None:
    """Seconds, every promise, and the text of the notification."""
    data = as_json(30, [judge(play("latency/tenfold-slowdown", IN_TIME, others=("LLMErrorRateHigh (m)",)))])
    one = data["scenarios"][0]
    assert [data["scale"], one["detected_after_seconds"], one["behaved"]] == [30, 12, True]
    assert one["also_fired"] == ["LLMErrorRateHigh (m)"]
    assert all(promise["kept"] for promise in one["promises"])


def test_silence_throughout_a_phase_is_looked_at_all_the_time(play: Play) -> None:
    """A short page between two quiet moments is found."""
    played = play("latency/two-incidents", ("firing", 12, 60), ("firing", 100, 105), ("firing", 192, 240))
    quiet = next(promise for promise in played.plan.promises if promise.say == "quiet between them")
    throughout = dataclasses.replace(quiet, throughout=True)
    plan = dataclasses.replace(played.plan, promises=(throughout,))
    assert not judge(dataclasses.replace(played, plan=plan)).behaved
    assert judge(dataclasses.replace(played, plan=dataclasses.replace(plan, promises=(quiet,)))).behaved


def test_who_is_told_of_another_model_first_is_told(play: Play) -> None:
    """The time is of the first message about the alert; the text is of the one that names the model."""
    played = play("latency/tenfold-slowdown", IN_TIME)
    alert = {"status": "firing", "labels": {"alertname": played.plan.entry.scenario.alert, "model": "another"}}
    first = Notification(played.incident[0] + 9, WEBHOOK, {"status": "firing", "alerts": [alert]})
    verdict = judge(dataclasses.replace(played, heard=(first, *played.heard)))
    assert verdict.told == 9
    assert verdict.page is not None
    assert verdict.page.text.endswith("p95 2990 ms")


def test_an_alert_that_still_fires_when_the_drill_ends_has_not_cleared(play: Play) -> None:
    """Although nobody looked at it long enough to see the end of the grace."""
    played = play("latency/tenfold-slowdown", ("firing", 12, 126))
    short = dataclasses.replace(played, ended=played.incident[0] + 126)
    assert "cleared after recovery" in judge(short).words
