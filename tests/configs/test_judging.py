"""The worker that judges has its place in every config, and none where nothing is judged."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import conventions as c
from generator import eval_names as e
from generator.launch.obtain.package import Obtained
from generator.launch.placement import native_placement
from generator.launch.state import State
from generator.model import Model
from generator.output.write import render_into
from generator.pipeline import artifacts
from tests.conftest import SMALL

OFF = {"off": "evals: {sample: 0%}\n", "own app": "app: {targets: ['127.0.0.1:1']}\n"}


def rendered(model: Model, path: str) -> Any:
    """One config as it is read."""
    (found,) = [one for one in artifacts(model) if one.path == path]
    return yaml.safe_load(found.text)


def test_its_numbers_are_the_services(model: Model) -> None:
    """Another target of the same job, so that rules and panels need not know of it."""
    (job,) = [
        one
        for one in rendered(model, "prometheus/prometheus.yml")["scrape_configs"]
        if one["job_name"] == model.service.name
    ]
    assert job["static_configs"] == [{"targets": ["app:8080", "evals:8082"]}]


def test_the_collector_ships_its_log(model: Model) -> None:
    """Beside the app's own."""
    log = rendered(model, "collector/collector.yaml")["receivers"]["file_log/app"]["include"]
    worker = rendered(model, "compose.yaml")["services"]["evals"]
    assert len(log) == 2
    assert worker["environment"]["EVALS_LOG_FILE"] in log
    assert "app:/var/lib/app:ro" in rendered(model, "compose.yaml")["services"]["collector"]["volumes"]


def test_app_and_worker_share_a_volume_and_no_more(model: Model) -> None:
    """One spool; the same image and user; its own limit of memory."""
    services = rendered(model, "compose.yaml")["services"]
    app, worker = services["app"], services["evals"]
    assert app["environment"]["EVALS_FOLDER"] == worker["environment"]["EVALS_FOLDER"]
    assert app["environment"]["EVALS_FOLDER"].startswith("/var/lib/app/")
    assert "app:/var/lib/app" in worker["volumes"]
    assert (worker["image"], worker["user"]) == (app["image"], app["user"])
    assert worker["deploy"]["resources"]["limits"]["memory"]
    assert worker["depends_on"] == {"app": {"condition": "service_started"}}
    assert "8082/readyz" in " ".join(worker["healthcheck"]["test"])


def test_no_secret_of_a_judge_is_rendered(model: Model) -> None:
    """Keys come from the environment of whoever starts it; a config has their names at most."""
    for one in artifacts(model):
        assert not re.search(r'API_KEY"?[:=][ \t]*[^\s]', one.text), one.path


@pytest.mark.parametrize("more", OFF.values(), ids=OFF)
def test_where_nothing_is_judged_nothing_runs(model_of: Callable[[str], Model], more: str) -> None:
    """No service, no target, no log, no line in the table of addresses."""
    model = model_of(SMALL + more)
    assert c.EVALS not in rendered(model, "compose.yaml")["services"]
    texts = {one.path: one.text for one in artifacts(model)}
    assert ":8082" not in texts["prometheus/prometheus.yml"] + texts["README.md"]
    assert "evals.jsonl" not in texts["collector/collector.yaml"]


def test_a_judge_that_drifts_silences_what_rests_on_it(
    tmp_path: Path, model: Model, alertmanager: Obtained, amtool: Callable[..., str]
) -> None:
    """Of that dimension alone; Alertmanager's own tool reads the rule."""
    rules = rendered(model, "alertmanager/alertmanager.yml")["inhibit_rules"]
    (rule,) = [one for one in rules if e.TICKET_JUDGE_DRIFT in one["source_matchers"][0]]
    assert rule["target_matchers"] == [f'alertname =~ "{e.TICKET_PASS_RATE}|{e.TICKET_PASS_DROP}"']
    assert rule["equal"] == ["service", "dimension"]
    obtained = {"alertmanager": alertmanager, "prometheus": Obtained("prometheus", (3, 0, 0), "test", {})}
    placed = model.placed(native_placement(State(tmp_path), model.stack.ports, obtained, example_app=True))
    render_into(tmp_path / "etc", [one for one in artifacts(placed) if one.path.startswith("alertmanager/")])
    text = (
        (tmp_path / "etc/alertmanager/alertmanager.yml")
        .read_text()
        .replace(placed.placement[c.ALERTMANAGER].etc, str(tmp_path / "etc/alertmanager"))
    )
    (tmp_path / "etc/alertmanager/alertmanager.yml").write_text(text)
    assert "2 inhibit rules" in amtool("check-config", tmp_path / "etc/alertmanager/alertmanager.yml")
