"""What is allowed in the `evals` section, but worth a look."""

from collections.abc import Iterator

from generator.families import family
from generator.problems import Problem
from generator.resolve_evals import judge
from generator.spec.desk import Desk
from generator.spec.tree import Path

MANY_CALLS = 100_000
"""Calls of a model a day that few services have."""


def warnings(desk: Desk) -> Iterator[Problem]:
    """Only about what somebody has written: a spec without the section gets what is sensible, and no advice."""
    spec, tree = desk.spec, desk.tree
    tickets = [name for name in ("pass_rate", "pass_drop", "judge_drift") if getattr(spec.alerts, name).enabled]
    if spec.evals.sample == 0:
        for name in tickets:
            path: Path = ("alerts", name)
            message = f"evals are switched off by `sample: 0%`, so `{name}` never says anything"
            yield _warn(desk, "evals-off", path, message, f"raise evals.sample, or remove alerts.{name}", key=True)
        return
    if not spec.logs.capture_content:
        message = "nothing is judged: evals keep questions and answers until they are judged, which this forbids"
        fix = "set evals.sample: 0% to say that this is meant, or let texts be kept"
        yield _warn(desk, "evals-content", ("logs", "capture_content"), message, fix)
        return
    if ("evals",) in tree.values:
        yield from _judge(desk)
    if "pass_rate" in tickets:
        yield from _sample(desk)


def _judge(desk: Desk) -> Iterator[Problem]:
    spec = desk.spec
    found = judge(spec)
    place: Path = ("evals", "judge", "model")
    first = spec.models[0].name
    if family(found.model) and family(found.model) == family(first):
        message = (
            f"the judge is of the family of `{first}`, the first model that it judges, and models prefer their own kind"
        )
        fix = "let a model of another family judge; see docs/evals.md"
        yield _warn(desk, "judge-family", place, message, fix)
    if found.price is None:
        message = f"no price is known for the judge `{found.model}`, so its budget cannot be kept"
        yield _warn(desk, "judge-price", place, message, "add price: {input: ..., output: ...} to evals.judge")


def _sample(desk: Desk) -> Iterator[Problem]:
    spec = desk.spec
    least = spec.alerts.pass_rate.min_verdicts
    needed = least / spec.evals.sample
    if needed > MANY_CALLS and spec.evals.floor_per_day < least:
        message = f"so small that `pass_rate` says nothing of a model with fewer than {needed:,.0f} calls a day"
        yield _warn(
            desk, "evals-sample", ("evals", "sample"), message, f"raise it, or set floor_per_day to at least {least}"
        )


def _warn(desk: Desk, check: str, path: Path, message: str, fix: str, *, key: bool = False) -> Problem:
    return desk.problem(check, path, message, fix=fix, severity="warning", key=key)
