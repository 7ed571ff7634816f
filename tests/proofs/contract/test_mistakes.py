"""One mistake of each class in a rendered stack: the check finds it, and its caret stands under the name at fault."""

import pytest
from syrupy.assertion import SnapshotAssertion

from generator import conventions as c
from generator import eval_names as e
from generator.problems import Problem, render
from tests.proofs.contract.conftest import DOC, Asked, Stack, place

RECORDED = "  - record: "


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, [problem.message for problem in problems]
    return problems[0]


@pytest.mark.parametrize(
    ("check", "mark", "old", "new"),
    [
        ("unknown-series", RECORDED, f"rate({c.KIT_REQUESTS}", "rate(^llm_request_total"),
        ("unknown-label", RECORDED, f"({c.KIT_REQUESTS}{{job=", f"({c.KIT_REQUESTS}{{^jbo="),
        ("unknown-label", RECORDED, "by (job, model, endpoint)", "by (job, model, ^endpointt)"),
        ("unknown-value", RECORDED, f"({c.KIT_ERRORS}{{", f'({c.KIT_ERRORS}{{kind=^"timed_out",'),
        ("no-bucket", RECORDED, f"({c.KIT_LATENCY}_bucket{{", f'({c.KIT_LATENCY}_bucket{{le=^"2000",'),
        ("short-range", RECORDED, f'({c.KIT_ERRORS}{{job="support-bot"}}[5m]', f"({c.KIT_ERRORS}^[20s]"),
        ("no-counter", RECORDED, f"rate({c.KIT_REQUESTS}", f"rate(^{e.KIT_EVAL_QUEUE_DEPTH}"),
        ("unknown-series", "  - alert: ", "expr: ", "expr: ^nothing_like_it > "),
        ("unknown-label", "  - alert: ", "{{ $labels.model }}", "{{ $labels.^mode_l }}"),
        ("unknown-series", "| query }}", "printf `", "printf `0 * ^vanished + "),
        ("promql", "| query }}", "printf `", "printf `^( "),
        ("unknown-label", "| query }}", "(. | first).Labels.", "(. | first).Labels.^x"),
        ("unknown-series", "grafana", '"expr": "sum by (endpoint) (job', '"expr": "sum by (endpoint) (^jab'),
        ("unknown-label", "grafana", "{{endpoint}}", "{{^end_point}}"),
        ("unknown-series", "grafana", "label_values(job", "label_values(^jab"),
        ("unknown-label", "grafana", ", endpoint)", ", ^endpoin)"),
        ("unknown-series", "<html", '"expr": "max(job', '"expr": "max(^jab'),
    ],
)
def test_each_mistake_is_found_at_its_place(stack: Stack, check: str, mark: str, old: str, new: str) -> None:
    """The first problem of its class stands where `^` is put into the file."""
    file = next(path for path, text in stack.files.items() if old in text and mark in path + text)
    text = stack.files[file]
    at = text.index(old) + new.index("^")
    report = stack.check(stack.changed(file, old, new.replace("^", "")))
    found = [problem for problem in report.errors if (problem.check, problem.file) == (f"contract/{check}", file)]
    assert found, report.errors
    before = text[: text.index(old)] + new[: new.index("^")]
    assert len(before) == at
    assert (found[0].line, found[0].column) == (before.count("\n") + 1, at - before.rfind("\n"))


def test_the_smallest_step_of_grafana_is_too_short_for_a_rate(stack: Stack) -> None:
    """A panel that is drawn in steps of one scrape would show nothing; `$__rate_interval` is made for it."""
    file = stack.having("[$__rate_interval]")
    text = stack.files[file]
    problem = only(stack.check(stack.changed(file, "[$__rate_interval]", "[$__interval]")).errors)
    at = text.index("[$__rate_interval]")
    assert problem.check == "contract/short-range"
    assert (problem.line, problem.column) == (text.count("\n", 0, at) + 1, at - text.rindex("\n", 0, at))


