"""Whom people are asked about, and what becomes of what they said."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from app.evals.store import Labelled, Store, Stratum

from tests.app.evals.store.answers import item, verdict


def judged(store: Store, number: int, model: str, label: str, **more: object) -> None:
    store.put([item(number, model=model)])
    store.record(None, verdict(number, label=label, model=model, usd=0.0, **more))


@pytest.fixture
def many(store: Store) -> Store:
    """A hundred of one model that passes, and few of another and few that failed."""
    for number in range(100):
        model = "m2" if number % 25 == 0 else "m1"
        judged(store, number, model, "fail" if number % 10 in {0, 5} else "pass")
    judged(store, 100, "m1", "error")
    return store


def test_labels_and_models_are_balanced(many: Store) -> None:
    """Half failed, though a fifth of all did; the rare model comes first as often as the other, as far as there are."""
    chosen = many.to_label("groundedness", 8, seed=1)
    assert Counter(row.verdict.label for row in chosen) == {"pass": 4, "fail": 4}
    assert Counter((row.verdict.label, row.verdict.model) for row in chosen)["fail", "m2"] == 2
    assert Counter(row.verdict.model for row in many.to_label("groundedness", 40, seed=1))["m2"] == 4
    assert all(row.item.answer for row in chosen)


def test_the_order_tells_nothing_and_is_the_same_for_a_seed(many: Store) -> None:
    first = [row.id for row in many.to_label("groundedness", 20, seed=1)]
    assert first == [row.id for row in many.to_label("groundedness", 20, seed=1)]
    assert first != [row.id for row in many.to_label("groundedness", 20, seed=2)]
    labels = [row.verdict.label for row in many.to_label("groundedness", 20, seed=1, by_model=False)]
    assert labels not in (sorted(labels), sorted(labels, reverse=True), ["fail", "pass"] * 10)


def test_who_has_labelled_an_answer_is_not_asked_again(many: Store) -> None:
    """And another is, unless nobody is named."""
    first = many.to_label("groundedness", 1, seed=1)[0]
    many.label(first.verdict.call_id, "groundedness", "r1", "pass", "ann")

    def asked(by: str | None) -> set[str]:
        return {row.verdict.call_id for row in many.to_label("groundedness", 200, seed=1, by=by)}

    assert first.verdict.call_id not in asked("ann")
    assert first.verdict.call_id in asked("bob")
    assert first.verdict.call_id not in asked(None)
    assert len(asked("bob")) == 100


def test_one_question_an_answer_though_two_rubrics_judged_it(store: Store) -> None:
    judged(store, 1, "m1", "pass")
    store.record(None, verdict(1, label="fail", rubric="r2"))
    assert [row.verdict.rubric for row in store.to_label("groundedness", 9, seed=1)] == ["r2"]
    assert [row.verdict.rubric for row in store.to_label("groundedness", 9, seed=1, rubric="r1")] == ["r1"]
    assert store.to_label("tone", 9, seed=1) == []


def test_the_last_word_of_a_person_counts(store: Store) -> None:
    """Beside the judge's by the same rubric; where that is no verdict, or there is none, there is nothing to compare."""
    judged(store, 1, "m1", "pass")
    judged(store, 2, "m1", "error")
    call = item(1).call_id
    store.label(call, "groundedness", "r1", "pass", "ann", 1.0)
    store.label(call, "groundedness", "r1", "fail", "ann", 2.0)
    store.label(call, "groundedness", "r1", "pass", "bob", 3.0)
    store.label(call, "groundedness", "r2", "pass", "bob", 4.0)
    store.label(item(2).call_id, "groundedness", "r1", "pass", "bob", 5.0)
    chars = len(item(1).answer)
    assert store.labelled("groundedness") == [
        Labelled(call, "m1", "fail", "pass", chars, "r1", "ann", "j1", 4.0),
        Labelled(call, "m1", "pass", "pass", chars, "r1", "bob", "j1", 4.0),
    ]
    assert len(store.labelled("groundedness", "r1")) == 2
    assert store.labelled("groundedness", "r2") == []
    with pytest.raises(ValueError, match="pass or fail, not 'maybe'"):
        store.label(call, "groundedness", "r1", "maybe", "ann")


def test_all_verdicts_of_a_judge_and_rubric_are_added_up_by_model_and_label(store: Store) -> None:
    """Whether they are labelled or not; errors are no verdicts."""
    for number in range(3):
        judged(store, number, "m1", "pass", weight=float(number))
    judged(store, 3, "m2", "fail")
    judged(store, 4, "m2", "error")
    judged(store, 5, "m2", "fail", judge="j2")
    judged(store, 6, "m2", "fail", rubric="r2")
    assert store.strata("groundedness", "r1", "j1") == [
        Stratum("m1", "pass", 3, 3.0, 5.0),
        Stratum("m2", "fail", 1, 4.0, 16.0),
    ]
    assert store.strata("tone", "r1", "j1") == []


def test_of_many_who_say_the_same_at_once_one_says_something_new(store: Store) -> None:
    """So that it can be told once, whoever notices it."""
    with ThreadPoolExecutor(8) as pool:
        for day in ("monday", "tuesday", "monday"):
            assert sorted(pool.map(lambda _turn, day=day: store.set_state("over", {"day": day}), range(16)))[-2:] == [
                False,
                True,
            ]  # type: ignore[misc]
            assert store.state("over") == {"day": day}


def test_facts_are_kept_as_they_were_said(store: Store) -> None:
    assert store.state("calibration/tone") is None
    store.set_state("calibration/tone", {"kappa": 0.8, "by": ["ann", None], "ü\x00": True})
    assert store.state("calibration/tone") == {"kappa": 0.8, "by": ["ann", None], "ü\x00": True}
    store.set_state("calibration/tone", None)
    assert store.state("calibration/tone") is None
    with pytest.raises(TypeError):
        store.set_state("x", object())  # type: ignore[arg-type]
