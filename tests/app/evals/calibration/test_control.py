"""The same answers, judged again: only money and a comparison come of it."""

import asyncio
import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import time

import pytest
from app.evals.calibration.control import HOPELESS, rejudge
from app.evals.calibration.control_set import Control, fingerprint, load
from app.evals.item import Item
from app.evals.judge import JudgeRefused, JudgeUnavailable
from app.evals.settings import Dimension
from app.evals.store import Store
from app.evals.verdict import Label, Verdict
from app.evals.worker.allowance import SHARE
from app.evals.worker.purse import Over

from tests.app.evals.calibration.judged import GROUNDED, TONE, USD, FakeJudge, settings

SET = load()
TRUTH = {one.item.call_id: one for one in SET}


def truth(item: Item, dimension: Dimension) -> Label:
    return "pass" if TRUTH[item.call_id].labels[dimension.name] == "pass" else "fail"


def test_the_set_is_large_balanced_and_labelled_in_every_built_in_dimension() -> None:
    """At least a quarter of each label, each mixture of them, and no answer twice."""
    assert len(SET) >= 40
    assert len({(one.question, one.answer) for one in SET}) == len(SET)
    for name in ("groundedness", "refusal", "tone"):
        counted = Counter(one.labels[name] for one in SET)
        assert min(counted["pass"], counted["fail"]) >= len(SET) / 4, (name, counted)
    assert len({tuple(one.labels.values()) for one in SET}) == 2**3


def test_the_first_verdicts_are_what_later_ones_are_compared_with(store: Store) -> None:
    judge = FakeJudge(truth)
    first = asyncio.run(rejudge(store, judge, settings(), 100.0))
    assert [(one.dimension, one.size, one.changed, one.agreement_with_labels) for one in first] == [
        ("groundedness", len(SET), 0, 1.0), ("tone", len(SET), 0, 1.0)
    ]  # fmt: skip
    flipped = {SET[0].item.call_id, SET[9].item.call_id}
    judge.said = lambda item, dimension: (
        ("fail" if truth(item, dimension) == "pass" else "pass") if item.call_id in flipped else truth(item, dimension)
    )
    again = asyncio.run(rejudge(store, judge, settings(), 200.0))[0]
    assert again.changes == (SET[0].name, SET[9].name)
    state = store.state("control/groundedness")
    assert isinstance(state, dict)
    assert (state["size"], state["changed"], state["at"], state["reference_at"]) == (len(SET), 2, 200.0, 100.0)
    assert state["agreement_with_labels"] == pytest.approx(1 - 2 / len(SET))


def test_reset_takes_todays_verdicts(store: Store) -> None:
    some, changed = SET[:12], FakeJudge(lambda _item, _dimension: "fail")
    asyncio.run(rejudge(store, FakeJudge(truth), settings(GROUNDED), 100.0, controls=some))
    assert asyncio.run(rejudge(store, changed, settings(GROUNDED), 200.0, controls=some))[0].changed == 12
    assert asyncio.run(rejudge(store, changed, settings(GROUNDED), 300.0, controls=some, reset=True))[0].changed == 0
    assert asyncio.run(rejudge(store, changed, settings(GROUNDED), 400.0, controls=some))[0].reference_at == 300.0


def test_another_judge_rubric_or_set_has_a_reference_of_its_own(store: Store) -> None:
    """And the old judge still finds its own."""

    def asked(judge: FakeJudge, at: float, some: int = 12, dimension: Dimension = GROUNDED) -> float:
        return asyncio.run(rejudge(store, judge, settings(dimension), at, controls=SET[:some]))[0].reference_at

    assert asked(FakeJudge(truth), 1.0) == 1.0
    assert asked(FakeJudge(name="judge-2"), 2.0) == 2.0
    assert asked(FakeJudge(truth), 3.0, dimension=replace(GROUNDED, rubric="Does it rhyme?")) == 3.0
    assert asked(FakeJudge(truth), 4.0) == 1.0
    assert asked(FakeJudge(truth), 5.0, some=11) == 5.0


def test_a_judge_that_no_longer_gives_verdicts_has_changed(store: Store) -> None:
    """Errors count as changes; answers on which it never gave one are not compared."""
    judge = FakeJudge(
        lambda item, dimension: "error" if item.call_id == SET[0].item.call_id else truth(item, dimension)
    )
    asyncio.run(rejudge(store, judge, settings(), 1.0))
    found = asyncio.run(rejudge(store, FakeJudge(lambda _item, _dimension: "error"), settings(), 2.0))[0]
    assert (found.size, found.changed, found.errors) == (len(SET) - 1, len(SET) - 1, len(SET))


def test_dimensions_of_your_own_are_compared_without_labels(store: Store) -> None:
    own = Dimension("brand", "Does it name the product?", 5, 4, taste=True)
    assert (
        asyncio.run(rejudge(store, FakeJudge(), settings(own), 1.0, controls=SET[:3]))[0].agreement_with_labels is None
    )


@pytest.mark.parametrize("priced", [True, False])
def test_it_costs_money_and_enters_no_total_and_no_verdicts(store: Store, priced: bool) -> None:
    asyncio.run(rejudge(store, FakeJudge(truth), settings(priced=priced), worker="w"))
    totals = store.totals("w")
    assert totals.results == {}
    assert store.verdicts() == []
    today = datetime.fromtimestamp(time(), UTC).date().isoformat()
    spent = store.spent(today if priced else f"calls {today}")
    assert spent.reserved == 0
    assert spent.usd == pytest.approx(2 * len(SET) * (USD if priced else 1))
    assert totals.judge_usd == pytest.approx(2 * len(SET) * USD if priced else 0)


