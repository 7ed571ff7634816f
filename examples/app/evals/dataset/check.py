"""The questions of the data set: answered by the app, held against what is expected, judged."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from app.evals.dataset.application import PROMPT, Answered, Application
from app.evals.dataset.asked import ask_all, missing, place, responded, spread
from app.evals.dataset.expected import broken
from app.evals.dataset.judged import Bench
from app.evals.dataset.progress import progress
from app.evals.dataset.questions import Question, Questions
from app.evals.dataset.result import EXPECTED, Mark, Measured, Outcome, Ruler, Run

Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


async def check(
    data: Questions, application: Application, bench: Bench, limit: int | None = None, shown: Progress = progress
) -> Run:
    """Run it. Raises Hopeless where the judge refuses everything."""
    wanted = spread(data.all, limit)

    async def ask(case: Question) -> Answered:
        return await application.answer(case.id, case.question)

    with shown("answered", len(wanted)) as done:
        answers = await ask_all(wanted, ask, done, bench.concurrency if application.real else 1)
    there = [one.item for one in answers if not one.failed and not one.broke]
    with shown("judged", len(there) * len(bench.dimensions)) as done:
        marks = await bench.all(there, done)
    outcomes, broke = [], 0
    for case, answered in zip(wanted, answers, strict=True):
        found = _marks(case, answered, bench, marks.get(answered.item.call_id, {}))
        if found is None:
            broke += 1
            continue
        outcomes.append(Outcome(case.id, case.digest, case.question, answered.item.answer, found, case.reference))
    return Run(
        data.version, place({"model": application.real, "judge": bench.judge.real}),
        Measured(application.model, responded(answers), PROMPT), Ruler(bench.judge.name, bench.rubrics()), tuple(outcomes),
        missing(broke, len(wanted), bench.purse.limit), bench.purse.spent, partial=len(wanted) < len(data.all),
    )  # fmt: skip


def _marks(case: Question, answered: Answered, bench: Bench, judged: dict[str, Mark | None]) -> dict[str, Mark] | None:
    """None where the purse was empty before all was known."""
    if answered.broke:
        return None
    if answered.failed:
        lost = Mark("error", f"no answer: {answered.failed}")
        return {EXPECTED: lost, **{one.name: lost for one in bench.dimensions}}
    found = {name: mark for name, mark in judged.items() if mark is not None}
    if len(found) < len(judged):
        return None
    wrong = broken(case, answered.status, answered.answer)
    return {EXPECTED: Mark("fail", "; ".join(wrong)) if wrong else Mark("pass"), **found}
