"""Rules that look at more than one field."""

from collections.abc import Iterator
from typing import Any, get_args

from generator import conventions as c
from generator.buckets import LATENCY_BUCKETS_MS
from generator.problems import Problem
from generator.spec import evals_checks
from generator.spec.desk import Desk
from generator.spec.schema import Logs, Spec
from generator.spec.tree import Path, Tree
from generator.spec.units import show_duration

_DAY = 86400
_LISTS: tuple[tuple[str, Path, tuple[Path, ...]], ...] = (
    ("model", ("models",), (("name",),)),
    ("endpoint", ("service", "endpoints"), ((),)),
    ("dimension", ("evals", "dimensions"), ((), ("name",))),
    ("incident", ("proofs", "extra"), (("name",),)),
)


def cross_check(spec: Spec, tree: Tree, file: str) -> list[Problem]:
    """Every problem between fields of a spec whose single fields are right."""
    desk = Desk(spec, tree, file)
    return [
        *_ports(desk),
        *_ranges(desk),
        *_memory(desk),
        *_reachable(desk),
        *_traces(desk),
        *_patterns(desk),
        *_proofs(desk),
        *evals_checks.problems(desk),
    ]


def duplicates(tree: Tree, file: str) -> list[Problem]:
    """Names that are given twice, in whatever else is wrong with the spec."""
    found = []
    for what, container, lasts in _LISTS:
        seen: dict[str, Path] = {}
        for path, raw in tree.raw.items():
            inside = path[: len(container)] == container and len(path) > len(container)
            if not inside or path[len(container) + 1 :] not in lasts:
                continue
            if raw in seen:
                place, first = tree.place(path), tree.place(seen[raw]).line
                message = f"two {what}s are called `{raw}`"
                fix = f"rename or remove one of them; the first is on line {first}"
                check = f"spec/duplicate-{what}"
                found.append(Problem(check, file, place.line, place.column, place.length, message, raw, "", fix))
            seen.setdefault(raw, path)
    return found


def _ports(desk: Desk) -> Iterator[Problem]:
    seen: dict[int, str] = {}
    ports = desk.spec.stack.ports.model_dump()
    written = [name for name in ports if ("stack", "ports", name) in desk.tree.values]
    for name in [*(name for name in ports if name not in written), *written]:
        span = range(ports[name], ports[name] + (c.INTERNAL_PORTS if name == "internal" else 1))
        taken = next((port for port in span if port in seen), None)
        if taken is not None:
            message = f"port {taken} is used by {seen[taken]} and {name}"
            yield desk.problem("port-twice", ("stack", "ports", name), message, fix="give one of them another port")
        for port in span:
            seen.setdefault(port, name)


def _ranges(desk: Desk) -> Iterator[Problem]:
    alerts, scrape = desk.spec.alerts, desk.spec.stack.scrape_interval
    if alerts.window < 4 * scrape:
        least = show_duration(4 * scrape)
        yield desk.problem(
            "window",
            ("alerts", "window"),
            "the window holds fewer than four scrapes",
            allowed=f"at least {least}",
            fix=f"use {least}, or scrape more often",
        )
    for path, pending, baseline in _settings(desk):
        if pending < 2 * scrape:
            yield desk.problem(
                "for",
                (*path, "for"),
                "shorter than two scrapes",
                allowed=f"at least {show_duration(2 * scrape)}",
                fix="wait a little longer, or scrape more often",
            )
        if baseline is None:
            continue
        if baseline < 3 * alerts.window:
            yield desk.problem(
                "baseline",
                (*path, "baseline"),
                "too short for the window that is compared with it",
                allowed=f"at least {show_duration(3 * alerts.window)}",
                fix="lengthen it, or shorten alerts.window",
            )
        elif pending > baseline // 2:
            yield desk.problem(
                "for-baseline",
                (*path, "for"),
                "so long that the baseline absorbs the incident first",
                allowed=f"at most {show_duration(baseline // 2)}",
                fix="shorten it, or lengthen the baseline",
            )
        if alerts.hold < baseline:
            yield desk.problem(
                "hold",
                ("alerts", "hold"),
                f"shorter than the baseline of {'.'.join(map(str, path))}",
                allowed=f"at least {show_duration(baseline)}",
                fix="hold longer, or shorten the baseline",
            )
        needed = baseline + alerts.hold
        if desk.spec.stack.retention < needed:
            yield desk.problem(
                "retention",
                ("stack", "retention"),
                "the alerts look further back than metrics are kept",
                allowed=f"at least {show_duration(needed)}",
                fix="keep metrics longer",
            )


def _memory(desk: Desk) -> Iterator[Problem]:
    """Tickets that compare with a day or a week ago say nothing, or something else, where that is forgotten."""
    alerts, kept = desk.spec.alerts, desk.spec.stack.retention
    for name, needed in (
        ("drift", _DAY + alerts.latency.baseline),
        ("pass_rate", _DAY),
        # The last day, and the week before it.
        ("pass_drop", 8 * _DAY),
    ):
        if getattr(alerts, name).enabled and kept < needed:
            yield desk.problem(
                "retention",
                ("stack", "retention"),
                f"`alerts.{name}` looks further back than metrics are kept",
                allowed=f"at least {show_duration(needed)}",
                fix=f"keep metrics longer, or remove alerts.{name}",
            )


