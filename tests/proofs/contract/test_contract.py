"""Any stack that is rendered passes, and what it is checked against is what the app and Prometheus really have."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from app.telemetry.contract import Contract
from app.telemetry.metrics import Metrics
from hypothesis import HealthCheck, Phase, given, settings

from generator import conventions as c
from generator.model import Model
from generator.pipeline import artifacts
from generator.proofs.contract.catalog import registered
from generator.proofs.contract.check import check
from generator.proofs.contract.in_docs import docs_beside
from generator.proofs.contract.unused import ALLOWED
from generator.resolve import resolve
from generator.spec.load import parse
from tests import strategies
from tests.proofs.contract.conftest import Stack


def test_the_default_stack_and_its_docs_pass(stack: Stack, repository: Path) -> None:
    """Every kind of file is read, and nothing is found, in far less than a second."""
    docs = docs_beside(repository / "spec.yaml")
    started = time.perf_counter()
    report = stack.check({**stack.files, **docs})
    assert time.perf_counter() - started < 1
    assert report.problems == []
    assert report.expressions > 80
    assert sum(text.count("```promql") for text in docs.values()) > 5


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # Shrinking would render hundreds of stacks; the failing spec is printed whole instead.
    phases=[Phase.explicit, Phase.generate],
)
@given(strategies.valid_specs())
def test_any_valid_spec_gives_a_stack_without_problems(text: str) -> None:
    """Whatever windows, overrides, alerts that are off; only docs are about one spec."""
    spec, _tree = parse(text, "spec.yaml")
    model = resolve(spec, spec_name="spec.yaml")
    report = check(model, artifacts(model), {})
    assert [(problem.message, problem.file, problem.line) for problem in report.problems] == []


HOSTILE = "a\"b\\c{{d$e]]f*g`h<i>&'j\u202ek\U0001f600 '%s[[ x ]][% y %]" + "z" * 300


def test_names_in_any_letters_are_read_as_they_are_meant(model: Model) -> None:
    """Quotes, braces and letters beyond the basic plane, through YAML, JSON, HTML and Go templates."""
    service = replace(model.service, name=HOSTILE, endpoints=(HOSTILE, "chat"))
    llms = tuple(replace(llm, name=f"{llm.name}{HOSTILE}") for llm in model.models)
    hostile = replace(model, service=service, models=llms)
    report = check(hostile, artifacts(hostile), {})
    assert [(problem.message, problem.file, problem.line) for problem in report.errors] == []


def test_the_contract_is_what_the_app_registers(repository: Path) -> None:
    """Names, labels, buckets and values that the check believes in are those of the app's own registry."""
    contract = Contract.load(repository / "stack/app/contract.json")
    added = {c.JOB, c.INSTANCE}
    believed = registered(contract.data["metrics"].values())
    seen: dict[str, dict[str, set[str]]] = {}
    for family in Metrics(contract).registry.collect():
        for sample in family.samples:
            labels = seen.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    assert seen.keys() == believed.keys()
    for name, labels in seen.items():
        assert labels.keys() == believed[name].values.keys() - added, name
        for label, values in labels.items():
            allowed = believed[name].values[label]
            assert allowed is None or values == allowed, (name, label)


def test_every_reason_to_stay_unread_is_about_a_series_that_is_recorded(stack: Stack) -> None:
    """The list of exceptions does not outlive them."""
    rules = "".join(text for path, text in stack.files.items() if "/rules/" in path)
    for name, reason in ALLOWED.items():
        assert f"record: {name}" in rules
        assert reason


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [("up == 0", 0, "all resolve"), ("upp == 0", 1, "--> docs/asked.md:2:1")],
)
def test_the_command_reads_the_docs_beside_the_spec(tmp_path: Path, query: str, code: int, words: str) -> None:
    """Exit 0 and one line, or exit 1 and the place."""
    (tmp_path / "spec.yaml").write_text(
        "service: {name: bot}\nmodels: [{name: m, provider: x, price: {input: 1, output: 2}}]\n"
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/asked.md").write_text(f"```promql\n{query}\n```\n")
    command = [sys.executable, "-m", "generator", "contract"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code, done.stderr
    assert words in done.stdout + done.stderr
