"""Rules of the `evals` section that look at more than one field."""

from collections.abc import Iterator

from generator import eval_names as e
from generator.problems import Problem
from generator.spec.desk import Desk
from generator.spec.tree import Path


def problems(desk: Desk) -> Iterator[Problem]:
    """All of them, in the order of the section."""
    yield from _shares(desk)
    yield from _judge(desk)
    yield from _dimensions(desk)


def _shares(desk: Desk) -> Iterator[Problem]:
    spec, evals = desk.spec, desk.spec.evals
    for field, shares, known in (
        ("endpoints", evals.endpoints, list(spec.service.endpoints)),
        ("models", evals.models, [llm.name for llm in spec.models]),
    ):
        for name in shares:
            path: Path = ("evals", field, name)
            if name not in known:
                yield desk.problem(
                    "evals-name", path, f"no such {field[:-1]}", allowed=", ".join(known),
                    fix=f"name one of the {field}, or remove the line", key=True,
                )  # fmt: skip
            elif evals.sample == 0:
                yield desk.problem(
                    "evals-off", path, "evals are switched off by `sample: 0%`, so this share is never drawn",
                    allowed="evals.sample above 0%", fix="raise evals.sample, or remove the line",
                )  # fmt: skip


def _judge(desk: Desk) -> Iterator[Problem]:
    from generator.resolve_evals import judge

    found = judge(desk.spec)
    if found.provider == "openai-compatible" and not found.base_url:
        path: Path = ("evals", "judge", "provider" if desk.spec.evals.judge.provider else "model")
        yield desk.problem(
            "judge-url",
            path,
            f"nobody knows where `{found.model}` answers",
            fix="add base_url: http://... to evals.judge",
        )
    if found.base_url and not found.base_url.startswith(("http://", "https://")):
        yield desk.problem(
            "judge-url", ("evals", "judge", "base_url"), "not an HTTP address", fix="start it with https:// or http://"
        )


def _dimensions(desk: Desk) -> Iterator[Problem]:
    for number, one in enumerate(desk.spec.evals.dimensions):
        path: Path = ("evals", "dimensions", number)
        named: Path = (*path, "name") if (*path, "name") in desk.tree.values else path
        if one.rubric is None and one.name not in e.BUILT_IN:
            yield desk.problem(
                "dimension", named, "no rubric of this name is built in", allowed=", ".join(e.BUILT_IN),
                fix='choose one of them, or say what is good: {name: ..., rubric: "..."}',
            )  # fmt: skip
        elif one.rubric is None and one.scale > 2:
            yield desk.problem(
                "dimension-scale", (*path, "scale"), "the rubric that is built in knows pass and fail only",
                allowed="2", fix="remove the scale, or say with a rubric of your own what each score means",
            )  # fmt: skip
        if one.threshold is not None and one.threshold > one.scale:
            yield desk.problem(
                "threshold", (*path, "threshold"), "above the scale: no answer could ever pass",
                allowed=f"2 to {one.scale}", fix="lower it, or widen the scale",
            )  # fmt: skip
