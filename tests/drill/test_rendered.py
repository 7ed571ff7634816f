"""What a drill changes in the rendered configs."""

from collections.abc import Callable
from pathlib import Path

import yaml

from generator.artifact import Artifact
from generator.configs import alertmanager, prometheus
from generator.drill.rendered import ALERTMANAGER, adapted, cut_off
from generator.model import Model

HOOK = "http://127.0.0.1:1/webhook"


def config(model: Model) -> str:
    changed = adapted(alertmanager.build(model), HOOK, 30)
    return next(one.text for one in changed if one.path == ALERTMANAGER)


def test_notifications_come_sooner_and_reach_the_receiver(drilled: Model) -> None:
    """Waiting times are divided, at least a second; the web hook stands beside what people have."""
    changed = yaml.safe_load(config(drilled))
    assert changed["route"]["group_wait"] == "1s"
    assert changed["route"]["group_interval"] == "10s"
    for receiver in changed["receivers"]:
        assert receiver["webhook_configs"] == [{"url": HOOK, "send_resolved": True}]
        assert receiver["slack_configs"]


def test_nothing_else_is_touched(drilled: Model) -> None:
    """The template that people's messages come from is as rendered."""
    before = alertmanager.build(drilled)
    after = adapted(before, HOOK, 30)
    assert [one for one in after if one.path != ALERTMANAGER] == [one for one in before if one.path != ALERTMANAGER]


def test_alertmanager_takes_it(
    drilled: Model, amtool: Callable[..., str], written: Callable[[list[object]], Path]
) -> None:
    """The real amtool says so."""
    artifacts: list[object] = [Artifact("alertmanager.yml", config(drilled))]
    amtool("check-config", written(artifacts) / "alertmanager.yml")


def test_a_gap_fails_the_apps_scrapes_alone(drilled: Model) -> None:
    """Prometheus goes on to watch itself and Alertmanager."""
    before = next(one.text for one in prometheus.build(drilled) if one.path.endswith("prometheus.yml"))
    jobs = {job["job_name"]: job for job in yaml.safe_load(cut_off(before, drilled.service.name))["scrape_configs"]}
    assert "metrics_path" in jobs.pop(drilled.service.name)
    assert not any("metrics_path" in job for job in jobs.values())
    assert len(jobs) >= 1
