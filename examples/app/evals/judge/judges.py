"""A judge: one request for each answer and dimension, a second where the first reply is no verdict, never a third."""

import time
from collections.abc import Mapping
from typing import Protocol

from app.evals.item import Item
from app.evals.judge import price
from app.evals.judge.errors import JudgeRefused, JudgeUnavailable
from app.evals.judge.prompt import Prompt, prompt
from app.evals.judge.reply import Opinion, Unusable, opinion_of
from app.evals.judge.rubric import version_of
from app.evals.judge.template import REPAIR, last_field
from app.evals.judge.wire import Earlier, Heard, Wire, most_tokens
from app.evals.settings import Dimension
from app.evals.verdict import Verdict

SIMULATED = "simulator"
"""What verdicts say of who gave them where nobody is paid for it: no model's name, which would be trusted as one."""


class Judge(Protocol):
    """Whoever judges; `priced` where it knows what it costs, else every verdict says 0.0; `real` where somebody is paid for it."""

    name: str
    priced: bool
    real: bool

    async def judge(self, item: Item, dimension: Dimension) -> Verdict:
        """A verdict, `error` where the judge gave none that holds. Raises JudgeUnavailable and JudgeRefused."""
        ...

    def most_usd(self, item: Item, dimension: Dimension) -> float:
        """What a judgement costs at most, in USD, its repair included."""
        ...

    def rubric(self, dimension: Dimension) -> str:
        """The version of the dimension's rubric. Raises ValueError where it has none."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class LLMJudge:
    """A model as judge (Zheng et al., 2023, https://arxiv.org/abs/2306.05685): pointwise, by a rubric, with quotes that are checked."""

    def __init__(self, model: str, wire: Wire, prices: Mapping[str, float] | None, *, real: bool) -> None:
        self.name, self.priced, self.real = model if real else SIMULATED, prices is not None, real
        self._wire, self._prices, self._most = wire, prices, most_tokens(model)

    async def judge(self, item: Item, dimension: Dimension) -> Verdict:
        """A verdict, `error` where the judge gave none that holds, even when it was told what is wrong.

        Raises JudgeUnavailable and JudgeRefused, whose `usd` is what was spent until then, and ValueError for a dimension without a rubric.
        """
        asked, spent, earlier, problem = prompt(item, dimension), 0.0, None, ""
        for most in self._most_of(asked, dimension):
            try:
                heard = await self._wire.ask(asked, dimension.scale, most, earlier)
            except (JudgeUnavailable, JudgeRefused) as error:
                error.usd += spent
                raise
            spent += most if heard.tokens is None else price.usd(self._prices, heard.tokens)
            try:
                return self._verdict(item, dimension, _opinion(heard, item, dimension), spent)
            except Unusable as error:
                problem = str(error)
                earlier = Earlier(heard.echo, REPAIR.format(problem=problem, last=last_field(dimension.scale)))
        none = Opinion("error", None, f"no verdict after a second try: {problem}", ())
        return self._verdict(item, dimension, none, spent)

    def most_usd(self, item: Item, dimension: Dimension) -> float:
        """What a judgement costs at most, in USD, its repair included; 0.0 without prices. Raises ValueError as `judge` does."""
        return sum(self._most_of(prompt(item, dimension), dimension))

    def rubric(self, dimension: Dimension) -> str:
        """The version of the dimension's rubric. Raises ValueError where it has none."""
        return version_of(dimension)

    async def close(self) -> None:
        """Close connections."""
        await self._wire.close()

    def _most_of(self, asked: Prompt, dimension: Dimension) -> tuple[float, float]:
        return price.most_of(self._prices, asked, dimension.scale, self._most)

    def _verdict(self, item: Item, dimension: Dimension, found: Opinion, spent: float) -> Verdict:
        return Verdict(
            item.call_id, dimension.name, self.rubric(dimension), found.label, found.score, found.reason, found.quotes, self.name, spent,
            time.time(), item.model, item.weight,
        )  # fmt: skip


def _opinion(heard: Heard, item: Item, dimension: Dimension) -> Opinion:
    if heard.problem:
        raise Unusable(heard.problem)
    return opinion_of(heard.said, item, dimension)
