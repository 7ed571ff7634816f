"""A judge at work: patient, never more at a time than allowed, never more money than there is."""

import asyncio
from collections.abc import Callable

import pytest
from app.evals.dataset.judged import Bench, Hopeless
from app.evals.dataset.purse import Purse
from app.evals.dataset.result import Mark
from app.evals.item import Item
from app.evals.judge import JudgeRefused, JudgeUnavailable
from app.evals.settings import Dimension
from app.evals.verdict import Verdict

DIMENSIONS = (Dimension("groundedness", "", 2, 2, taste=False), Dimension("tone", "", 2, 2, taste=True))


class Judge:
    """Does as it is told, call by call."""

    name, priced = "invented", True

    def __init__(
        self, does: Callable[[int], object] = lambda _number: "pass", usd: float = 0.0, *, real: bool = True
    ) -> None:
        self.real = real
        self._does, self._usd = does, usd
        self.calls, self.at_once, self.most_at_once = 0, 0, 0

    async def judge(self, item: Item, dimension: Dimension) -> Verdict:
        self.calls += 1
        told = self._does(self.calls)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if isinstance(told, Exception):
            raise told
        return Verdict(
            item.call_id,
            dimension.name,
            "r",
            str(told),
            None,
            f"{item.answer} is so",
            (),
            "invented",
            self._usd,
            0.0,
            "m",
            1.0,
        )  # type: ignore[arg-type]

    def most_usd(self, _item: Item, _dimension: Dimension) -> float:
        return 0.01

    def rubric(self, dimension: Dimension) -> str:
        return f"version of {dimension.name}"

    async def close(self) -> None:
        pass


def _items(number: int) -> list[Item]:
    return [
        Item(f"c{i}", "chat", "m", "openai", "What?", f"answer {i}", (), "ok", 1.0, "dataset", 0.0) for i in range(number)
    ]  # fmt: skip


def _judged(judge: Judge, number: int = 4, limit: float | None = None) -> tuple[dict[str, dict[str, Mark | None]], Purse]:  # fmt: skip
    purse = Purse(limit)
    bench = Bench(judge, DIMENSIONS, purse, concurrency=3, pauses=(0.0, 0.0))
    return asyncio.run(bench.all(_items(number), lambda: None)), purse


def test_every_answer_gets_a_mark_in_every_dimension() -> None:
    marks, _purse = _judged(Judge())
    assert list(marks) == ["c0", "c1", "c2", "c3"]
    assert marks["c2"] == dict.fromkeys(("groundedness", "tone"), Mark("pass", "answer 2 is so"))


def test_only_so_many_at_a_time() -> None:
    judge = Judge()
    _judged(judge, 20)
    assert judge.most_at_once == 3


def test_a_judge_that_is_away_is_asked_again() -> None:
    judge = Judge(lambda number: "pass" if number % 2 == 0 else JudgeUnavailable("429", 0.0))
    marks, _purse = _judged(judge, 3)
    assert {mark.label for marks_of in marks.values() for mark in marks_of.values() if mark} == {"pass"}


def test_and_one_that_stays_away_gave_no_verdict() -> None:
    judge = Judge(lambda _number: JudgeUnavailable("overloaded", None))
    marks, _purse = _judged(judge, 1)
    assert marks["c0"]["tone"] == Mark("error", "unavailable: overloaded")
    assert judge.calls == 6


def test_one_answer_that_is_refused_is_an_error_and_the_others_are_judged() -> None:
    marks, _purse = _judged(Judge(lambda number: JudgeRefused("too long") if number == 2 else "fail"))
    labels = [mark.label for marks_of in marks.values() for mark in marks_of.values() if mark]
    assert sorted(labels) == ["error", *["fail"] * 7]


def test_a_judge_that_refuses_everything_is_not_asked_a_thousand_times() -> None:
    judge = Judge(lambda _number: JudgeRefused("401: no such key"))
    with pytest.raises(Hopeless, match="the judge invented refuses everything: 401: no such key"):
        _judged(judge, 500)
    assert judge.calls <= 6


def test_a_judge_that_is_set_up_wrongly_is_asked_no_more() -> None:
    judge = Judge(lambda number: "pass" if number < 3 else JudgeRefused("no such model", misconfigured=True))
    with pytest.raises(Hopeless, match="no such model"):
        _judged(judge, 500)
    assert judge.calls <= 6


def test_what_a_failure_cost_is_counted() -> None:
    _marks, purse = _judged(Judge(lambda _number: JudgeUnavailable("timeout", None, 0.002)), 1, 1.0)
    assert purse.spent == pytest.approx(6 * 0.002)


def test_the_money_holds_whatever_it_costs() -> None:
    """A judgement may cost a cent and costs half: there are ten cents."""
    judge = Judge(usd=0.005)
    marks, purse = _judged(judge, 50, 0.1)
    unasked = sum(mark is None for marks_of in marks.values() for mark in marks_of.values())
    assert purse.spent <= 0.1
    assert judge.calls == 100 - unasked
    assert 10 <= judge.calls <= 20


def test_a_simulated_judge_costs_nothing() -> None:
    marks, purse = _judged(Judge(usd=0.005, real=False), 50, 0.0)
    assert all(mark for marks_of in marks.values() for mark in marks_of.values())
    assert purse.spent == 0.0
