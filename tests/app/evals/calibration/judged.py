"""Judges that do as they are told, answers with verdicts and labels, and settings, for tests."""

import random
from collections.abc import Callable, Sequence

from app.evals.item import Item
from app.evals.judge import JudgeRefused, JudgeUnavailable
from app.evals.judge.rubric import version_of
from app.evals.settings import Dimension, JudgeSettings, Settings
from app.evals.store import Store
from app.evals.verdict import Label, Verdict

GROUNDED = Dimension("groundedness", "", 2, 2, taste=False)
TONE = Dimension("tone", "", 2, 2, taste=True)
JUDGE = "judge-1"
USD = 0.001
PRICES = {"input": 0.15, "output": 0.6}
Said = Callable[[Item, Dimension], Label]


def settings(*dimensions: Dimension, usd: float = 5.0, priced: bool = True) -> Settings:
    """With a judge that may be asked as fast as it goes."""
    judge = JudgeSettings(JUDGE, "openai", None, usd, 8, 0, PRICES if priced else None)
    return Settings(0.01, "call", {}, {}, 20, (), judge, dimensions or (GROUNDED, TONE), 86400, 1000, 86400, 0.9, True)


class FakeJudge:
    """In this process. `said` decides; the first `down` requests fail, and call_ids in `refuses` are refused."""

    priced, real = True, False

    def __init__(self, said: Said = lambda _item, _dimension: "pass", name: str = JUDGE, down: int = 0) -> None:
        self.said, self.name, self.down, self.calls = said, name, down, 0
        self.refuses: set[str] = set()

    async def judge(self, item: Item, dimension: Dimension) -> Verdict:
        self.calls += 1
        if self.calls <= self.down:
            raise JudgeUnavailable("503", retry_after=0.0, usd=0.0)
        if item.call_id in self.refuses:
            raise JudgeRefused("400: content management policy")
        return Verdict(
            item.call_id, dimension.name, self.rubric(dimension), self.said(item, dimension), None, "so", (), self.name, USD, 1.0,
            item.model, item.weight,
        )  # fmt: skip

    def most_usd(self, _item: Item, _dimension: Dimension) -> float:
        return USD * 4

    def rubric(self, dimension: Dimension) -> str:
        return version_of(dimension)

    async def close(self) -> None:
        """Nothing is open."""


def labelled(
    store: Store, dimension: Dimension, table: Sequence[tuple[str, str, int]], by: str = "ada", judge: str = JUDGE,
    model: str = "m1", first: int = 0, chars: Callable[[str, str], int] = lambda _human, _judge: 20, weight: float = 1.0,
) -> list[str]:  # fmt: skip
    """Answers of which a person and the judge said so; each row is (person, judge, how many), an empty word is no label. Their call_ids."""
    said = [(human, verdict) for human, verdict, count in table for _ in range(count)]
    random.Random(5).shuffle(said)
    items = [
        Item(
            f"call-{first + number:05}", "chat", model, "p", "What?", "x" * chars(human, verdict), (), "ok", 1.0, "sample", 1.0
        )
        for number, (human, verdict) in enumerate(said)
    ]  # fmt: skip
    store.put(items)
    rubric = version_of(dimension)
    for one, (human, verdict) in zip(items, said, strict=True):
        label: Label = "pass" if verdict == "pass" else "fail"
        store.record(
            None, Verdict(one.call_id, dimension.name, rubric, label, None, "", (), judge, 0.0, 1.0, model, weight), worker="w"
        )  # fmt: skip
        if human:
            store.label(one.call_id, dimension.name, rubric, human, by, now=2.0 + first)
    return [one.call_id for one in items]