def test_a_division_without_a_guard_is_found(stack: Stack) -> None:
    """The operator is marked where the floor below it was removed."""
    file = next(path for path, text in stack.files.items() if RECORDED in text and "\n      /\n      (" in text)
    text = stack.files[file]
    start = text.index("\n      /\n      (") + len("\n      /\n")
    end = text.index("\n", start)
    unguarded = text[start:end].split(" >=")[0].split(" >")[0] + ")"
    changed = {**stack.files, file: text[:start] + unguarded + text[end:]}
    problem = only([one for one in stack.check(changed).errors if one.check == "contract/unguarded-division"])
    assert (problem.file, problem.line, problem.column) == place(file, text, "/\n      (")


def test_a_recorded_quantile_without_a_guard_is_found(stack: Stack) -> None:
    """NaN must never be recorded, neither by itself nor through arithmetic."""
    file = stack.having(RECORDED, "expr: |-\n      histogram_quantile(0.95, ")
    text = stack.files[file]
    start = text.index("histogram_quantile(0.95, ")
    end = text.index("\n", start)
    bare = text[start:end].replace(" > 0", " * 2")
    rest = text.index("  - record: ", end)
    changed = {**stack.files, file: text[:start] + bare + "\n" + text[rest:]}
    problem = only([one for one in stack.check(changed).errors if one.check == "contract/recorded-nan"])
    assert (problem.file, problem.line, problem.column) == place(file, text, "histogram_quantile(0.95, ")


def test_a_recording_that_nobody_reads_is_a_warning(stack: Stack) -> None:
    """It costs memory, but breaks nothing: the check does not fail."""
    file = stack.having(RECORDED)
    expr = f"sum by (job) (rate({c.KIT_TOKENS}[5m]))"
    changed = stack.changed(file, RECORDED, f"{RECORDED}job:spare:rate5m\n    expr: {expr}\n{RECORDED}")
    report = stack.check(changed)
    assert not report.errors
    problem = only(report.problems)
    assert (problem.check, problem.severity, problem.found) == ("contract/unused", "warning", "job:spare:rate5m")
    assert (problem.file, problem.line, problem.column) == place(file, changed[file], expr)


def test_what_a_series_reads_of_itself_is_no_use(stack: Stack) -> None:
    """A chain that only feeds itself is still read by nothing."""
    file = stack.having(RECORDED)
    expr = f"last_over_time(job:spare:last[15m]) or sum by (job) (rate({c.KIT_TOKENS}[5m]))"
    changed = stack.changed(file, RECORDED, f"{RECORDED}job:spare:last\n    expr: {expr}\n{RECORDED}")
    report = stack.check(changed)
    assert [(one.check, one.found) for one in report.problems] == [("contract/unused", "job:spare:last")]


def test_a_doc_that_asks_for_what_is_not_there_is_found(asked: Asked) -> None:
    """Whoever is woken at night must not paste a query in vain."""
    problem = only(asked("job_model:gone:rate5m * 60"))
    assert (problem.check, problem.file, problem.line, problem.column) == ("contract/unknown-series", DOC, 3, 8)
    assert problem.length == len("job_model:gone:rate5m")


def test_broken_promql_is_found_at_its_bracket(asked: Asked) -> None:
    """promql-parser says what, the brackets say where."""
    problem = only(asked("sum by (job (up)"))
    assert (problem.check, problem.line, problem.column) == ("contract/promql", 3, 15)
    assert "unclosed" in problem.message


def test_what_is_printed_reads_well(stack: Stack, snapshot: SnapshotAssertion) -> None:
    """Problems as a person meets them: place, caret, the closest names, what to do."""
    query = f"sum by (mode_l) (rate({c.KIT_ERRORS}[5m]))\n/\nsum by (model) (rate({c.KIT_REQUESTS}[5m]))"
    report = stack.check({**stack.files, DOC: f"# Queries\n\n```promql\n{query}\n```\n"})
    assert render(report.errors, report.sources, color=False) == snapshot