def _settings(desk: Desk) -> Iterator[tuple[Path, int, int | None]]:
    """Path, pending and baseline (none for errors) of every alert, and of what a model overrides."""
    alerts = desk.spec.alerts
    yield ("alerts", "latency"), alerts.latency.for_, alerts.latency.baseline
    yield ("alerts", "errors"), alerts.errors.for_, None
    yield ("alerts", "spend"), alerts.spend.for_, alerts.spend.baseline
    for number, llm in enumerate(desk.spec.models):
        latency: Any = llm.alerts.latency
        errors: Any = llm.alerts.errors
        if latency.for_ or latency.baseline:
            pending, baseline = latency.for_ or alerts.latency.for_, latency.baseline or alerts.latency.baseline
            yield ("models", number, "alerts", "latency"), pending, baseline
        if errors.for_:
            yield ("models", number, "alerts", "errors"), errors.for_, None


def _reachable(desk: Desk) -> Iterator[Problem]:
    """A p95 cannot be read above the top bucket, so a factor beyond the histogram's whole range can never be reached."""
    top, bottom = LATENCY_BUCKETS_MS[-1], LATENCY_BUCKETS_MS[0]
    entries: list[tuple[Path, float | None]] = [(("alerts", "latency", "factor"), desk.spec.alerts.latency.factor)]
    entries += [
        (("models", number, "alerts", "latency", "factor"), llm.alerts.latency.factor)
        for number, llm in enumerate(desk.spec.models)
    ]
    for path, factor in entries:
        # A usual p95 of a second leaves top / 1000 to multiply with before the last bucket swallows it.
        if factor is not None and factor * 1000 > top:
            yield desk.problem(
                "factor",
                path,
                f"a p95 of one second could never grow that much: the last bucket ends at {top // 1000} s",
                allowed=f"above 1 to {top // 1000} (buckets from {bottom} ms to {top} ms)",
                fix="choose a smaller factor",
            )


def _traces(desk: Desk) -> Iterator[Problem]:
    traces = desk.spec.traces
    if traces.backend == "otlp" and not traces.endpoint:
        yield desk.problem(
            "trace-endpoint", ("traces", "backend"), "`otlp` needs an endpoint", fix="add traces.endpoint: https://..."
        )
    if traces.backend == "tempo" and traces.endpoint:
        yield desk.problem(
            "trace-endpoint",
            ("traces", "endpoint"),
            "the bundled Tempo has its own endpoint",
            fix="remove it, or set traces.backend: otlp",
        )
    if traces.endpoint and not traces.endpoint.startswith(("http://", "https://")):
        yield desk.problem(
            "trace-endpoint", ("traces", "endpoint"), "not an HTTP endpoint", fix="start it with https:// or http://"
        )


def _patterns(desk: Desk) -> Iterator[Problem]:
    """A mark must say which of the two it was."""
    kinds = get_args(get_args(Logs.model_fields["redact"].annotation)[0])
    for name in desk.spec.logs.patterns:
        if name in kinds:
            message = f"`{name}` is a kind that logs.redact knows"
            yield desk.problem("pattern-name", ("logs", "patterns", name), message, fix="choose another name", key=True)


def _proofs(desk: Desk) -> Iterator[Problem]:
    """An incident that asks nothing, or of nobody, would be a check that cannot fail."""
    names = [llm.name for llm in desk.spec.models]
    for number, extra in enumerate(desk.spec.proofs.extra):
        path: Path = ("proofs", "extra", number)
        if extra.model is not None and extra.model not in names:
            yield desk.problem(
                "incident-model",
                (*path, "model"),
                "no such model",
                allowed=", ".join(names),
                fix="name one of the models",
            )
        if not getattr(desk.spec.alerts, extra.alert).enabled:
            fix = f"enable alerts.{extra.alert}, or remove the incident"
            yield desk.problem("incident-alert", (*path, "alert"), "this alert is switched off", fix=fix)
        if not any(phase.expect for phase in extra.phases):
            yield desk.problem(
                "incident-expect", (*path, "name"), "no phase says what to expect", allowed="page, silent",
                fix="add `expect: page` or `expect: silent` to a phase",
            )  # fmt: skip
        for place, phase in enumerate(extra.phases):
            if phase.within and phase.within > phase.for_:
                yield desk.problem(
                    "incident-within", (*path, "phases", place, "within"), "later than the phase ends",
                    allowed=f"at most {show_duration(phase.for_)}", fix="shorten it, or lengthen `for`",
                )  # fmt: skip
            if phase.within and not phase.expect:
                yield desk.problem(
                    "incident-within", (*path, "phases", place, "within"), "nothing is expected in this phase",
                    fix="add `expect: page` or `expect: silent`, or remove `within`",
                )  # fmt: skip
