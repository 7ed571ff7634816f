"""What a drill changes in the rendered configs: waiting times of Alertmanager, one more receiver, and where scrapes are cut."""

from typing import Any

import yaml

from generator.artifact import Artifact
from generator.spec.units import parse_duration, show_duration
from generator.yaml_text import dump

ALERTMANAGER, SCRAPES = "alertmanager/alertmanager.yml", "prometheus/prometheus.yml"
_WAITS = ("group_wait", "group_interval", "repeat_interval")


def adapted(rendered: list[Artifact], webhook: str, scale: float) -> list[Artifact]:
    """The artifacts, with notifications that come as much sooner as all else does, and a web hook beside what is there."""
    return [
        Artifact(one.path, dump(_alertmanager(yaml.safe_load(one.text), webhook, scale)))
        if one.path == ALERTMANAGER
        else one
        for one in rendered
    ]


def cut_off(prometheus: str, job: str) -> str:
    """The config of Prometheus under which every scrape of a job fails, while the job and all rules go on."""
    config = yaml.safe_load(prometheus)
    for one in config["scrape_configs"]:
        if one["job_name"] == job:
            one["metrics_path"] = "/no-scrape-arrives"
    return dump(config)


def _alertmanager(config: dict[str, Any], webhook: str, scale: float) -> dict[str, Any]:
    route = config["route"]
    for one in (route, *route.get("routes", [])):
        for wait in _WAITS:
            if wait in one:
                one[wait] = show_duration(max(1, round(parse_duration(one[wait]) / scale)))
    for receiver in config["receivers"]:
        # The address is in the config and not in a file, which old versions cannot read; it is no secret here.
        receiver.setdefault("webhook_configs", []).append({"url": webhook, "send_resolved": True})
    return config
