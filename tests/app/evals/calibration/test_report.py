"""What a calibration says to people."""

import pytest
from app.evals.calibration.calibrate import calibrate
from app.evals.calibration.report import report, strength
from app.evals.store import Store

from tests.app.evals.calibration.judged import GROUNDED, JUDGE, TONE, labelled
from tests.app.evals.calibration.test_calibrate import GOOD


def test_a_trusted_judge_is_said_to_be_one(store: Store) -> None:
    labelled(store, GROUNDED, GOOD)
    told = report(calibrate(store, GROUNDED, JUDGE), 0.9)
    assert "TRUSTED: people agree" in told
    assert "NOT" not in told
    assert "  people: pass            47            4          47.0%         4.0%\n" in told
    assert "  people: fail             6           43           6.0%        43.0%\n" in told
    assert "agreement             90.0%   (8" in told
    assert "where they differ (10), newest first:" in told


def test_it_says_that_its_numbers_are_of_all_answers_and_shows_what_was_labelled(store: Store) -> None:
    """Of 1,000 of which nine in ten passed, as many of either verdict were labelled."""
    labelled(store, GROUNDED, [("pass", "pass", 50), ("fail", "fail", 25), ("pass", "fail", 25)])
    labelled(store, GROUNDED, [("", "pass", 850), ("", "fail", 50)], first=1000)
    told = report(calibrate(store, GROUNDED, JUDGE), 0.9)
    assert (
        "of all 1,000 answers judged, estimated from the labelled ones, with 95 % intervals:\n  agreement             95.0%"
        in told
    )
    assert "  people: pass            50           25          90.0%         5.0%\n" in told
    assert "  people: fail             0           25           0.0%         5.0%\n" in told


def test_too_few_labels_are_no_judgement_on_the_judge(store: Store) -> None:
    """It says how many more, by which command, and not that the judge is bad."""
    labelled(store, TONE, [("pass", "pass", 6), ("fail", "fail", 6)])
    told = report(calibrate(store, TONE, JUDGE), 0.9)
    assert "NOT TO BE TRUSTED YET: it is a matter of taste, and its verdicts count in no alert until then." in told
    assert "12 labels are too few to tell: `python -m app.evals label --dimension tone` for 38 more" in told
    assert "stronger judge" not in told


def test_a_bad_judge_is_said_to_be_one_and_what_to_do(store: Store) -> None:
    labelled(store, GROUNDED, [("pass", "pass", 30), ("fail", "fail", 30), ("pass", "fail", 30), ("fail", "pass", 30)])
    told = report(calibrate(store, GROUNDED, JUDGE), 0.9)
    assert "NOT TO BE TRUSTED YET" in told
    assert "make the rubric clearer (examples/app/evals/rubrics/groundedness.md" in told
    assert "or take a stronger judge, and label again" in told


def test_verbosity_bias_is_said(store: Store) -> None:
    labelled(store, GROUNDED, GOOD, chars=lambda human, judge: 2000 if judge == "pass" and human == "fail" else 50)
    assert "it favours longer answers" in report(calibrate(store, GROUNDED, JUDGE), 0.9)


@pytest.mark.parametrize(
    ("kappa", "word"), [(-0.1, "poor"), (0.2, "slight"), (0.21, "fair"), (0.6, "moderate"), (0.8, "substantial"), (1.0, "almost perfect")]
)  # fmt: skip
def test_kappa_in_words_is_landis_and_koch_s(kappa: float, word: str) -> None:
    assert strength(kappa) == word
