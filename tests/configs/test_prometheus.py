"""Prometheus's own tool accepts what is rendered, in the Compose form and for the version at hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.launch.obtain.package import Obtained
from generator.launch.placement import native_placement
from generator.launch.state import State
from generator.model import Model
from generator.output.write import render_into
from generator.pipeline import artifacts
from generator.spec.units import parse_duration
from generator.yaml_text import dump


def test_the_native_form_is_accepted_with_all_its_files(
    tmp_path: Path, model: Model, prometheus: Obtained, alertmanager: Obtained, promtool: Callable[..., str]
) -> None:
    """Every file that the config names is there."""
    state = State(tmp_path)
    obtained = {"prometheus": prometheus, "alertmanager": alertmanager}
    placement = native_placement(state, model.stack.ports, obtained, example_app=True)
    render_into(state.etc, artifacts(model.placed(placement)))
    promtool("check", "config", state.etc / "prometheus/prometheus.yml")


@pytest.mark.parametrize("version", [(2, 42, 0), (2, 53, 3), (3, 5, 3), (3, 16, 0)])
def test_every_version_gets_only_keys_that_it_knows(model: Model, version: tuple[int, int, int]) -> None:
    """Prometheus 2 stops at an unknown key, so newer settings are left out for it."""
    obtained = {name: Obtained(name, version, "test", {}) for name in ("prometheus", "alertmanager")}
    placement = native_placement(State(Path("/state")), model.stack.ports, obtained, example_app=True)
    (config,) = [one for one in artifacts(model.placed(placement)) if one.path == "prometheus/prometheus.yml"]
    tree = yaml.safe_load(config.text)
    assert ("retention" in tree.get("storage", {}).get("tsdb", {})) == (version >= (3, 11, 0))
    assert ("otlp" in tree) == (version >= (3, 0, 0))
    assert tree["scrape_configs"]


def test_the_rules_that_are_committed_pass_the_lint(repository: Path, promtool: Callable[..., str]) -> None:
    """Of the promtool at hand; the Compose form of the config is read by the newest, in the slower tests."""
    promtool("check", "rules", "--lint-fatal", *sorted((repository / "stack/prometheus/rules").glob("*.yml")))


HOURS = 3
"""Of simulated time. What takes longer takes half of the time of them all; `stackgen prove` in the slower tests plays everything."""


@pytest.mark.parametrize("name", ["latency", "errors", "spend", "tickets"])
def test_the_shorter_proofs_that_are_committed_pass(
    repository: Path, promtool: Callable[..., str], tmp_path: Path, name: str
) -> None:
    """The files themselves, as Prometheus's tool reads them."""
    proofs = yaml.safe_load((repository / f"stack/prometheus/tests/{name}.yml").read_text())
    proofs["tests"] = [proof for proof in proofs["tests"] if _seconds(proof) <= 3600 * HOURS]
    proofs["rule_files"] = [str(repository / "stack/prometheus/tests" / file) for file in proofs["rule_files"]]
    assert len(proofs["tests"]) >= 6
    (tmp_path / "proofs.yml").write_text(dump(proofs))
    promtool("test", "rules", tmp_path / "proofs.yml")


def _seconds(proof: dict[str, Any]) -> int:
    return max(parse_duration(look["eval_time"]) for look in proof["promql_expr_test"])
