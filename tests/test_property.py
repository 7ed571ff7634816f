"""Whatever valid spec there is, it renders, and the tools that read the result accept it."""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from generator.launch.obtain.package import Obtained
from generator.model import Model
from generator.pipeline import artifacts
from generator.problems import ProblemsFound
from generator.resolve import resolve
from generator.spec.load import parse
from tests import strategies

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
# Shrinking would run promtool a hundred times; the failing spec is printed whole instead.
TOOLS = settings(SLOW, phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False)


def _model(text: str) -> Model:
    spec, _tree = parse(text, "spec.yaml")
    return resolve(spec, spec_name="spec.yaml")


@settings(SLOW, max_examples=25)
@given(strategies.valid_specs())
def test_any_valid_spec_renders_the_same_twice_and_parses(text: str) -> None:
    """Every file is rendered, byte-identical the second time, and its format's parser reads it."""
    first = artifacts(_model(text))
    assert first == artifacts(_model(text))
    for artifact in first:
        if artifact.path.endswith((".yml", ".yaml")):
            yaml.load(artifact.text, Loader=yaml.CSafeLoader)
        elif artifact.path.endswith(".json"):
            json.loads(artifact.text)


def _played(text: str, promtool: Callable[..., str], *, proofs: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for artifact in artifacts(_model(text)):
            if artifact.path.startswith("prometheus/"):
                target = Path(folder) / artifact.path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(artifact.text)
        rules = sorted(Path(folder).glob("prometheus/rules/*.yml"))
        promtool("check", "rules", "--lint-fatal", *rules)
        tests = sorted(Path(folder).glob("prometheus/tests/*.yml"))
        if proofs and tests:
            promtool("test", "rules", *tests)


@settings(TOOLS, max_examples=15)
@given(strategies.valid_specs())
def test_promtool_accepts_the_rules_of_any_valid_spec(promtool: Callable[..., str], text: str) -> None:
    """Without a warning; the proofs of some are played in the slower tests."""
    _played(text, promtool, proofs=False)


@pytest.mark.e2e
@pytest.mark.timeout(2400)
@seed(int(os.environ.get("STACKGEN_SEED", "2")))
@settings(TOOLS, max_examples=int(os.environ.get("STACKGEN_SPECS", "5")), database=None)
@given(strategies.valid_specs(most_models=1))
def test_promtool_plays_the_proofs_of_many_valid_specs(promtool: Callable[..., str], text: str) -> None:
    """The generated proofs hold; minutes a spec, so the same ones each time: STACKGEN_SEED and STACKGEN_SPECS ask for others, and more."""
    _played(text, promtool, proofs=True)


@settings(SLOW, max_examples=100)
@given(
    st.one_of(
        st.text(), st.binary().map(lambda data: data.decode("latin-1")), st.text("{}[]:,-&*!|>'\"%@`#? \nabn0159~<")
    )
)
def test_arbitrary_text_gives_problems_and_never_a_traceback(text: str) -> None:
    """Every problem has a place inside the text."""
    with pytest.raises(ProblemsFound) as found:
        parse(text, "spec.yaml")
    lines = len(text.splitlines()) + 1
    assert all(1 <= problem.line <= lines and problem.column >= 1 for problem in found.value.problems)


def test_promtool_is_the_real_one(prometheus: Obtained) -> None:
    """The proofs are judged by Prometheus's own tool."""
    assert prometheus.version >= (2, 42, 0)
