"""The Compose file lets nothing in from outside, and nothing do more than it must."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.versions import PINNED


@pytest.fixture(scope="module")
def compose(repository: Path) -> dict[str, Any]:
    """The committed file."""
    tree: dict[str, Any] = yaml.safe_load((repository / "stack/compose.yaml").read_text())
    return tree


def test_every_published_port_is_on_loopback(compose: dict[str, Any]) -> None:
    """And at least Grafana, Prometheus and the app are published."""
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert len(ports) >= 5
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_nobody_is_root_and_nothing_is_writable_that_need_not_be(compose: dict[str, Any]) -> None:
    """For every service of the file."""
    for name, service in compose["services"].items():
        assert service["user"].split(":")[0] != "0", name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["deploy"]["resources"]["limits"]["memory"], name


def test_every_image_is_pinned(compose: dict[str, Any]) -> None:
    """The newest versions that the configs are written for."""
    built = {"app", "simulator", "evals", "traffic"}
    for name, service in compose["services"].items():
        assert name in built or service["image"] == f"{PINNED[name].image}:{PINNED[name].tag}"


def test_every_volume_secret_and_dependency_is_declared(repository: Path, compose: dict[str, Any]) -> None:
    """What is mounted from the folder is there; what is waited for exists, and can become healthy."""
    services = compose["services"]
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (repository / "stack" / source).exists() if source.startswith(".") else source in compose["volumes"]
        for name, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] != "service_healthy" or "healthcheck" in services[name]


def test_keys_are_passed_by_name_and_only_to_who_needs_them(compose: dict[str, Any]) -> None:
    """Their values stay in the environment of whoever calls Compose."""
    keys = {
        name: {key for key in service.get("environment", {}) if key.endswith("_KEY")}
        for name, service in compose["services"].items()
    }
    both = {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"}
    assert {name: found for name, found in keys.items() if found} == {"app": both, "evals": {*both, "JUDGE_API_KEY"}}
    for service in compose["services"].values():
        assert all(value is None for name, value in service.get("environment", {}).items() if name.endswith("_KEY"))