def test_an_answer_that_the_provider_refuses_is_an_error_and_ends_nothing(store: Store) -> None:
    """A content filter minds one text: the others are compared as ever."""
    judge = FakeJudge(truth)
    asyncio.run(rejudge(store, judge, settings(GROUNDED), 1.0))
    judge.refuses = {SET[-1].item.call_id}
    found = asyncio.run(rejudge(store, judge, settings(GROUNDED), 2.0))[0]
    assert (found.size, found.changes, found.errors) == (len(SET), (SET[-1].name,), 1)
    assert judge.calls == 2 * len(SET)


def test_a_judge_that_refuses_every_answer_is_asked_a_few_times_and_compared_with_nothing(store: Store) -> None:
    """That is no content filter: a reference of nothing but errors would compare nothing ever after."""
    judge = FakeJudge(truth)
    judge.refuses = set(TRUTH)
    with pytest.raises(JudgeRefused):
        asyncio.run(rejudge(store, judge, settings(GROUNDED)))
    assert HOPELESS <= judge.calls <= HOPELESS + 4
    with pytest.raises(JudgeRefused):
        asyncio.run(rejudge(store, judge, settings(GROUNDED), controls=SET[:3]))
    assert store.state("control/groundedness") is None


@pytest.mark.parametrize("priced", [True, False])
def test_the_control_set_has_a_share_of_the_budget(store: Store, priced: bool) -> None:
    """However often it is asked for: three quarters are left for answers, and no half of it is paid for."""
    judge, usd = FakeJudge(truth), len(SET) * (USD if priced else 0.005) / SHARE * 2.5
    judge.most_usd = lambda _item, _dimension: 10 * USD  # type: ignore[method-assign]
    for _time in range(2):
        asyncio.run(rejudge(store, judge, settings(GROUNDED, usd=usd, priced=priced)))
    with pytest.raises(Over, match="the control set has 25% of the day's budget"):
        asyncio.run(rejudge(store, judge, settings(GROUNDED, usd=usd, priced=priced)))
    assert judge.calls == 2 * len(SET)
    today = datetime.fromtimestamp(time(), UTC).date().isoformat()
    key, unit = (today, USD) if priced else (f"calls {today}", 1)
    assert store.spent(key).usd == pytest.approx(2 * len(SET) * unit)
    assert store.spent(key).reserved == store.spent(f"control {key}").reserved == 0


def test_a_share_that_is_used_up_on_the_way_ends_it(store: Store) -> None:
    """A judge that costs more than was thought: what was set aside is given back, and the share is kept."""

    class Dear(FakeJudge):
        def most_usd(self, _item: Item, _dimension: Dimension) -> float:
            return USD

    judge, usd = Dear(truth), len(SET) * USD / SHARE / 2
    with pytest.raises(Over, match="a judgement may take"):
        asyncio.run(rejudge(store, judge, settings(GROUNDED, usd=usd)))
    spent = store.spent(datetime.fromtimestamp(time(), UTC).date().isoformat())
    assert spent.usd <= usd * SHARE
    assert spent.reserved == 0


def test_no_money_no_control(store: Store) -> None:
    """What would exceed the day's budget is not asked for, and nothing is kept."""
    judge = FakeJudge(truth)
    with pytest.raises(Over):
        asyncio.run(rejudge(store, judge, settings(usd=0.02)))
    assert judge.calls < 2 * len(SET)
    assert store.state("control/groundedness") is None


def test_a_hiccup_is_waited_out_and_a_judge_that_is_gone_is_not(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.evals.calibration.control.back_off", lambda *_: 0.0)
    assert asyncio.run(rejudge(store, FakeJudge(truth, down=3), settings(TONE)))[0].size == len(SET)
    with pytest.raises(JudgeUnavailable):
        asyncio.run(rejudge(store, FakeJudge(truth, down=10_000), settings(GROUNDED)))
    assert store.state("control/groundedness") is None


def test_what_a_refused_request_cost_is_settled(store: Store) -> None:
    class Refuses(FakeJudge):
        async def judge(self, _item: Item, _dimension: Dimension) -> Verdict:
            self.calls += 1
            raise JudgeRefused("401", usd=0.5, misconfigured=True)

    judge = Refuses()
    with pytest.raises(JudgeRefused):
        asyncio.run(rejudge(store, judge, settings(GROUNDED, usd=100.0)))
    assert judge.calls <= 4, "the others are not asked in vain"
    spent = store.spent(datetime.fromtimestamp(time(), UTC).date().isoformat())
    assert spent.reserved == 0
    assert spent.usd >= 0.5


def test_a_broken_line_of_the_set_is_named(tmp_path: Path) -> None:
    file = tmp_path / "control.jsonl"
    line = '{"id": "a", "question": "q", "passages": [], "answer": "b", "labels": {"tone": "pass"}}\n'
    for second, words in (
        ('{"id": "b"}', "line 2"), (line.strip(), "twice"), (line.replace('"pass"', '"good"').strip(), "line 2")
    ):  # fmt: skip
        file.write_text(line + second)
        with pytest.raises(ValueError, match=words):
            load(file)


def test_a_changed_text_changes_the_fingerprint_and_a_changed_label_does_not() -> None:
    one = Control("a", "q", ("p",), "b", {"tone": "pass"})
    others = [replace(one, labels={}), replace(one, answer="c"), replace(one, passages=())]
    prints = [fingerprint([each]) for each in (one, *others)]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3
    assert all(a != b for a, b in itertools.pairwise(prints[1:]))
