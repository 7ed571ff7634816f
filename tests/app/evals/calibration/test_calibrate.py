"""When a judge is trusted, and when no longer."""

from dataclasses import replace

import pytest
from app.evals.calibration.agreement import Agreement
from app.evals.calibration.calibrate import AGREEMENT, KAPPA, Calibration, calibrate, current, expire
from app.evals.calibration.people import Opinions, Pair, weighed
from app.evals.store import Labelled, Store

from tests.app.evals.calibration.judged import GROUNDED, JUDGE, TONE, labelled, settings

GOOD = (("pass", "pass", 47), ("fail", "fail", 43), ("pass", "fail", 4), ("fail", "pass", 6))


def test_a_judge_that_agrees_with_people_is_calibrated_and_the_store_says_so(store: Store) -> None:
    labelled(store, GROUNDED, GOOD)
    found = calibrate(store, GROUNDED, JUDGE, now=7.0)
    whole = found.whole
    assert (whole.both_pass, whole.both_fail, whole.judge_fails, whole.judge_passes) == (47, 43, 4, 6)
    assert whole.same.value == pytest.approx(0.9)
    assert whole.kappa.value == pytest.approx((0.9 - 0.5004) / (1 - 0.5004), abs=1e-3)
    assert whole.kappa.low < whole.kappa.value < whole.kappa.high
    assert whole.sensitivity.value == pytest.approx(43 / 49)
    assert whole.specificity.value == pytest.approx(47 / 51)
    state = store.state("calibration/groundedness")
    assert isinstance(state, dict)
    assert state | {"labels": 100, "calibrated": True, "judge": JUDGE, "at": 7.0, "missing": []} == state
    assert state["kappa_low"] >= KAPPA
    assert state["agreement_low"] >= AGREEMENT


@pytest.mark.parametrize(
    ("table", "missing"),
    [
        ((0, 0, 0, 0), ["labels", "rarer", "kappa", "agreement"]),
        ((24, 25, 0, 0), ["labels"]),
        ((60, 9, 0, 0), ["rarer"]),
        # Agrees in 85 of a hundred, and chance would in 82: people pass nearly all.
        ((82, 3, 8, 7), ["kappa"]),
        ((37, 37, 13, 13), ["kappa", "agreement"]),
        # It fails what people pass, and never the other way round, which makes agreement by chance rare.
        ((300, 300, 250, 0), ["agreement"]),
    ],
)
def test_whatever_is_missing_keeps_it_from_being_calibrated(
    table: tuple[int, int, int, int], missing: list[str]
) -> None:
    """By counts of: both pass, both fail, the judge fails what people pass, the judge passes what they fail."""
    words = ((True, True), (False, False), (True, False), (False, True))
    pairs = [
        Pair("c", "m", *said, 10) for said, count in zip(words, table, strict=True) for _ in range(count)
    ]  # fmt: skip
    found = Calibration("tone", True, "r", JUDGE, 1.0, Opinions(tuple(pairs)), Agreement.of(pairs), {})
    assert found.missing == missing
    assert not found.calibrated


def test_a_judge_that_passes_everything_is_never_calibrated(store: Store) -> None:
    """However often that is right."""
    labelled(store, GROUNDED, [("pass", "pass", 240), ("fail", "pass", 10)])
    found = calibrate(store, GROUNDED, JUDGE)
    assert found.whole.same.low > 0.9
    assert found.missing == ["kappa"]


def test_labels_of_another_judge_s_answers_do_not_count(store: Store) -> None:
    labelled(store, GROUNDED, GOOD, judge="older-judge")
    labelled(store, GROUNDED, [("pass", "pass", 5)], first=1000)
    found = calibrate(store, GROUNDED, JUDGE)
    assert (found.whole.labels, found.people.other_judge) == (5, 100)


def test_another_judge_or_another_rubric_takes_the_calibration_back(store: Store) -> None:
    labelled(store, GROUNDED, GOOD)
    calibrate(store, GROUNDED, JUDGE)
    assert current(store, GROUNDED, JUDGE) is not None
    assert expire(store, settings()) == []
    assert current(store, GROUNDED, "judge-2") is None
    changed = replace(GROUNDED, rubric="Does it rhyme?")
    assert current(store, changed, JUDGE) is None
    assert expire(store, settings(changed, TONE)) == ["groundedness"]
    state = store.state("calibration/groundedness")
    assert isinstance(state, dict)
    assert state["calibrated"] is False
    assert state["labels"] == 100
    assert expire(store, settings(changed, TONE)) == []


def test_models_are_told_apart(store: Store) -> None:
    labelled(store, GROUNDED, [("pass", "pass", 10), ("fail", "fail", 10)], model="a")
    labelled(store, GROUNDED, [("pass", "fail", 10), ("fail", "pass", 10)], model="b", first=100)
    models = calibrate(store, GROUNDED, JUDGE).models
    assert {name: one.same.value for name, one in models.items()} == {"a": 1, "b": 0}


def test_of_several_people_the_majority_counts_and_a_tie_is_left_out() -> None:
    def said(call_id: str, human: str, by: str) -> Labelled:
        return Labelled(call_id, "m", human, "pass", 10, "r", by, "j")

    found = weighed(
        [
            *(said("c1", human, by) for human, by in (("pass", "a"), ("fail", "b"), ("pass", "c"))),
            *(said("c2", human, by) for human, by in (("pass", "a"), ("fail", "b"))),
            said("c3", "fail", "a"),
        ]
    )
    assert [(one.call_id, one.human) for one in found.pairs] == [("c1", True), ("c3", False)]
    assert (found.disputed, found.same, found.both) == (1, 1, 4)


def test_a_judge_that_favours_what_is_longer_is_found_out(store: Store) -> None:
    """People's labels do not go with length here, its verdicts do."""
    labelled(store, GROUNDED, GOOD, chars=lambda _human, judge: 2000 if judge == "pass" else 50)
    whole = calibrate(store, GROUNDED, JUDGE).whole
    assert whole.longer_judge > 0.99
    assert whole.longer_people == pytest.approx(0.8, abs=0.05)


def test_a_measured_pass_rate_is_corrected_by_what_people_say(store: Store) -> None:
    """Of 53 that the judge passes people pass 47, of 47 that it fails they pass 4."""
    labelled(store, GROUNDED, GOOD)
    whole = calibrate(store, GROUNDED, JUDGE).whole
    assert whole.corrected(0.9) == pytest.approx(0.9 * 47 / 53 + 0.1 * 4 / 47)
