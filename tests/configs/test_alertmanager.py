"""Alertmanager's own tool accepts what is rendered, and routes as the spec says."""

from collections.abc import Callable
from pathlib import Path

import yaml

from generator.artifact import Artifact
from generator.launch.obtain.package import Obtained
from generator.launch.placement import native_placement
from generator.launch.state import State
from generator.model import Model
from generator.output.write import render_into
from generator.pipeline import artifacts

NOTIFY = """\
service: {name: bot}
models: [{name: m1, provider: x, price: {input: 1, output: 2}}]
notify:
  slack: {webhook_file: secrets/slack, channel: '#llm'}
  pagerduty: {routing_key_file: secrets/pagerduty}
  webhook: {url_file: secrets/hook}
"""


def native(model: Model, alertmanager: Obtained, folder: Path) -> Path:
    state = State(folder)
    prometheus = Obtained("prometheus", (3, 0, 0), "test", {})
    obtained = {"alertmanager": alertmanager, "prometheus": prometheus}
    placement = native_placement(state, model.stack.ports, obtained, example_app=True)
    rendered: list[Artifact] = [
        one for one in artifacts(model.placed(placement)) if one.path.startswith("alertmanager/")
    ]
    render_into(state.etc, rendered)
    return state.etc / "alertmanager/alertmanager.yml"


def test_amtool_accepts_config_and_templates(
    tmp_path: Path, model: Model, alertmanager: Obtained, amtool: Callable[..., str]
) -> None:
    """The default spec, without receivers."""
    assert "SUCCESS" in amtool("check-config", native(model, alertmanager, tmp_path))


def test_amtool_accepts_every_kind_of_receiver(
    tmp_path: Path, model_of: Callable[[str], Model], alertmanager: Obtained, amtool: Callable[..., str]
) -> None:
    """Slack, PagerDuty and a web hook, each with its secret in a file."""
    assert "SUCCESS" in amtool("check-config", native(model_of(NOTIFY), alertmanager, tmp_path))


def test_pages_and_tickets_take_different_routes(
    tmp_path: Path, model_of: Callable[[str], Model], alertmanager: Obtained, amtool: Callable[..., str]
) -> None:
    """Amtool's own routing says who gets what."""
    config = native(model_of(NOTIFY), alertmanager, tmp_path)
    test = ("config", "routes", "test", f"--config.file={config}")
    page = amtool(*test, "severity=page", "alertname=LLMErrorRateHigh").strip()
    ticket = amtool(*test, "severity=ticket", "alertname=LLMErrorRateHigh").strip()
    assert page != ticket


def test_no_secret_is_inside(model_of: Callable[[str], Model]) -> None:
    """Only names of files; what is in them never gets near the generator."""
    for artifact in artifacts(model_of(NOTIFY)):
        if artifact.path == "alertmanager/alertmanager.yml":
            for receiver in yaml.safe_load(artifact.text)["receivers"]:
                for kind, settings in receiver.items():
                    if kind.endswith("_configs"):
                        assert all(key not in one for one in settings for key in ("api_url", "routing_key", "url"))
